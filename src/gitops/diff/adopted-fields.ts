import { covers, ownedPaths } from '../../formats/field-sets.ts';
import type { JsonObject } from '../../model/json.ts';
import { ownedFields } from './attribute.ts';
import { sameJson } from './equality.ts';
import { foreignFields } from './owners.ts';
import { valueAt } from './values.ts';

/**
 * How many leaf fields of others become the manager's too, with the values they have: what its entry holds of the predicted object and
 * not of the live one, and somebody else owns already.
 */
export function adoptedFields(live: JsonObject, predicted: JsonObject, manager: string): number {
  const [before, after] = [ownedFields(live, manager), ownedFields(predicted, manager)];
  if (after === null) return 0;
  const fresh = ownedPaths(predicted, after).filter(
    (path) => path.length > 0 && (before === null || !covers(before, path)),
  );
  if (fresh.length === 0) return 0;
  const others = foreignFields(live, manager);
  const adopted = fresh.filter((path) => {
    const value = valueAt(live, path);
    const isSame = value !== null && sameJson(value, valueAt(predicted, path));
    return isSame && others.some((set) => covers(set, path));
  });
  return adopted.length;
}
