import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';

/**
 * Where two objects differ, as JSON pointers (RFC 6901), outermost first: a list of another length and an object with other keys differ
 * as a whole.
 */
export function differingPointers(one: Json, other: Json): readonly string[] {
  return [...differing(one, other, [])].map(formatPointer);
}

type Steps = readonly (string | number)[];

function* differing(one: Json, other: Json, path: Steps): Generator<Steps> {
  const parts = partsOf(one, other);
  if (parts === null) {
    if (one !== other) yield path;
    return;
  }
  for (const [step, left, right] of parts) yield* differing(left, right, [...path, step]);
}

/** The parts of two values of one shape, pair by pair; null when they are compared as a whole. */
function partsOf(one: Json, other: Json): readonly (readonly [string | number, Json, Json])[] | null {
  if (isJsonList(one) && isJsonList(other)) {
    return one.length === other.length ? one.map((item, index) => [index, item, other[index] ?? null]) : null;
  }
  if (!isJsonObject(one) || !isJsonObject(other) || !hasSameKeys(one, other)) return null;
  return Object.entries(one).map(([key, item]) => [key, item, other[key] ?? null]);
}

function hasSameKeys(one: object, other: object): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key));
}
