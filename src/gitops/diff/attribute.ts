import { covers, type FieldSet, parseFields } from '../../formats/field-sets.ts';
import type { Cause, PathChange } from '../../model/change.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';

/** What one manager's apply entry owns of an object as it is and as it would be; null where it has no entry. */
export interface Ownership {
  readonly live: FieldSet | null;
  readonly predicted: FieldSet | null;
  /** Whether somebody else owns a path of the object as it is, or a part of it. */
  isForeign(path: Path): boolean;
  /** Whether somebody else owns the very field that a path is, or one that contains it. */
  isShared(path: Path): boolean;
}

/**
 * Why a path changes. `git` when our apply entry would own it, or owns it now and would not any more (gone from Git), `takeover`
 * when somebody else owns the value we would overwrite, alone or with us: the server would answer 409 without force; everything else
 * was done by the server: a default, a webhook, or another field that follows.
 */
export function attribute({ path, before }: Pick<PathChange, 'path' | 'before'>, ownership: Ownership): Cause {
  const { live, predicted } = ownership;
  const isOurs = live !== null && covers(live, path);
  if (predicted === null || !covers(predicted, path)) return isOurs ? 'git' : 'admission';
  const isTaken = isOurs ? ownership.isShared(path) : ownership.isForeign(path);
  return before !== null && isTaken ? 'takeover' : 'git';
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
