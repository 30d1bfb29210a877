import { BorderError, FairleadError } from '../../model/error.ts';
import type { Json } from '../../model/json.ts';
import { formatResource } from '../../model/resource.ts';
import type { EngineStep, EngineWork } from '../engine.ts';
import { applyStage, type StageOutcome } from './apply-stage.ts';
import { awaitKinds, definesKinds } from './await-kinds.ts';
import { applied } from './finish.ts';
import { readInventory, unite, writeInventory } from './inventory.ts';
import { type Journal, openJournal, readJournal, writeJournal } from './journal.ts';
import type { Halt } from './judge-refusal.ts';
import { pruneStage } from './prune.ts';
import { again, type CarryOptions, countsOf, openRun, type Run } from './run.ts';
import { lastStage, stageOf, stages } from './stages.ts';

/** How long something that may pass by itself is waited for, and how often it is looked after. Milliseconds. */
const patience = { limitMs: 120_000, everyMs: 1000, limit: '2 minutes' };

/** How long a new kind may take to be served. Milliseconds. */
const kindPatience = { limitMs: 60_000, everyMs: 250, limit: '60 seconds' };

/**
 * One step of carrying a commit out: the inventory, then stage after stage, then what the plan deletes, then the inventory again.
 * Every step looks at the cluster anew, so that one that was interrupted is simply taken again. Throws `BorderError` when the
 * cluster cannot be reached or does not know the caller.
 */
export async function takeStep(
  options: CarryOptions,
  work: EngineWork,
  given: Json,
  signal: AbortSignal,
): Promise<EngineStep> {
  try {
    const run = await openRun(options, work, signal);
    const journal = readJournal(given, work.commit);
    return await (journal === null ? begin(run) : proceed(run, journal));
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === null) throw error;
    return { kind: 'refused', journal: given, reason };
  }
}

/** What a person must see to before anything can go on. */
function refusalOf(error: unknown): string | null {
  const isForbidden = error instanceof BorderError && error.kind === 'forbidden';
  const isUnreadable = error instanceof FairleadError && error.code === 'inventory-unreadable';
  return isForbidden || isUnreadable ? `${error.message} ${error.remedy}` : null;
}

/** Notes down what may be applied before anything is: whatever happens later, nothing of ours is forgotten. */
async function begin(run: Run): Promise<EngineStep> {
  const known = await readInventory(run);
  if (run.pairs.length === 0 && known.size > 0) {
    const reason = `Git holds nothing for ${run.work.target.id} any more, and ${known.size} objects of it were applied. Nothing is deleted at one go: delete the objects by hand, or bring the application back.`;
    return { kind: 'refused', journal: null, reason };
  }
  const desired = run.pairs.map(({ id }) => ({ resource: id, uid: null }));
  await writeInventory(run, unite([...known.values()], desired).values());
  return advance(run, openJournal(run.work.commit, run.options.now()), { from: 0, note: 'noted what is applied' });
}

function proceed(run: Run, journal: Journal): Promise<EngineStep> | EngineStep {
  switch (journal.phase) {
    case 'apply':
      return applyNext(run, journal);
    case 'kinds':
      return checkKinds(run, journal);
    case 'prune':
      return pruneStage(run, journal);
    case 'done':
      return applied(run, journal);
    default:
      return journal.phase satisfies never;
  }
}

/** On to the next stage that holds something; after the last to pruning. */
function advance(run: Run, journal: Journal, { from, note }: { from: number; note: string }): EngineStep {
  const ahead = run.pairs.map(({ id }) => stageOf(id)).filter((stage) => stage >= from);
  const next: Journal =
    ahead.length === 0
      ? { ...journal, phase: 'prune', stage: lastStage, since: null }
      : { ...journal, phase: 'apply', stage: Math.min(...ahead), since: null };
  return again(run, next, { note, afterMs: 0 });
}

async function applyNext(run: Run, journal: Journal): Promise<EngineStep> {
  const pairs = run.pairs.filter(({ id }) => stageOf(id) === journal.stage);
  const outcome = await applyStage(run, pairs);
  if (outcome.kind !== 'done') return halted(run, journal, outcome);
  const written = noted(journal, outcome);
  const note = `applied ${stages[journal.stage]}`;
  if (!definesKinds(pairs)) return advance(run, written, { from: journal.stage + 1, note });
  return again(run, { ...written, phase: 'kinds', since: null }, { note, afterMs: 0 });
}

function noted(journal: Journal, outcome: Extract<StageOutcome, { kind: 'done' }>): Journal {
  return {
    ...journal,
    applied: journal.applied + outcome.applied,
    unchanged: journal.unchanged + outcome.unchanged,
    uids: { ...journal.uids, ...outcome.uids },
  };
}

async function checkKinds(run: Run, journal: Journal): Promise<EngineStep> {
  const missing = await awaitKinds(run);
  if (missing !== null) return wait(run, journal, missing, kindPatience);
  return advance(run, journal, { from: journal.stage + 1, note: 'the new kinds are served' });
}

function halted(run: Run, journal: Journal, halt: Halt): EngineStep {
  switch (halt.kind) {
    case 'wait':
      return wait(run, journal, halt, patience);
    case 'refused':
      return { kind: 'refused', journal: writeJournal(journal), reason: halt.reason, takeovers: halt.takeovers };
    case 'failed':
      return { ...halt, journal: writeJournal(journal), counts: countsOf(run, journal) };
    default:
      return halt satisfies never;
  }
}

function wait(
  run: Run,
  journal: Journal,
  { note, resource }: Extract<Halt, { kind: 'wait' }>,
  { limitMs, everyMs, limit }: typeof patience,
): EngineStep {
  const now = run.options.now().getTime();
  const since = journal.since ?? now;
  if (now - since < limitMs) return again(run, { ...journal, since }, { note, afterMs: everyMs });
  const reason = `${formatResource(resource)} kept the deployment waiting for ${limit}: ${note}.`;
  // Time that runs out is no sign of failure: a person looks, and nothing is reverted.
  return { kind: 'refused', journal: writeJournal({ ...journal, since: null }), reason };
}
