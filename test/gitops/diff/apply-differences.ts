import type { Difference } from '../../../src/gitops/diff/compare-paths.ts';
import { sameJson } from '../../../src/gitops/diff/equality.ts';
import { findItem } from '../../../src/gitops/diff/list-items.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../../src/model/json.ts';
import type { Path, PathSegment } from '../../../src/model/path.ts';

type Mutable = { [key: string]: Mutable } | Mutable[] | string | number | boolean | bigint | null;

/** What a reader would get who carries out the listed differences by hand. Items put in come last in keyed lists. */
export function applyDifferences(before: JsonObject, differences: readonly Difference[]): Json {
  let root: Mutable = copy(before);
  const inPlace = differences.filter(({ before: was, after }) => was !== null && after !== null);
  const removed = differences.filter(({ after }) => after === null).reverse();
  const added = differences.filter(({ before: was }) => was === null);
  for (const difference of [...inPlace, ...removed, ...added]) root = applyOne(root, difference);
  return root;
}

/** Equality that lets items named by `name` stand in any order, since positions of items put in are not told. */
export function sameApartFromKeyedOrder(one: Json, other: Json): boolean {
  return sameJson(sorted(one), sorted(other));
}

function applyOne(root: Mutable, difference: Difference): Mutable {
  const last = difference.path.at(-1);
  if (difference.isOrder) return root;
  if (last === undefined) return copy(difference.after);
  const holder = descend(root, difference.path.slice(0, -1));
  if (Array.isArray(holder)) applyToList(holder, last, difference);
  else if (typeof holder === 'object' && holder !== null && typeof last === 'string')
    setKey(holder, last, difference.after);
  return root;
}

function applyToList(list: Mutable[], segment: PathSegment, difference: Difference): void {
  const at = typeof segment === 'number' ? segment : findItem(list as readonly Json[], segment); // read only there
  if (difference.after === null) list.splice(at, 1);
  else if (difference.before !== null) list[at] = copy(difference.after);
  else if (typeof segment === 'number') list.splice(segment, 0, copy(difference.after));
  else list.push(copy(difference.after));
}

function setKey(holder: { [key: string]: Mutable }, key: string, value: Json): void {
  if (value === null) delete holder[key];
  else holder[key] = copy(value);
}

function descend(root: Mutable, path: Path): Mutable {
  let current: Mutable = root;
  for (const segment of path) {
    if (Array.isArray(current)) current = current[findItem(current as readonly Json[], segment)] ?? null;
    else if (typeof current === 'object' && current !== null) current = current[String(segment)] ?? null;
  }
  return current;
}

function copy(value: Json): Mutable {
  return structuredClone(value) as Mutable; // a clone belongs to its maker
}

function sorted(value: Json): Json {
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
  if (!isJsonList(value)) return value;
  const items = value.map(sorted);
  const named = items.every((item) => isJsonObject(item) && typeof item['name'] === 'string');
  return named ? items.sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1)) : items;
}

function nameOf(item: Json): string {
  return isJsonObject(item) ? String(item['name']) : '';
}
