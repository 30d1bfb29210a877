import { fieldNamed, parseFields } from '../../formats/field-sets.ts';
import type { Change } from '../../model/change.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import { resourceKey } from '../../model/resource.ts';
import { type FieldConflict, type Takeover, uniteTakeovers } from '../../model/takeover.ts';
import { isApplyOf, ownerName } from './owners.ts';

/**
 * The takeovers that changes show, in the words in which the server will refuse them: what each other owner of a shown path has
 * there. A path that no owner's field contains is left out, so it is refused rather than taken over.
 */
export function takeoversOf(
  changes: readonly Change[],
  live: ReadonlyMap<string, JsonObject>,
  manager: string,
): readonly Takeover[] {
  const shown = changes.map(({ resource, paths }): Takeover => {
    const key = resourceKey(resource);
    const taken = paths.filter(({ cause }) => cause === 'takeover');
    return { key, fields: taken.flatMap(({ path }) => conflictsAt(live.get(key) ?? {}, path, manager)) };
  });
  return uniteTakeovers(shown);
}

/** The fields of other owners that are the path or contain it: what the server refuses to overwrite without force. */
export function conflictsAt(object: JsonObject, path: Path, manager: string): readonly FieldConflict[] {
  const entries = pick(object, 'metadata', 'managedFields');
  return (isJsonList(entries) ? entries : []).flatMap((entry) => {
    const fields = pick(entry, 'fieldsV1');
    if (!isJsonObject(fields) || isApplyOf(entry, manager)) return [];
    const field = fieldNamed(parseFields(fields), path);
    const owner = ownerName(pickText(entry, 'manager') ?? 'unknown', pickText(entry, 'subresource') || null);
    return field === null ? [] : [{ field, owner }];
  });
}
