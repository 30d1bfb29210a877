import { claimText } from '../../gitops/diff/claims.ts';
import { BorderError } from '../../model/error.ts';
import { isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import { formatResource } from '../../model/resource.ts';
import { uniteTakeovers } from '../../model/takeover.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { WriteOptions, WriteResult } from '../../world/cluster/cluster.ts';
import { ownByEntry, strangerOf } from '../ownership.ts';
import { acceptedFor, isAllAccepted } from './accepted.ts';
import { deletionNote, terminatingNote } from './deletion-note.ts';
import { holdsDesired } from './holds-desired.ts';
import { isApplied } from './is-applied.ts';
import { type Halt, judgeRefusal } from './judge-refusal.ts';
import { definesKind, type Pair } from './pair-resources.ts';
import { listLive, readLive } from './read-live.ts';
import type { Run } from './run.ts';
import { whyUnsendable } from './unsendable.ts';
import { withoutRandom } from './without-random.ts';

/** What applying one stage came to. */
export type StageOutcome =
  | {
      readonly kind: 'done';
      readonly applied: number;
      readonly unchanged: number;
      /** Resource key -> uid, of every object of the stage. */
      readonly uids: Readonly<Record<string, string>>;
    }
  | Halt;

/**
 * Applies the objects of one stage: reads them, dry-runs all that are not as they should be, and only when the server takes
 * every one of them applies those that change. Owners are asked anew by the dry-run itself: an object is forced only when each
 * conflict it meets was accepted, field and owner. Doing it twice writes nothing the second time.
 */
export async function applyStage(run: Run, pairs: readonly Pair[]): Promise<StageOutcome> {
  const { cluster, concurrency } = run.options;
  const listed = await listLive(pairs, cluster, run.signal);
  const trials = await mapConcurrently(pairs, concurrency, async (pair) => {
    const live =
      listed.get(pair.key) ?? (listed.has(pair.key) ? null : await readLive(pair, { ...run, cluster }, run.signal));
    return tryObject(run, pair, live);
  });
  const halt = worstOf(trials);
  if (halt !== null) return halt;
  const written = await writeAll(
    run,
    trials.filter((trial) => trial.kind === 'write'),
  );
  const stopped = worstOf(written);
  if (stopped !== null) return stopped;
  const unchanged = trials.filter((trial) => trial.kind === 'same');
  const uids = [...unchanged, ...written.filter((one) => one.kind === 'same')].map(({ key, uid }) => [key, uid]);
  return { kind: 'done', applied: written.length, unchanged: unchanged.length, uids: Object.fromEntries(uids) };
}

/** The object is as Git wants it. */
interface Same {
  readonly kind: 'same';
  readonly key: string;
  readonly uid: string;
}

/** The server would take the object, and it would change. */
interface Write {
  readonly kind: 'write';
  readonly pair: Pair;
  readonly object: JsonObject;
  /** Set when all its conflicts were accepted. */
  readonly force: boolean;
}

type Trial = Same | Write | Halt;

async function tryObject(run: Run, pair: Pair, live: JsonObject | null): Promise<Trial> {
  const note = live === null ? null : deletionNote(pair.id, live);
  if (note !== null) return { kind: 'wait', note, resource: pair.id };
  const why = whyUnsendable(pair) ?? whoseElse(run, pair, live);
  if (why !== null) return { kind: 'refused', reason: why, takeovers: [] };
  const wanted = withoutRandom(pair, live);
  if (wanted.kind === 'refused') return wanted;
  const { redactor, manager } = run.options;
  if (live !== null && holdsDesired(live, redactor.maskObject(wanted.object), manager)) return same(pair, live);
  return dryRunObject(run, { kind: 'write', pair, object: wanted.object, force: false }, live);
}

async function dryRunObject(run: Run, write: Write, live: JsonObject | null): Promise<Trial> {
  const { pair } = write;
  const { manager } = run.options;
  try {
    const answer = await send(run, write, { dryRun: true });
    return live !== null && isApplied(live, answer.object, manager) ? same(pair, live) : write;
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    // A webhook that cannot be asked without side effects is asked by the write itself.
    if (error.code === 'cluster-webhook-no-dry-run') return write;
    const mayForce = live !== null && !write.force && isAllAccepted(run.work, pair.key, error);
    return mayForce ? dryRunObject(run, forced(write, live), live) : judge(run, pair, error);
  }
}

/** Another tool's object is left alone, as the preview says (`managed-by-other`). */
function whoseElse({ options }: Run, { id }: Pair, live: JsonObject | null): string | null {
  const stranger = live === null ? null : strangerOf(live, ownByEntry(options.manager));
  if (stranger === null) return null;
  return `${formatResource(id)} is managed by ${claimText(stranger)} (${stranger.by}), and is not written while that is so.`;
}

/** Held to the version whose owners were looked at: whoever takes a field after that is not overwritten. */
function forced({ pair, object }: Write, live: JsonObject): Write {
  const metadata = pick(object, 'metadata');
  const resourceVersion = pickText(live, 'metadata', 'resourceVersion') ?? '';
  const held = { ...object, metadata: { ...(isJsonObject(metadata) ? metadata : {}), resourceVersion } };
  return { kind: 'write', pair, object: held, force: true };
}

function same({ key }: Pair, object: JsonObject): Same {
  return { kind: 'same', key, uid: pickText(object, 'metadata', 'uid') ?? '' };
}

function send(
  { options, signal }: Run,
  { object, force }: Write,
  { dryRun }: Pick<WriteOptions, 'dryRun'>,
): Promise<WriteResult> {
  const { cluster, manager } = options;
  return cluster.write(object, { manager, force, dryRun, validation: 'Strict', as: null }, signal);
}

async function judge(run: Run, { id, key }: Pair, error: BorderError): Promise<Halt> {
  if (error.kind === 'not-found' && definesKind(run.work.desired, id)) {
    return { kind: 'wait', note: `the cluster does not serve ${id.kind} yet`, resource: id };
  }
  if (/\bbecause it is being terminated\b/.test(error.message)) {
    return { kind: 'wait', note: await terminatingNote(run, id), resource: id };
  }
  return judgeRefusal(error, id, acceptedFor(run.work, key));
}

type Written = Same | Halt;

/**
 * Applies with so many writes in flight and always waits for those under way: after the first fault no other is begun, and
 * none goes on behind the caller's back.
 */
async function writeAll(run: Run, writes: readonly Write[]): Promise<readonly Written[]> {
  const faults: unknown[] = [];
  const written = await mapConcurrently(writes, run.options.concurrency, async (one): Promise<Written | null> => {
    if (faults.length > 0 || run.signal.aborted) return null;
    try {
      const outcome = await writeOne(run, one);
      if (outcome.kind !== 'same') faults.push(null);
      return outcome;
    } catch (fault) {
      faults.push(fault);
      return null;
    }
  });
  // Also when the others failed: what is written is written.
  const done = written.flatMap((one) => (one?.kind === 'same' ? [one.key] : []));
  if (done.length > 0) await run.options.audit(run.work, 'object-applied', done);
  const fault = faults.find((one) => one !== null);
  if (fault !== undefined) throw fault;
  run.signal.throwIfAborted();
  return written.filter((one) => one !== null);
}

async function writeOne(run: Run, write: Write): Promise<Written> {
  try {
    return same(write.pair, (await send(run, write, { dryRun: false })).object);
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    return judge(run, write.pair, error);
  }
}

/** Refusals told together; the rest is counted. */
const mostReasons = 3;

/** What is to be told of several: the server's no first, then what a person must look at, then what may pass. */
function worstOf(outcomes: readonly (Trial | Written)[]): Halt | null {
  const failed = outcomes.find((one) => one.kind === 'failed');
  if (failed !== undefined) return failed;
  const refused = outcomes.filter((one) => one.kind === 'refused');
  if (refused.length > 0) return together(refused);
  return outcomes.find((one) => one.kind === 'wait') ?? null;
}

/** What is not told is not offered for takeover either. */
function together(refused: readonly Extract<Halt, { kind: 'refused' }>[]): Halt {
  const told = refused.slice(0, mostReasons);
  const left = refused.length - told.length;
  const more = left > 0 ? [`${left} more objects are refused as well.`] : [];
  return {
    kind: 'refused',
    reason: [...told.map(({ reason }) => reason), ...more].join(' '),
    takeovers: uniteTakeovers(...told.map(({ takeovers }) => takeovers)),
  };
}
