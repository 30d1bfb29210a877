import { BorderError, FairleadError } from '../../model/error.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import { formatResource, type ResourceId, resourceKey } from '../../model/resource.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { InventoryEntry } from '../../world/store/store.ts';
import type { EngineStep } from '../engine.ts';
import { readClaims } from './cluster-inventory.ts';
import { deletionNote } from './deletion-note.ts';
import { finish } from './finish.ts';
import { readInventory } from './inventory.ts';
import type { Journal, Kept } from './journal.ts';
import { judgePrune, type PruneFacts } from './prune-rules.ts';
import { readServed, type Served } from './read-live.ts';
import { again, type Run } from './run.ts';
import { stageOf, stages } from './stages.ts';

/** How long a deleted object may take to go. Milliseconds. */
const goneWithin = 120_000;

/** How often it is looked after. Milliseconds. */
const lookEvery = 1000;

/**
 * Deletes what the accepted plan deletes, one stage at a time and the last stage first: only what the inventory says we applied,
 * and only while the live object is still that one and nobody else's. A stage is left when its objects are really gone, or when
 * they were waited for long enough. Then carrying out is finished.
 */
export async function pruneStage(run: Run, journal: Journal): Promise<EngineStep> {
  const known = await readInventory(run);
  const stage = nextStage(run, journal, known);
  if (stage === null) return finish(run, journal, known);
  const current = stage === journal.stage ? journal : { ...journal, stage, since: null };
  const entries = plannedEntries(run, current, known).filter(({ resource }) => stageOf(resource) === stage);
  const facts = await factsOf(run, current);
  const fates = await mapConcurrently(entries, run.options.concurrency, (entry) => pruneOne(run, entry, facts));
  return settle(run, current, fates);
}

/** What became of an object that the plan deletes. */
type Fate =
  | { readonly kind: 'gone' }
  | { readonly kind: 'going'; readonly resource: ResourceId; readonly note: string }
  | { readonly kind: 'kept'; readonly kept: Kept };

/** Entries of the inventory that the plan deletes, Git has no more, and nothing was decided about yet. */
function plannedEntries(
  run: Run,
  journal: Journal,
  known: ReadonlyMap<string, InventoryEntry>,
): readonly InventoryEntry[] {
  const settled = new Set([
    ...run.pairs.map(({ key }) => key),
    ...journal.kept.map(({ resource }) => resourceKey(resource)),
  ]);
  const planned = new Set(run.work.deletes.map(resourceKey).filter((key) => !settled.has(key)));
  return [...known].flatMap(([key, entry]) => (planned.has(key) ? [entry] : []));
}

/** The next stage that has something to delete, going down; null when none has. */
function nextStage(run: Run, journal: Journal, known: ReadonlyMap<string, InventoryEntry>): number | null {
  const left = plannedEntries(run, journal, known).map(({ resource }) => stageOf(resource));
  const below = left.filter((stage) => stage <= journal.stage);
  return below.length === 0 ? null : Math.max(...below);
}

async function factsOf(run: Run, journal: Journal): Promise<PruneFacts> {
  return {
    manager: run.options.manager,
    confirmed: run.work.confirmed,
    desired: run.pairs.map(({ id }) => id),
    applied: new Set(Object.values(journal.uids)),
    claims: await readClaims(run),
  };
}

async function pruneOne(run: Run, entry: InventoryEntry, facts: PruneFacts): Promise<Fate> {
  const { resource } = entry;
  const { cluster } = run.options;
  const served = await readServed(resource, { ...run, cluster }, run.signal);
  if (served === null) return { kind: 'gone' };
  const verdict = judgePrune(entry, served.live, facts);
  if (verdict.kind === 'keep') return { kind: 'kept', kept: { resource, why: verdict.why } };
  const note = deletionNote(resource, served.live);
  if (note !== null) return { kind: 'going', resource, note };
  return remove(run, served);
}

async function remove(run: Run, { id: resource, live }: Served): Promise<Fate> {
  const { uid, resourceVersion } = versionOf(live);
  try {
    await run.options.cluster.remove(resource, { uid, resourceVersion, dryRun: false, as: null }, run.signal);
    await run.options.audit(run.work, 'object-deleted', [resourceKey(resource)]);
    return { kind: 'going', resource, note: 'it is being deleted' };
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    if (error.kind === 'not-found') return { kind: 'gone' };
    // Somebody changed it since it was judged: it is judged again.
    if (error.kind === 'conflict') return { kind: 'going', resource, note: 'it keeps being changed by somebody else' };
    if (error.kind === 'invalid')
      return { kind: 'kept', kept: { resource, why: `the cluster refused: ${error.message}` } };
    throw error;
  }
}

/** Without both nothing is deleted: under the same name there may be another object by now. */
function versionOf(live: JsonObject): { readonly uid: string; readonly resourceVersion: string } {
  const [uid, resourceVersion] = [pickText(live, 'metadata', 'uid'), pickText(live, 'metadata', 'resourceVersion')];
  if (uid !== undefined && resourceVersion !== undefined) return { uid, resourceVersion };
  throw new FairleadError({
    code: 'object-without-uid',
    message: 'The cluster gave an object without uid and resourceVersion; it is not deleted.',
    subject: pickText(live, 'metadata', 'name') ?? '',
    remedy: 'Look at what stands between Fairlead and the API server.',
  });
}

function settle(run: Run, journal: Journal, fates: readonly Fate[]): EngineStep {
  const going = fates.filter((fate) => fate.kind === 'going');
  const kept = fates.flatMap((fate) => (fate.kind === 'kept' ? [fate.kept] : []));
  const now = run.options.now().getTime();
  const since = journal.since ?? now;
  const [first] = going;
  if (first !== undefined && now - since < goneWithin) {
    const others = going.length > 1 ? `, and ${going.length - 1} more` : '';
    const note = `${formatResource(first.resource)} is not gone yet: ${first.note}${others}`;
    return again(run, { ...journal, since }, { note, afterMs: lookEvery });
  }
  const stuck = going.map(({ resource, note }) => ({ resource, why: `${note}; it was waited for 2 minutes` }));
  const next = {
    ...journal,
    stage: journal.stage - 1,
    since: null,
    pruned: journal.pruned + fates.length - going.length - kept.length,
    kept: [...journal.kept, ...kept, ...stuck],
  };
  return again(run, next, { note: `pruned ${stages[journal.stage]}`, afterMs: 0 });
}
