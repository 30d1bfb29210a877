import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Path, PathSegment } from '../../model/path.ts';
import { holdsQuantity, ITEM, type ListKeysAt, own, sameJson, sameScalar } from './equality.ts';
import { pairItems } from './pair-items.ts';

/** One path at which two objects differ; null stands for absent. */
export interface Difference {
  readonly path: Path;
  readonly before: Json;
  readonly after: Json;
  /** Only the order of a keyed list differs; both sides list the keys alone. */
  readonly isOrder?: true;
}

/** What a kind's schema knows; `Schema` of formats/openapi fits. */
export interface CompareOptions {
  readonly listKeysAt: ListKeysAt;
  /** Whether the schema says that a quantity stands at a path; without it only well-known places count. */
  readonly isQuantity?: (path: readonly string[]) => boolean;
}

/** For kinds whose schema nobody knows: list items are told apart by usual keys. */
export const noSchema: CompareOptions = { listKeysAt: () => undefined };

/** A comparison under way: where it stands and what it found. `keys` is the path as schemas know it. */
interface Walk {
  readonly options: CompareOptions;
  readonly path: PathSegment[];
  readonly keys: string[];
  readonly found: Difference[];
}

/**
 * The paths at which two objects differ, in a fixed order. A subtree that only one side has is one path. Items of keyed
 * lists are paired by their merge keys, never by position; a keyed list whose common items changed order is one more
 * path that lists the keys on both sides, because the API server carries a new order out. Missing and null are equal,
 * and so are quantities of one value where the path holds a quantity.
 */
export function comparePaths(
  before: JsonObject | null,
  after: JsonObject | null,
  options: CompareOptions,
): readonly Difference[] {
  const walk: Walk = { options, path: [], keys: [], found: [] };
  compareValues(walk, before, after);
  return walk.found.length > 1 ? walk.found.sort((one, other) => comparePath(one.path, other.path)) : walk.found;
}

function compareValues(walk: Walk, before: Json, after: Json): void {
  if (isJsonObject(before) && isJsonObject(after)) compareObjects(walk, before, after);
  else if (isJsonList(before) && isJsonList(after)) compareLists(walk, before, after);
  else if (!sameScalar(before, after, () => isQuantity(walk))) walk.found.push({ path: [...walk.path], before, after });
}

function compareObjects(walk: Walk, before: JsonObject, after: JsonObject): void {
  for (const key of Object.keys(before)) compareAt(walk, key, { before: own(before, key), after: own(after, key) });
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key)) compareAt(walk, key, { before: null, after: own(after, key) });
  }
}

function compareAt(walk: Walk, segment: PathSegment, values: { readonly before: Json; readonly after: Json }): void {
  if (values.before === values.after) return;
  walk.path.push(segment);
  walk.keys.push(typeof segment === 'string' ? segment : ITEM);
  compareValues(walk, values.before, values.after);
  walk.keys.pop();
  walk.path.pop();
}

function compareLists(walk: Walk, before: readonly Json[], after: readonly Json[]): void {
  if (sameJson(before, after)) return;
  for (const pair of pairItems(before, after, walk.options.listKeysAt(walk.keys))) {
    if (pair.segment === null) {
      const { segment: _, ...difference } = pair;
      walk.found.push({ ...difference, path: [...walk.path] });
    } else {
      compareAt(walk, pair.segment, pair);
    }
  }
}

function isQuantity({ options, keys }: Walk): boolean {
  return holdsQuantity(keys) || (options.isQuantity?.(keys) ?? false);
}

function comparePath(one: Path, other: Path): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareSegment(one[index], other[index]);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function compareSegment(one: PathSegment | undefined, other: PathSegment | undefined): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const left = typeof one === 'string' ? one : JSON.stringify(one);
  const right = typeof other === 'string' ? other : JSON.stringify(other);
  if (left === right || left === undefined || right === undefined) return 0;
  return left < right ? -1 : 1;
}
