import { covers, type FieldSet, parseFields } from '../../formats/field-sets.ts';
import type { FieldOwner } from '../../model/drift.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';

/**
 * Who owns a path of a live object, as its managedFields tell, the latest writer first. It names programs, not people. An entry's
 * time moves when that manager adds, changes or removes any field of the entry, so `since` is the latest moment it can have been.
 */
export function ownersOf(object: JsonObject, path: Path): readonly FieldOwner[] {
  const entries = pick(object, 'metadata', 'managedFields');
  const owners = (isJsonList(entries) ? entries : []).flatMap((entry): readonly FieldOwner[] => {
    const fields = pick(entry, 'fieldsV1');
    const operation = pickText(entry, 'operation');
    if (!isJsonObject(fields) || (operation !== 'Apply' && operation !== 'Update')) return [];
    if (!covers(parseFields(fields), path)) return [];
    return [
      {
        manager: pickText(entry, 'manager') ?? 'unknown',
        operation,
        subresource: pickText(entry, 'subresource') || null,
        since: pickText(entry, 'time') ?? null,
      },
    ];
  });
  return owners.sort((one, other) => ((one.since ?? '') < (other.since ?? '') ? 1 : -1));
}

/** The owners of a path that are not this manager's own apply entry. */
export function foreignOwners(object: JsonObject, path: Path, manager: string): readonly FieldOwner[] {
  return ownersOf(object, path).filter((owner) => owner.manager !== manager || owner.operation !== 'Apply');
}

/** What each entry of managedFields but the manager's own apply entry owns. */
export function foreignFields(object: JsonObject, manager: string): readonly FieldSet[] {
  const entries = pick(object, 'metadata', 'managedFields');
  return (isJsonList(entries) ? entries : []).flatMap((entry) => {
    const fields = pick(entry, 'fieldsV1');
    return isJsonObject(fields) && !isApplyOf(entry, manager) ? [parseFields(fields)] : [];
  });
}

/** Whether an entry of managedFields is the manager's own apply entry. */
export function isApplyOf(entry: Json, manager: string): boolean {
  const isOwn = pickText(entry, 'manager') === manager && pickText(entry, 'operation') === 'Apply';
  return isOwn && !pickText(entry, 'subresource');
}

/** How an owner is called: `kubectl`, `kubectl (scale)`. */
export function ownerName(manager: string, subresource: string | null): string {
  return subresource === null ? manager : `${manager} (${subresource})`;
}
