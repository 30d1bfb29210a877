import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Path, PathSegment } from '../../model/path.ts';
import { ITEM, type ListKeysAt, own } from './equality.ts';
import { findItem, segmentOf } from './list-items.ts';

/** The value at a path, null when absent. */
export function valueAt(value: Json, path: Path): Json {
  let current = value;
  for (const segment of path) current = childAt(current, segment);
  return current;
}

/** A copy of the object without the values at the paths; what does not change is shared with the original. */
export function omitPaths(object: JsonObject, paths: readonly Path[]): JsonObject {
  let current: Json = object;
  for (const path of paths) current = omit(current, path, 0);
  return isJsonObject(current) ? current : {};
}

/** A JSON pointer (keys and indexes) as a path that names list items by their merge keys; null when nothing is there. */
export function pathOfPointer(object: JsonObject, pointer: string, listKeysAt: ListKeysAt): Path | null {
  const path: PathSegment[] = [];
  const keys: string[] = [];
  let current: Json = object;
  for (const token of pointerTokens(pointer)) {
    const segment: PathSegment = isJsonList(current) ? segmentOf(current, Number(token), listKeysAt(keys)) : token;
    keys.push(isJsonList(current) ? ITEM : token);
    current = isJsonList(current) ? (current[Number(token)] ?? null) : childAt(current, segment);
    if (current === null) return null;
    path.push(segment);
  }
  return path;
}

/** The keys and indexes of a JSON pointer (RFC 6901). */
export function pointerTokens(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function childAt(value: Json, segment: PathSegment): Json {
  if (typeof segment === 'string') return isJsonObject(value) ? own(value, segment) : null;
  if (!isJsonList(value)) return null;
  return value[findItem(value, segment)] ?? null;
}

function omit(value: Json, path: Path, depth: number): Json {
  const segment = path[depth];
  const child = segment === undefined ? null : childAt(value, segment);
  if (segment === undefined || child === null) return value;
  const kept = depth === path.length - 1 ? null : omit(child, path, depth + 1);
  if (isJsonList(value)) return replaceItem(value, findItem(value, segment), kept);
  return isJsonObject(value) && typeof segment === 'string' ? replaceKey(value, segment, kept) : value;
}

function replaceItem(list: readonly Json[], index: number, item: Json): readonly Json[] {
  return item === null ? list.toSpliced(index, 1) : list.with(index, item);
}

function replaceKey(object: JsonObject, key: string, value: Json): JsonObject {
  if (value !== null) return { ...object, [key]: value };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
