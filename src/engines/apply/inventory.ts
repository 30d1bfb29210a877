import { resourceKey } from '../../model/resource.ts';
import type { InventoryEntry } from '../../world/store/store.ts';
import { readClusterInventory, writeClusterInventory } from './cluster-inventory.ts';
import type { Run } from './run.ts';

/**
 * What is known to have been applied to the target: what the store says and what the cluster says, by resource key. Either
 * may have been lost or be older than the other; together they never hold less than there is.
 */
export async function readInventory(run: Run): Promise<ReadonlyMap<string, InventoryEntry>> {
  const [stored, inCluster] = await Promise.all([run.options.inventory.read(run.work), readClusterInventory(run)]);
  return unite(inCluster, stored);
}

/** Writes the inventory in both places. What is there already is not written again. */
export async function writeInventory(run: Run, entries: Iterable<InventoryEntry>): Promise<void> {
  const sorted = [...entries].sort(byKey);
  await run.options.inventory.write(run.work, sorted);
  await writeClusterInventory(run, sorted);
}

/** All entries; of one object the later list's version and uid count, unless it has no uid. */
export function unite(...lists: readonly (readonly InventoryEntry[])[]): Map<string, InventoryEntry> {
  const united = new Map<string, InventoryEntry>();
  for (const entry of lists.flat()) {
    const key = resourceKey(entry.resource);
    united.set(key, { resource: entry.resource, uid: entry.uid ?? united.get(key)?.uid ?? null });
  }
  return united;
}

function byKey(one: InventoryEntry, other: InventoryEntry): number {
  const [a, b] = [resourceKey(one.resource), resourceKey(other.resource)];
  return a < b ? -1 : Number(a > b);
}
