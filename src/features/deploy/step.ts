import type { EngineStep } from '../../engines/engine.ts';
import { rowsNaming } from '../../model/audit.ts';
import { type Deployment, endStates } from '../../model/deployment.ts';
import { FairleadError } from '../../model/error.ts';
import { boardJob, deployJob, revertJob } from '../../model/queued.ts';
import { resourceKey } from '../../model/resource.ts';
import { takeoverText, uniteTakeovers, writeTakeovers } from '../../model/takeover.ts';
import { failedAlready } from './failed-already.ts';
import { faultMove } from './fault.ts';
import { gate, isConfirmed, letBy, refusalJournal, stopOf } from './gate.ts';
import { digestFor, type GateGround, type Ground, gatherGate, openGround, workOf } from './gather.ts';
import { journalJson, readJournal } from './journal.ts';
import { later, longestWait, type Move, record } from './record.ts';
import type { DeployTools } from './tools.ts';
import { freeTarget, holdTarget, makeWay, successorOf, superseded, waitsForTurn } from './turn.ts';
import { watch } from './watch.ts';

/** Before a target that somebody else has is asked for again, in milliseconds. */
const leaseRetry = 1_000;

/**
 * Takes one step of a deployment: read the world, decide, write, and say when the next one is due. Nothing is held between steps
 * but the target's lease, and that only while it is written or watched. May run twice. Throws what is worth another try.
 */
export async function stepDeployment(id: string, tools: DeployTools, signal: AbortSignal): Promise<void> {
  const deployment = await tools.store.deployments.get(id);
  if (deployment === null || endStates.has(deployment.state)) return;
  try {
    await takeStep(deployment, tools, signal);
  } catch (error) {
    // A step that was cut off says nothing about the world: the queue takes it again.
    if (signal.aborted) throw error;
    if (error instanceof FairleadError) await record(deployment, faultMove(deployment, error, tools), tools);
    else await keepAlive(id, tools, error);
  }
}

async function takeStep(deployment: Deployment, tools: DeployTools, signal: AbortSignal): Promise<void> {
  if (await makeWay(deployment, tools)) return;
  const ground = await openGround(deployment, tools, signal);
  const move = await moveOf(deployment, ground, tools, signal);
  if (move === null || !(await record(deployment, move, tools))) return;
  if (move.state !== null && endStates.has(move.state)) await freeTarget(deployment, tools);
}

/** A fault of our own is thrown for the log, but the deployment outlives the tries of one job: it is looked at again later. */
async function keepAlive(id: string, tools: DeployTools, error: unknown): Promise<never> {
  const { job, ...options } = deployJob(id, later(longestWait, tools));
  await tools.queue.add(null, job, options);
  throw error;
}

function moveOf(deployment: Deployment, ground: Ground, tools: DeployTools, signal: AbortSignal): Promise<Move | null> {
  switch (deployment.state) {
    case 'accepted':
    case 'waiting':
      return begin(deployment, ground, tools, signal);
    case 'applying':
      return apply(deployment, ground, tools, signal);
    case 'following':
    case 'soaking':
    case 'unknown':
      return watch(deployment, ground, tools, signal);
    default:
      return Promise.resolve(null);
  }
}

/** Passes the gate and takes the target, or says what it waits for. */
async function begin(
  deployment: Deployment,
  ground: Ground,
  tools: DeployTools,
  signal: AbortSignal,
): Promise<Move | null> {
  const newer = await successorOf(deployment, ground.repository, tools, signal);
  if (newer !== null) return superseded(newer.id, tools);
  const gathered = await gatherGate(deployment, ground, tools, signal);
  const verdict = gate(gathered.facts);
  const confirmed = deployment.confirmed || isConfirmed(gathered.facts);
  const failedBefore = await failedAlready(deployment, ground, { store: tools.store, signal });
  const change = { digest: gathered.digest, confirmed, failedBefore };
  if (verdict.kind === 'wait') {
    const again = later(Math.min(verdict.lookAgainMs ?? longestWait, longestWait), tools);
    return { state: 'waiting', reason: verdict.reason, change, jobs: [deployJob(deployment.id, again)] };
  }
  if (!(await holdTarget(deployment, tools)))
    return {
      state: 'waiting',
      reason: waitsForTurn,
      change,
      jobs: [deployJob(deployment.id, later(leaseRetry, tools))],
    };
  const allowed = { deletes: gathered.deletes, takeovers: gathered.takeovers };
  // What was accepted is written down with the state: the next step, after whatever crash, does exactly that.
  const journal = {
    accepted: { deletes: allowed.deletes.map((id) => ({ ...id })), takeovers: writeTakeovers(allowed.takeovers) },
    engine: null,
  };
  return {
    state: 'applying',
    reason: '',
    change: { ...change, journal },
    jobs: [deployJob(deployment.id)],
    ...acceptance(deployment, gathered),
  };
}

