import { applyEntry } from '../../gitops/diff/attribute.ts';
import { holdsQuantity, ITEM, own, sameJson, sameScalar } from '../../gitops/diff/equality.ts';
import { isKnownDefault } from '../../gitops/diff/known-defaults.ts';
import { findItem } from '../../gitops/diff/list-items.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pickText } from '../../model/json.ts';

/**
 * Whether the live object is what applying the desired one would leave: our apply entry owns exactly the fields of the
 * desired object, and each has its value. Then a dry-run can be spared. Wherever this is not certain it says no. Secrets
 * are compared by their tags, so both objects must be masked.
 */
export function holdsDesired(live: JsonObject, desired: JsonObject, manager: string): boolean {
  const entry = applyEntry(live, manager);
  if (entry === null || entry.apiVersion !== pickText(desired, 'apiVersion')) return false;
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = desired;
  if (!isJsonObject(metadata)) return false;
  const { name: _name, namespace: _namespace, ...named } = metadata;
  const owned = Object.keys(named).length === 0 ? rest : { ...rest, metadata: named };
  return holds({ set: entry.fields, desired: owned, live }, []);
}

interface Place {
  /** FieldsV1 of our entry below this place. */
  readonly set: JsonObject;
  readonly desired: Json;
  readonly live: Json;
}

function holds(place: Place, path: readonly string[]): boolean {
  if (Object.keys(place.set).length === 0) return holdsWhole(place, path);
  if (isJsonObject(place.desired)) return holdsFields(place, place.desired, path);
  return isJsonList(place.desired) && isJsonList(place.live) && holdsItems(place, place.desired, place.live, path);
}

/** A value that is owned as a whole, or a single one. */
function holdsWhole({ desired, live }: Place, path: readonly string[]): boolean {
  if (sameJson(desired, live)) return true;
  if (isJsonObject(desired))
    return isJsonObject(live) ? holdsMembers(desired, live, path) : isLeftOut(desired, live, path);
  if (!isJsonList(desired)) return sameScalar(desired, live, () => holdsQuantity(path));
  if (!isJsonList(live) || live.length !== desired.length) return false;
  return desired.every((item, index) =>
    holdsWhole({ set: {}, desired: item, live: live[index] ?? null }, [...path, ITEM]),
  );
}

/** What only the live object has must be the default the server fills in: then leaving it out of Git changes nothing. */
function holdsMembers(desired: JsonObject, live: JsonObject, path: readonly string[]): boolean {
  const wanted = Object.keys(desired).every((key) =>
    holdsWhole({ set: {}, desired: own(desired, key), live: own(live, key) }, [...path, key]),
  );
  const added = Object.keys(live).filter((key) => own(desired, key) === null);
  return wanted && added.every((key) => isKnownDefault([...path, key], own(live, key)));
}

/** The server does not keep empty labels and annotations. */
function isLeftOut(desired: JsonObject, live: Json, path: readonly string[]): boolean {
  const isMeta = path.at(-2) === 'metadata' && ['labels', 'annotations'].includes(path.at(-1) ?? '');
  return isMeta && live === null && Object.keys(desired).length === 0;
}

function holdsFields({ set, live }: Place, desired: JsonObject, path: readonly string[]): boolean {
  if (!isJsonObject(live)) return false;
  const wanted = Object.keys(desired);
  const marks = Object.keys(set).filter((mark) => mark !== '.');
  return (
    marks.length === wanted.length &&
    wanted.every((key) => {
      const below = own(set, `f:${key}`);
      const place = { set: isJsonObject(below) ? below : {}, desired: own(desired, key), live: own(live, key) };
      return isJsonObject(below) && holds(place, [...path, key]);
    })
  );
}

function holdsItems({ set }: Place, desired: readonly Json[], live: readonly Json[], path: readonly string[]): boolean {
  const marks = Object.keys(set).filter((mark) => mark !== '.');
  if (marks.length !== desired.length) return false;
  const positions = new Map<number, number>();
  for (const mark of marks) {
    const place = itemPlace(mark, own(set, mark), { desired, live });
    if (place === null || !holds(place, [...path, ITEM])) return false;
    positions.set(place.at, place.liveAt);
  }
  return positions.size === desired.length && isRising(positions);
}

/** The list item a mark of FieldsV1 names, on both sides; null when one side does not have it. */
function itemPlace(
  mark: string,
  below: Json,
  { desired, live }: { readonly desired: readonly Json[]; readonly live: readonly Json[] },
): (Place & { readonly at: number; readonly liveAt: number }) | null {
  const name: Json = JSON.parse(mark.slice(2));
  const [at, liveAt] = [findMarked(desired, mark, name), findMarked(live, mark, name)];
  if (at === -1 || liveAt === -1) return null;
  return {
    at,
    liveAt,
    set: isJsonObject(below) ? below : {},
    desired: desired[at] ?? null,
    live: live[liveAt] ?? null,
  };
}

function findMarked(items: readonly Json[], mark: string, name: Json): number {
  if (mark.startsWith('v:')) return items.indexOf(name);
  // Merge keys are scalars (structured-merge-diff allows nothing else).
  return mark.startsWith('k:') && isJsonObject(name) ? findItem(items, name as Record<string, string>) : -1;
}

/** Items stand in the same order on both sides: applying carries a new order out. */
function isRising(positions: ReadonlyMap<number, number>): boolean {
  const live = [...positions].sort(([one], [other]) => one - other).map(([, position]) => position);
  return live.every((position, index) => index === 0 || position > (live[index - 1] ?? 0));
}
