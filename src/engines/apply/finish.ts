import { resourceKey } from '../../model/resource.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { InventoryEntry } from '../../world/store/store.ts';
import type { EngineStep } from '../engine.ts';
import { readClaims } from './cluster-inventory.ts';
import { writeInventory } from './inventory.ts';
import { type Journal, type Kept, writeJournal } from './journal.ts';
import { type PruneFacts, whyNotOurs } from './prune-rules.ts';
import { readServed } from './read-live.ts';
import { countsOf, type Run } from './run.ts';

/** Shrinks the inventory to what there is and says what came of it all. */
export async function finish(
  run: Run,
  journal: Journal,
  known: ReadonlyMap<string, InventoryEntry>,
): Promise<EngineStep> {
  const desired = new Set(run.pairs.map(({ key }) => key));
  const left = [...known].flatMap(([key, entry]) => (desired.has(key) ? [] : [entry]));
  const claims = left.length === 0 ? new Map<string, string>() : await readClaims(run);
  const facts = { manager: run.options.manager, applied: new Set(Object.values(journal.uids)), claims };
  const look = (entry: InventoryEntry): Promise<Found> => lookAfter(run, journal, { entry, facts });
  const found = await mapConcurrently(left, run.options.concurrency, look);
  const unknown = await unknownDeletes(run, new Set([...desired, ...known.keys()]));
  const done: Journal = {
    ...journal,
    phase: 'done',
    since: null,
    kept: [...found.flatMap(({ kept }) => kept ?? []), ...unknown],
  };
  await writeInventory(run, [
    ...run.pairs.map(({ key, id }) => ({ resource: id, uid: journal.uids[key] ?? known.get(key)?.uid ?? null })),
    ...found.flatMap(({ entry }) => entry ?? []),
  ]);
  return applied(run, done);
}

/** What the last step says, however often it is asked. */
export function applied(run: Run, journal: Journal): EngineStep {
  return { kind: 'applied', journal: writeJournal(journal), counts: countsOf(run, journal), kept: journal.kept };
}

interface Leftover {
  readonly entry: InventoryEntry;
  readonly facts: Pick<PruneFacts, 'manager' | 'applied' | 'claims'>;
}

interface Found {
  /** Stays in the inventory; null when there is nothing left of ours. */
  readonly entry: InventoryEntry | null;
  readonly kept: Kept | null;
}

/** An object Git has no more. What was decided about it stands; what nobody decided about was not in the plan. */
async function lookAfter(run: Run, journal: Journal, { entry, facts }: Leftover): Promise<Found> {
  const { resource } = entry;
  const served = await readServed(resource, { ...run, cluster: run.options.cluster }, run.signal);
  if (served === null) return { entry: null, kept: null };
  const key = resourceKey(resource);
  const decided = journal.kept.find((one) => resourceKey(one.resource) === key) ?? null;
  if (whyNotOurs(entry, served.live, facts) !== null) return { entry: null, kept: decided };
  return { entry, kept: decided ?? { resource, why: 'its deletion is not in the accepted plan' } };
}

/** Objects the plan deletes that we have no record of: never touched, and said so while they exist. */
async function unknownDeletes(run: Run, known: ReadonlySet<string>): Promise<readonly Kept[]> {
  const unknown = run.work.deletes.filter((id) => !known.has(resourceKey(id)));
  const found = await mapConcurrently(unknown, run.options.concurrency, async (resource) => {
    const served = await readServed(resource, { ...run, cluster: run.options.cluster }, run.signal);
    return served === null ? null : { resource, why: 'Fairlead has no record of having applied it here' };
  });
  return found.filter((one) => one !== null);
}
