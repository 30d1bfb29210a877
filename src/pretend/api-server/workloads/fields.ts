import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../formats/json.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../model/json.ts';

/** The objects of a list; none where there is no list. */
export function objectsAt(value: Json, ...keys: readonly string[]): readonly JsonObject[] {
  const list = pick(value, ...keys);
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}

/** The object under the keys; an empty one where there is none. */
export function objectAt(value: Json, ...keys: readonly string[]): JsonObject {
  const found = pick(value, ...keys);
  return isJsonObject(found) ? found : {};
}

/** The number under the keys; `otherwise` where there is none. */
export function numberAt(value: Json, keys: readonly string[], otherwise = 0): number {
  const found = pick(value, ...keys);
  return typeof found === 'number' ? found : otherwise;
}

export function nameOf(object: JsonObject): string {
  return pickText(object, 'metadata', 'name') ?? '';
}

export function namespaceOf(object: JsonObject): string | null {
  return pickText(object, 'metadata', 'namespace') ?? null;
}

export function uidOf(object: JsonObject): string {
  return pickText(object, 'metadata', 'uid') ?? '';
}

/** A time as Kubernetes writes it, in whole seconds. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** An entry of `status.conditions`. */
export function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(object, 'status', 'conditions').find((condition) => condition['type'] === type);
}

/** Whether a condition is True. */
export function holds(object: JsonObject, type: string): boolean {
  return conditionOf(object, type)?.['status'] === 'True';
}

/** Only what is not zero: the API server leaves zeros out of a status. */
export function withoutZeros(counts: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

/** A condition whose time of turning is that of the one before, unless its status is another now. */
export function turned(object: JsonObject, condition: JsonObject, now: number): JsonObject {
  const before = conditionOf(object, String(condition['type']));
  const isSame = before?.['status'] === condition['status'];
  const since = isSame ? before?.['lastTransitionTime'] : undefined;
  return { ...condition, lastTransitionTime: since ?? timeText(now) };
}

/** A short word in the letters that Kubernetes uses in generated names, the same for the same value. */
export function hashWord(value: Json, length: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const bytes = createHash('sha256').update(canonicalJson(value)).digest();
  return [...bytes.subarray(0, length)].map((byte) => letters[byte % letters.length]).join('');
}
