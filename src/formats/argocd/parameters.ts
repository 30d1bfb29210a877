import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { goText } from './go-text.ts';

/** What a generator gives for one application. */
export type Parameters = JsonObject;

/**
 * Parameters of both generators of a matrix without Go templates: all as text. Throws `SyntaxError` where they name a key
 * differently (Argo CD 3.5, applicationset/utils `CombineStringMaps`).
 */
export function combine(one: Parameters, other: Parameters): Parameters {
  const all = new Map(Object.entries(one).map(([key, value]) => [key, goText(value)]));
  for (const [key, value] of Object.entries(other)) {
    const [before, text] = [all.get(key), goText(value)];
    if (before !== undefined && before !== text) {
      throw new SyntaxError(`found duplicate key ${key} with different value, a: ${before} ,b: ${text}`);
    }
    all.set(key, text);
  }
  return Object.fromEntries(all);
}

/** Objects merged to any depth, the second one's values winning, empty ones too (dario.cat/mergo `WithOverride` on maps). */
export function override(target: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(over)) {
    const before = merged.get(key);
    merged.set(key, isJsonObject(before) && isJsonObject(value) ? override(before, value) : value);
  }
  return Object.fromEntries(merged);
}

/**
 * A template with what it leaves empty taken from another (mergo `Merge` on structs): a generator's own template over that of the
 * set. Helm's `valuesObject` is one value.
 */
export function fillEmpty(template: JsonObject, from: JsonObject): JsonObject {
  const merged = new Map(Object.entries(template));
  for (const [key, value] of Object.entries(from)) {
    const before = merged.get(key);
    if (isEmpty(before)) merged.set(key, value);
    else if (isJsonObject(before) && isJsonObject(value) && key !== 'valuesObject') {
      merged.set(key, fillEmpty(before, value));
    }
  }
  return Object.fromEntries(merged);
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  return isJsonList(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}
