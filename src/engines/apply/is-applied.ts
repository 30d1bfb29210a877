import { applyEntry } from '../../gitops/diff/attribute.ts';
import { sameJson } from '../../gitops/diff/equality.ts';
import { normalise } from '../../gitops/diff/normalise.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/**
 * Whether a dry-run says that applying changes nothing: neither the object, apart from what the server and controllers write
 * for themselves, nor which fields our apply entry owns.
 */
export function isApplied(live: JsonObject, answer: JsonObject, manager: string): boolean {
  return sameJson(normalise(live), normalise(answer)) && sameJson(entryOf(live, manager), entryOf(answer, manager));
}

function entryOf(object: JsonObject, manager: string): Json {
  const entry = applyEntry(object, manager);
  return entry === null ? null : { apiVersion: entry.apiVersion, fields: entry.fields };
}
