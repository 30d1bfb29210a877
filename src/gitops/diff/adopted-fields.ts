import { covers, ownedPaths } from '../../formats/field-sets.ts';
import type { JsonObject } from '../../model/json.ts';
import { ownedFields } from './attribute.ts';
import { sameJson } from './equality.ts';
import { foreignOwners } from './owners.ts';
import { valueAt } from './values.ts';

/**
 * How many leaf fields of others become the manager's too, with the values they have: what its entry holds of the predicted object and
 * not of the live one, and somebody else owns already.
 */
export function adoptedFields(live: JsonObject, predicted: JsonObject, manager: string): number {
  const [before, after] = [ownedFields(live, manager), ownedFields(predicted, manager)];
  if (after === null) return 0;
  const adopted = ownedPaths(predicted, after).filter((path) => {
    if (path.length === 0 || (before !== null && covers(before, path))) return false;
    const value = valueAt(live, path);
    return value !== null && sameJson(value, valueAt(predicted, path)) && foreignOwners(live, path, manager).length > 0;
  });
  return adopted.length;
}
