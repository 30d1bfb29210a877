import { sameQuantity } from '../../formats/quantities.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/**
 * The merge keys of the list at a path of object keys (a list item is any text): names of the key fields, none for a set
 * of scalars, null where the schema says that the list is replaced as a whole, undefined where no schema is known.
 */
export type ListKeysAt = (path: readonly string[]) => readonly string[] | null | undefined;

/** What stands for a list item in the paths given to {@link ListKeysAt}. */
export const ITEM = '-';

/** The object's own value under a key, never one inherited from a prototype; null when absent. */
export function own(object: JsonObject, key: string): Json {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}

/** Whether two values are equal down to the leaves: a null member is an absent one, order of keys does not matter. */
export function sameJson(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (isJsonObject(one)) return isJsonObject(other) && sameMembers(one, other);
  if (isJsonList(one)) return isJsonList(other) && sameItems(one, other);
  return sameNumber(one, other);
}

/** Whether two scalars are equal; by value where they are quantities, so that `1000m` is `1`. */
export function sameScalar(one: Json, other: Json, isQuantity: () => boolean): boolean {
  if (one === other || sameNumber(one, other)) return true;
  return isText(one) && isText(other) && sameQuantity(String(one), String(other)) && isQuantity();
}

function sameMembers(one: JsonObject, other: JsonObject): boolean {
  for (const key of Object.keys(one)) {
    if (!sameJson(own(one, key), own(other, key))) return false;
  }
  return Object.keys(other).every((key) => Object.hasOwn(one, key) || other[key] === null);
}

function sameItems(one: readonly Json[], other: readonly Json[]): boolean {
  return one.length === other.length && one.every((item, index) => sameJson(item, other[index] ?? null));
}

/** `5` decoded as a number on one side and as a bigint on the other is one number. */
function sameNumber(one: Json, other: Json): boolean {
  if (typeof one === 'bigint' && typeof other === 'number') return Number.isInteger(other) && one === BigInt(other);
  return typeof one === 'number' && typeof other === 'bigint' && Number.isInteger(one) && BigInt(one) === other;
}

function isText(value: Json): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

/** Where the API holds quantities: the last steps of a path below `spec`, list items left out; `*` is any key. */
const quantityPlaces: readonly (readonly string[])[] = [
  ['resources', 'requests', '*'],
  ['resources', 'limits', '*'],
  ['overhead', '*'],
  ['spec', 'hard', '*'],
  ['spec', 'capacity', '*'],
  ['limits', 'default', '*'],
  ['limits', 'defaultRequest', '*'],
  ['limits', 'max', '*'],
  ['limits', 'min', '*'],
  ['target', 'averageValue'],
  ['emptyDir', 'sizeLimit'],
  ['resourceFieldRef', 'divisor'],
];

/** Whether a quantity stands at a path, as far as that is known without a schema. Never in the texts of a ConfigMap. */
export function holdsQuantity(path: readonly string[]): boolean {
  if (path[0] !== 'spec') return false;
  const steps = path.filter((step) => step !== ITEM);
  return quantityPlaces.some((place) =>
    place.every((step, index) => step === '*' || step === steps.at(index - place.length)),
  );
}
