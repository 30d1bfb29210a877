import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { SchemaPath } from './list-keys.ts';

/** The merge keys of the list at a path, as `Schema.listKeysAt` tells them. */
export type ListKeysAt = (path: SchemaPath) => readonly string[] | null | undefined;

/**
 * The fields an object says, as FieldsV1 names them (structured-merge-diff `value.ToSet`): maps by their keys, keyed lists by theirs, sets
 * by their values; a scalar, an empty map and a list without keys are leaves.
 */
export function fieldsOf(value: Json, listKeysAt: ListKeysAt, path: SchemaPath = []): JsonObject {
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, below]) => [`f:${key}`, fieldsOf(below, listKeysAt, [...path, key])]),
    );
  }
  if (!isJsonList(value)) return {};
  const keys = listKeysAt(path);
  if (keys === null || keys === undefined) return {};
  if (keys.length === 0) return Object.fromEntries(value.map((item) => [`v:${JSON.stringify(item)}`, {}]));
  return Object.fromEntries(
    value.filter(isJsonObject).map((item, index) => {
      const below = fieldsOf(item, listKeysAt, [...path, index]);
      return [`k:${JSON.stringify(keyOf(item, keys))}`, { '.': {}, ...below }];
    }),
  );
}

/** In the order of the alphabet, as the server writes them; a protocol that is left out is TCP. */
function keyOf(item: JsonObject, keys: readonly string[]): JsonObject {
  const found = [...keys].sort().flatMap((key): [string, Json][] => {
    const value = Object.hasOwn(item, key) ? (item[key] ?? null) : null;
    if (value !== null) return [[key, value]];
    return key === 'protocol' ? [[key, 'TCP']] : [];
  });
  return Object.fromEntries(found);
}
