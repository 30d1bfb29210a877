import type { Deployment } from '../../model/deployment.ts';
import { BorderError, FairleadError } from '../../model/error.ts';
import { boardJob, tellJob } from '../../model/queued.ts';
import type { Pull } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import { decideRevert, type Suspect } from './decide.ts';
import { closeMended, tellReverted } from './ended.ts';
import { gatherRevert } from './gather.ts';
import { type Around, causeKey, takeBack } from './open.ts';
import type { RevertTools } from './tools.ts';

/** Does the jobs of reverting. */
export function workReverts(queue: Queue, tools: RevertTools): void {
  queue.work('revert', ({ payload }, signal) => revertDeployment(payload, tools, signal));
  queue.work('ended', ({ payload }) => tellReverted(payload, tools));
}

/**
 * Sees whether taking a merge back out of Git helps a failed deployment, and opens the pull that does; one that stands already is
 * closed when it has nothing left to mend. Branch and pull are found again by their names: it may run twice. Throws `BorderError`
 * when forge or cluster should be tried again.
 */
export async function revertDeployment(
  { deployment: id, actor }: { readonly deployment: string; readonly actor: string | null },
  tools: RevertTools,
  signal: AbortSignal,
): Promise<void> {
  const deployment = await tools.store.deployments.get(id);
  if (deployment === null) return;
  if (await isSettled(deployment, actor, tools)) return closeMended(deployment, tools, signal);
  const ground = await gatherRevert(deployment, actor, tools, signal);
  const decision = decideRevert(ground.facts);
  if (decision.kind === 'none') return note(deployment, decision.why, tools);
  await act(deployment, decision.suspect, { ground, tools, signal });
}

/** Whether a pull stands for it already. One that a person closed stands until somebody asks for another. */
async function isSettled(
  { repo, revertPull }: Deployment,
  actor: string | null,
  { forge }: RevertTools,
): Promise<boolean> {
  if (revertPull === null) return false;
  if (actor === null) return true;
  const port = await forge(repo.forge).repo(repo);
  return (await port.pull(revertPull)).state !== 'closed';
}

async function act(deployment: Deployment, suspect: Suspect, around: Around): Promise<void> {
  const { tools } = around;
  const lease = await tools.store.leases.take(causeKey(deployment, suspect), deployment.id, leaseTime);
  if (lease === null) throw busy(deployment);
  try {
    const outcome = await takeBack(deployment, suspect, around);
    if (outcome.kind === 'none') await note(deployment, outcome.why, tools);
    else await done(deployment, outcome.pull, suspect, tools);
  } catch (error) {
    if (!(error instanceof BorderError) || !isFinal(error)) throw error;
    await note(deployment, `It could not be opened: ${error.message} ${error.remedy}`, tools);
  } finally {
    await tools.store.leases.release(lease);
  }
}

/** How long opening a pull may take, its preview included, in milliseconds. */
const leaseTime = 10 * 60_000;

function busy({ id }: Deployment): FairleadError {
  return new FairleadError({
    code: 'revert-busy',
    subject: id,
    message: `The same merge is being taken back for another target than that of ${id}.`,
    remedy: 'It is tried again when that has ended.',
  });
}

/** What another try does not change. */
function isFinal({ kind }: BorderError): boolean {
  return kind !== 'unavailable' && kind !== 'limited' && kind !== 'unauthorized';
}

async function done(deployment: Deployment, pull: Pull, suspect: Suspect, tools: RevertTools): Promise<void> {
  const { store, queue } = tools;
  const { id, repo, pulls } = deployment;
  await store.transaction(async (tx) => {
    await store.deployments.update(tx, id, { revertPull: pull.number, revertNote: null });
    const data = { pull: pull.number, commit: suspect.commit.id, target: deployment.target };
    await store.audit.append(tx, { actor: 'fairlead', action: 'revert-opened', subject: id, data });
    for (const next of [...pulls.map((number) => tellJob(repo, number)), boardJob(repo)])
      await queue.add(tx, next.job, next);
  });
}

/** No revert: people are told why in the failure comment. */
async function note(deployment: Deployment, said: string, { store, queue, redact }: RevertTools): Promise<void> {
  const { id, repo, pulls, target } = deployment;
  const why = redact(said);
  if (deployment.revertNote === why) return;
  await store.transaction(async (tx) => {
    await store.deployments.update(tx, id, { revertNote: why });
    await store.audit.append(tx, { actor: 'fairlead', action: 'revert-declined', subject: id, data: { target, why } });
    for (const next of pulls.map((number) => tellJob(repo, number))) await queue.add(tx, next.job, next);
  });
}
