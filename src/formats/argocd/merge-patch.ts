import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** JSON merge patch (RFC 7386): objects are merged, null removes, everything else replaces. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, isJsonObject(value) ? mergePatch(objectOr(merged.get(key)), value) : value);
  }
  return Object.fromEntries(merged);
}

function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
