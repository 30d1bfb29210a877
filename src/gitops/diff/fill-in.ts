import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/**
 * A merged object with what another reading of the same merge has more: the defaults that the server fills in. Nothing of the merged
 * object is taken away, so a field that the other reading does not know stays. Scalars are spelled as the other reading spells them.
 */
export function fillIn(merged: JsonObject, filled: JsonObject): JsonObject {
  const spelled = Object.entries(merged).map(([key, value]): [string, Json] => [
    key,
    key === 'managedFields' || !Object.hasOwn(filled, key) ? value : fillValue(value, filled[key] ?? null),
  ]);
  const added = Object.entries(filled).filter(([key, value]) => !Object.hasOwn(merged, key) && value !== null);
  return Object.fromEntries([...spelled, ...added]);
}

function fillValue(merged: Json, filled: Json): Json {
  if (isJsonObject(merged)) return isJsonObject(filled) ? fillIn(merged, filled) : merged;
  if (!isJsonList(merged)) return filled === null || typeof filled === 'object' ? merged : filled;
  // Both lists come from one merge: other lengths mean that they cannot be laid side by side.
  if (!isJsonList(filled) || filled.length !== merged.length) return merged;
  return merged.map((item, index) => fillValue(item, filled[index] ?? null));
}