/** What the audit keeps of a deployment that begins: exactly what is done, and who let it. */
function acceptance({ id, target }: Deployment, { facts, digest, deletes, takeovers }: GateGround) {
  const row = { actor: 'fairlead', subject: id, data: { target } };
  const { approvers, commandedBy } = letBy(facts);
  return {
    data: { digest, approvers, commanded_by: commandedBy },
    rows: [
      ...rowsNaming({ ...row, action: 'deletes-accepted' }, deletes.map(resourceKey)),
      ...rowsNaming({ ...row, action: 'takeovers-accepted' }, takeovers.map(takeoverText)),
    ],
  };
}

/** One step of the engine, unless people stopped it: then it stays where it is, and goes on when they let it. */
async function apply(
  deployment: Deployment,
  ground: Ground,
  tools: DeployTools,
  signal: AbortSignal,
): Promise<Move | null> {
  const reason = await readStop(deployment, ground, tools);
  if (reason !== null)
    return { state: null, reason, change: {}, jobs: [deployJob(deployment.id, later(longestWait, tools))] };
  if (!(await holdTarget(deployment, tools)))
    return {
      state: null,
      reason: deployment.reason,
      change: {},
      jobs: [deployJob(deployment.id, later(leaseRetry, tools))],
    };
  const journal = readJournal(deployment);
  if (digestFor(ground, journal.accepted.deletes, tools) !== deployment.digest) return acceptAnew(deployment, tools);
  const work = workOf(deployment, ground, journal.accepted);
  const step = await ground.engine.step(work, journal.engine, signal);
  const change = { journal: { ...journalJson(journal), engine: step.journal } };
  return stepMove(deployment, step, change, tools);
}

async function readStop(deployment: Deployment, { inForce }: Ground, { store }: DeployTools): Promise<string | null> {
  const { mode, environments } = inForce.settings;
  const environment = environments.get(deployment.environment) ?? null;
  const { problem } = inForce;
  return stopOf({ deployment, mode, problem, environment, pauses: await store.pauses.list(deployment.repo) });
}

/** The cluster's version or the settings changed what the commit renders to: that was accepted by nobody yet. */
function acceptAnew({ id }: Deployment, tools: DeployTools): Move {
  const reason = 'it renders to something else than was accepted, and is looked at anew';
  const again = later(tools.pace.look * 5, tools);
  return { state: 'waiting', reason, change: { journal: null }, jobs: [deployJob(id, again)] };
}

function stepMove(deployment: Deployment, step: EngineStep, change: Move['change'], tools: DeployTools): Move {
  const { id } = deployment;
  const now = tools.now().toISOString();
  switch (step.kind) {
    case 'again':
      return {
        state: null,
        reason: step.note,
        change: { ...change, counts: step.counts ?? deployment.counts },
        jobs: [deployJob(id, later(step.afterMs, tools))],
      };
    case 'applied':
      return {
        state: 'following',
        reason: '',
        change: { ...change, counts: step.counts, kept: step.kept, appliedAt: now },
        jobs: [deployJob(id)],
      };
    case 'refused': {
      // A command after it accepts what the reason names, beside what was accepted before; never what nobody was told.
      const takeovers = uniteTakeovers(readJournal(deployment).accepted.takeovers, step.takeovers ?? []);
      const journal = refusalJournal({ at: now, reason: tools.redact(step.reason), takeovers });
      return { state: 'waiting', reason: step.reason, change: { journal }, jobs: [deployJob(id)] };
    }
    case 'failed':
      return {
        state: 'failed',
        reason: step.reason,
        change: {
          ...change,
          counts: step.counts ?? deployment.counts,
          evidence: refusedEvidence(step, tools),
          endedAt: now,
        },
        jobs: [revertJob(id, null), boardJob(deployment.repo)],
      };
    default:
      return step satisfies never;
  }
}

function refusedEvidence(
  step: Extract<EngineStep, { kind: 'failed' }>,
  { redact }: DeployTools,
): Deployment['evidence'] {
  if (step.resource === null) return [];
  const none = { pod: null, container: null, exitCode: null, restarts: null, logs: null };
  const why = 'the object was refused before any pod ran';
  return [{ ...none, resource: step.resource, reason: 'Refused', message: redact(step.reason), logsMissing: why }];
}
