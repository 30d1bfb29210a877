import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { ITEM, own, sameJson } from './equality.ts';

/** Defaults inside values that are owned as a whole: `<parent>.<field>` to the value the server fills in. */
const defaults: Readonly<Record<string, Json>> = {
  'fieldRef.apiVersion': 'v1',
  'resourceFieldRef.divisor': '0',
  'ports.protocol': 'TCP',
  'endpoints.conditions': {},
  'rules.scope': '*',
  'resourceRules.scope': '*',
  'excludeResourceRules.scope': '*',
  'serviceAccountToken.expirationSeconds': 3600,
  'volumeClaimTemplates.apiVersion': 'v1',
  'volumeClaimTemplates.kind': 'PersistentVolumeClaim',
  'volumeClaimTemplates.status': { phase: 'Pending' },
  'spec.volumeMode': 'Filesystem',
};

/** Whether a value at a path (list items are {@link ITEM}) is what the server fills in where nothing is said. */
export function isKnownDefault(path: readonly string[], value: Json): boolean {
  const name = path
    .filter((step) => step !== ITEM)
    .slice(-2)
    .join('.');
  return Object.hasOwn(defaults, name) && sameJson(defaults[name] ?? null, value);
}

/**
 * A merged object with the known defaults of the live one, where the merge put a value in the place of another as a whole: the
 * server fills them in again.
 */
export function keepDefaults(merged: JsonObject, live: JsonObject, path: readonly string[] = []): JsonObject {
  const kept = Object.entries(merged).map(([key, value]): [string, Json] => [
    key,
    key === 'managedFields' ? value : keepValue(value, own(live, key), [...path, key]),
  ]);
  const added = Object.entries(live).filter(
    ([key, value]) => own(merged, key) === null && isKnownDefault([...path, key], value),
  );
  return Object.fromEntries([...kept, ...added]);
}

function keepValue(merged: Json, live: Json, path: readonly string[]): Json {
  if (isJsonObject(merged)) return isJsonObject(live) ? keepDefaults(merged, live, path) : merged;
  if (!isJsonList(merged) || !isJsonList(live) || merged.length !== live.length) return merged;
  return merged.map((item, index) => keepValue(item, live[index] ?? null, [...path, ITEM]));
}
