import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { PathSegment } from '../../model/path.ts';
import { own } from './equality.ts';

type Keys = Readonly<Record<string, string | number | boolean>>;

/** A list's items by identity, in list order; each with the segment that names it in a path. */
export type KeyedItems = ReadonlyMap<string, { readonly segment: Keys; readonly value: JsonObject }>;

/** Fields that name an item where no schema says which do; the first that every item has and that is unique wins. */
const usualKeys: readonly (readonly string[])[] = [
  ['name'],
  ['key'],
  ['mountPath'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['ip'],
  ['type'],
  ['id'],
  ['topologyKey'],
];

/**
 * The items of a list by their merge keys, or null when they have none: the schema says so (`keys` null), an item is no
 * object or lacks its keys, or two items share them (which the API allows on create and update). With `keys` undefined a
 * usual key that fits both this list and the `other` one is taken.
 */
export function indexItems(
  items: readonly Json[],
  keys: readonly string[] | null | undefined,
  other: readonly Json[] = [],
): KeyedItems | null {
  if (keys === null || keys?.length === 0 || !items.every(isJsonObject)) return null;
  if (keys !== undefined) return indexBy(items, keys);
  for (const guess of usualKeys) {
    const found = other.every(isJsonObject) && indexBy(other, guess) !== null ? indexBy(items, guess) : null;
    if (found !== null) return found;
  }
  return null;
}

/** The segment that names the item at an index: its merge keys, else the index. */
export function segmentOf(
  items: readonly Json[],
  index: number,
  keys: readonly string[] | null | undefined,
): PathSegment {
  const named = indexItems(items, keys);
  return named === null ? index : ([...named.values()][index]?.segment ?? index);
}

/** The position of the item a path's segment names, or -1. A key the item does not write counts with its default. */
export function findItem(items: readonly Json[], segment: PathSegment): number {
  if (typeof segment === 'number') return segment < items.length ? segment : -1;
  if (typeof segment === 'string') return -1;
  const keys = Object.entries(segment);
  return items.findIndex((item) => isJsonObject(item) && keys.every(([key, value]) => keyValue(item, key) === value));
}

function indexBy(items: readonly JsonObject[], keys: readonly string[]): KeyedItems | null {
  const found = new Map<string, { segment: Keys; value: JsonObject }>();
  for (const value of items) {
    const segment = keysOf(value, keys);
    const id = segment === null ? null : JSON.stringify(segment);
    if (segment === null || id === null || found.has(id)) return null;
    found.set(id, { segment, value });
  }
  return found;
}

function keysOf(item: JsonObject, keys: readonly string[]): Keys | null {
  const found: Record<string, string | number | boolean> = {};
  let written = 0;
  for (const key of keys) {
    const value = keyValue(item, key);
    if (value === null) continue;
    if (typeof value === 'object' || typeof value === 'bigint') return null;
    found[key] = value;
    written += 1;
  }
  return written === 0 || found[keys[0] ?? ''] === undefined ? null : found;
}

/** A port that does not say its protocol means TCP; everything else means what it says. */
function keyValue(item: JsonObject, key: string): Json {
  const value = own(item, key);
  return value === null && key === 'protocol' ? 'TCP' : value;
}
