import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';
import type { PatchPlace } from './patch-schema.ts';

/** An object as it was applied last, as it is to be applied, and as it is. Of what is absent, `undefined`. */
export interface ThreeWays {
  readonly original: Json | undefined;
  readonly modified: JsonObject;
  readonly current: Json | undefined;
}

/**
 * The strategic merge patch with which client-side apply brings an object up to date: what differs from the current object, and what was
 * applied and is not wanted any more; fields of others stay (kubectl apply; k8s.io/apimachinery strategicpatch
 * `CreateThreeWayMergePatch`). `{}` where nothing is to be done.
 */
export function strategicPatch({ original, modified, current }: ThreeWays, place: PatchPlace): JsonObject {
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(modified)) {
    const sides = { original: pick(original, key), current: pick(current, key) };
    Object.assign(patch, fieldPatch(key, value, { ...sides, place: place.field(key) }));
  }
  return { ...patch, ...removals({ original, modified, current }) };
}

/** The JSON merge patch (RFC 7386) that does the same where lists are replaced as a whole: custom resources. */
export function mergePatch({ original, modified, current }: ThreeWays): JsonObject {
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(modified)) {
    const [before, live] = [pick(original, key), pick(current, key)];
    if (isJsonObject(value) && isJsonObject(live)) {
      const below = mergePatch({ original: before, modified: value, current: live });
      if (Object.keys(below).length > 0) patch[key] = below;
    } else if (!isSame(value, live)) patch[key] = value;
  }
  return { ...patch, ...removals({ original, modified, current }) };
}

/** What was applied, is there and is not wanted any more. */
function removals({ original, modified, current }: ThreeWays): JsonObject {
  if (!isJsonObject(original) || !isJsonObject(current)) return {};
  const gone = Object.keys(original).filter((key) => !Object.hasOwn(modified, key) && Object.hasOwn(current, key));
  return Object.fromEntries(gone.map((key) => [key, null]));
}

interface FieldSides {
  readonly original: Json | undefined;
  readonly current: Json | undefined;
  readonly place: PatchPlace;
}

function fieldPatch(key: string, value: Json, sides: FieldSides): JsonObject {
  const { current } = sides;
  if (isJsonObject(value) && isJsonObject(current)) return objectPatch(key, value, sides);
  if (isJsonList(value) && isJsonList(current)) return listPatch(key, value, { ...sides, current });
  return isSame(value, current) ? {} : { [key]: value };
}

function objectPatch(key: string, value: JsonObject, { original, current, place }: FieldSides): JsonObject {
  if (place.strategies.includes('replace')) {
    return isSame(value, current) ? {} : { [key]: { ...value, $patch: 'replace' } };
  }
  const below = mapPatch({ original, modified: value, current }, place);
  return Object.keys(below).length === 0 ? {} : { [key]: below };
}

function listPatch(
  key: string,
  wanted: readonly Json[],
  { original, current, place }: FieldSides & { readonly current: readonly Json[] },
): JsonObject {
  const sides = { before: isJsonList(original) ? original : [], wanted, live: current };
  if (!place.strategies.includes('merge')) return isSame(wanted, current) ? {} : { [key]: wanted };
  return place.mergeKey === null ? setPatch(key, sides) : keyedPatch(key, sides, place);
}

/** Below a place whose other keys go when one changes (`retainKeys`: the strategy of a Deployment, a volume), the patch names all that stay. */
function mapPatch(sides: ThreeWays, place: PatchPlace): JsonObject {
  const patch = strategicPatch(sides, place);
  if (!place.strategies.includes('retainKeys')) return patch;
  const { modified, current } = sides;
  const hasMore = Object.keys(isJsonObject(current) ? current : {}).some((key) => !Object.hasOwn(modified, key));
  const isDue = Object.keys(patch).length > 0 || hasMore;
  return isDue ? { ...patch, $retainKeys: Object.keys(modified).sort() } : patch;
}

interface ListSides {
  readonly before: readonly Json[];
  readonly wanted: readonly Json[];
  readonly live: readonly Json[];
}

/** Items of a list that are told apart by one field. */
function keyedPatch(key: string, sides: ListSides, place: PatchPlace): JsonObject {
  const { before, wanted, live } = sides;
  const name = place.mergeKey ?? '';
  const nameOf = (item: Json | undefined): Json => pick(item, name) ?? null;
  // Without a name nothing can be told apart: the server says what is wrong.
  if (wanted.some((item) => nameOf(item) === null)) return isSame(wanted, live) ? {} : { [key]: wanted };
  const find = (items: readonly Json[], one: Json) => items.find((item) => isSame(nameOf(item), one));
  const itemPlace = { ...place.items(), strategies: place.strategies };
  const changed = wanted.flatMap((item): readonly Json[] => {
    const [original, current] = [find(before, nameOf(item)), find(live, nameOf(item))];
    if (!isJsonObject(item) || !isJsonObject(current)) return [item];
    const below = mapPatch({ original, modified: item, current }, itemPlace);
    return Object.keys(below).length === 0 ? [] : [{ ...below, [name]: nameOf(item) }];
  });
  const names = wanted.map(nameOf);
  const isGone = (one: Json) => one !== null && find(wanted, one) === undefined && find(live, one) !== undefined;
  const gone = before.map(nameOf).filter(isGone);
  const patch = [...changed, ...gone.map((one) => ({ $patch: 'delete', [name]: one }))];
  const kept = live.map(nameOf).filter((one) => find(wanted, one) !== undefined);
  if (patch.length === 0 && isSame(kept, names)) return {};
  const order = names.map((one) => ({ [name]: one }));
  return { [`$setElementOrder/${key}`]: order, ...(patch.length === 0 ? {} : { [key]: patch }) };
}

/** A list of scalars that is a set, such as finalizers. */
function setPatch(key: string, { before, wanted, live }: ListSides): JsonObject {
  const has = (items: readonly Json[], value: Json) => items.some((item) => isSame(item, value));
  const added = wanted.filter((value) => !has(live, value));
  const gone = before.filter((value) => !has(wanted, value) && has(live, value));
  if (added.length === 0 && gone.length === 0) return {};
  return {
    [`$setElementOrder/${key}`]: wanted,
    ...(added.length === 0 ? {} : { [key]: added }),
    ...(gone.length === 0 ? {} : { [`$deleteFromPrimitiveList/${key}`]: gone }),
  };
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (isJsonList(one))
    return isJsonList(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
}
