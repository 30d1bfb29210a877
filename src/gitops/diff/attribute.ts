import { covers, type FieldSet, parseFields } from '../../formats/field-sets.ts';
import type { Cause } from '../../model/change.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';

/** What one manager's apply entry owns of an object as it is and as it would be; null where it has no entry. */
export interface Ownership {
  readonly live: FieldSet | null;
  readonly predicted: FieldSet | null;
}

/**
 * Why a path changes. `git` when our apply entry would own it, or owns it now and would not any more (gone from Git);
 * everything else was done by the server: a default, a webhook, or another field that follows.
 */
export function attribute(path: Path, ownership: Ownership): Cause {
  const { live, predicted } = ownership;
  const ours = (predicted !== null && covers(predicted, path)) || (live !== null && covers(live, path));
  return ours ? 'git' : 'admission';
}

/** The fields a manager's apply entry owns of an object, or null when it has none. */
export function ownedFields(object: JsonObject | null, manager: string): FieldSet | null {
  const entry = object === null ? null : applyEntry(object, manager);
  return entry === null ? null : parseFields(entry.fields);
}

/** The apply entry of a manager in `metadata.managedFields`, main resource only; null when it has none. */
export function applyEntry(
  object: JsonObject,
  manager: string,
): { readonly apiVersion: string; readonly fields: JsonObject } | null {
  const entries = pick(object, 'metadata', 'managedFields');
  for (const entry of isJsonList(entries) ? entries : []) {
    const fields = pick(entry, 'fieldsV1');
    const applied = pickText(entry, 'manager') === manager && pickText(entry, 'operation') === 'Apply';
    if (!applied || pickText(entry, 'subresource') || !isJsonObject(fields)) continue;
    return { apiVersion: pickText(entry, 'apiVersion') ?? '', fields };
  }
  return null;
}
