import type { Json } from '../../model/json.ts';
import type { PathSegment } from '../../model/path.ts';
import { sameJson } from './equality.ts';
import { indexItems, type KeyedItems } from './list-items.ts';

/** What to compare of two lists: one item on both sides, or, with a null segment, the lists themselves. */
export interface ItemPair {
  readonly segment: PathSegment | null;
  readonly before: Json;
  readonly after: Json;
  /** The lists hold the same keyed items in another order; both sides list the keys alone. */
  readonly isOrder?: true;
}

/**
 * Pairs the items of two lists that differ: by merge keys where they have some, else by what was put in, taken out or
 * changed in place. `keys` as in `ListKeysAt`.
 */
export function pairItems(
  before: readonly Json[],
  after: readonly Json[],
  keys: readonly string[] | null | undefined,
): readonly ItemPair[] {
  if (keys?.length === 0) return pairSet(before, after);
  const left = indexItems(before, keys, after);
  const right = left === null ? null : indexItems(after, keys, before);
  return left === null || right === null ? pairByPosition(before, after) : pairByKeys(left, right);
}

function pairByKeys(before: KeyedItems, after: KeyedItems): readonly ItemPair[] {
  const pairs: ItemPair[] = [];
  for (const [id, item] of before) {
    pairs.push({ segment: item.segment, before: item.value, after: after.get(id)?.value ?? null });
  }
  for (const [id, item] of after) {
    if (!before.has(id)) pairs.push({ segment: item.segment, before: null, after: item.value });
  }
  const kept = [...before.keys()].filter((id) => after.has(id));
  const order = [...after.keys()].filter((id) => before.has(id));
  if (order.some((id, index) => id !== kept[index])) {
    pairs.push({ segment: null, before: keysOf(before), after: keysOf(after), isOrder: true });
  }
  return pairs;
}

/** A set has no order: what left counts by its position before, what came by its position after. */
function pairSet(before: readonly Json[], after: readonly Json[]): readonly ItemPair[] {
  const pairs = new Map<number, ItemPair>();
  for (const [index, item] of before.entries()) {
    if (!after.includes(item)) pairs.set(index, { segment: index, before: item, after: null });
  }
  for (const [index, item] of after.entries()) {
    const left = pairs.get(index)?.before ?? null;
    if (!before.includes(item)) pairs.set(index, { segment: index, before: left, after: item });
  }
  return [...pairs.values()];
}

function keysOf(items: KeyedItems): readonly Json[] {
  return [...items.values()].map((item) => item.segment);
}

/**
 * A list without keys: what both share at its ends is left out; what remains is items put in, items taken out, or items
 * changed one by one. Anything else is the whole list. Positions of items taken out count in the list before, those of
 * items put in count in the list after.
 */
function pairByPosition(before: readonly Json[], after: readonly Json[]): readonly ItemPair[] {
  const start = sharedStart(before, after);
  const end = sharedEnd(before, after, start);
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  const mixed = removed.length !== added.length && removed.length > 0 && added.length > 0;
  if (mixed || removed.includes(null) || added.includes(null)) return [{ segment: null, before, after }];
  const count = Math.max(removed.length, added.length);
  return Array.from({ length: count }, (_, index) => ({
    segment: start + index,
    before: removed[index] ?? null,
    after: added[index] ?? null,
  }));
}

function sharedStart(before: readonly Json[], after: readonly Json[]): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && sameJson(before[count] ?? null, after[count] ?? null)) count += 1;
  return count;
}

function sharedEnd(before: readonly Json[], after: readonly Json[], start: number): number {
  const most = Math.min(before.length, after.length) - start;
  let count = 0;
  while (count < most && sameJson(before.at(-1 - count) ?? null, after.at(-1 - count) ?? null)) count += 1;
  return count;
}
