import { canonicalJson } from '../../formats/json.ts';
import type { Change, PathChange } from '../../model/change.ts';
import type { Json } from '../../model/json.ts';
import { HIDDEN, HIDDEN_CHANGED } from '../../model/redacted.ts';
import { resourceKey } from '../../model/resource.ts';

/** The same change of the same object on one or more targets: it is shown once. */
export interface SharedChange {
  readonly change: Change;
  /** Ids of its targets, in the order the changes came in. */
  readonly targets: readonly string[];
  /** All that are alike, `change` first. */
  readonly members: readonly Change[];
}

/**
 * Changes that differ in nothing but their target as one, in the order they come in. `basisOf` says what a target's values are compared
 * with: what is live there is not the same as what Git says. Masked values look alike without being equal, so they are never joined.
 */
export function shareChanges(changes: readonly Change[], basisOf: (target: string) => string): readonly SharedChange[] {
  // Most objects are changed once: only of the others all has to be compared.
  const times = countBy(changes, objectOf);
  const alike = Map.groupBy(changes, (change) =>
    times.get(objectOf(change)) === 1 ? change : keyOf(change, basisOf(change.target)),
  );
  return [...alike.values()].flatMap((members) => {
    const [change] = members;
    if (change === undefined) return [];
    return [{ change, targets: [...new Set(members.map(({ target }) => target))], members }];
  });
}

function objectOf({ action, resource }: Change): string {
  return `${action} ${resourceKey(resource)}`;
}

/** How often each key comes. */
export function countBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return times;
}

function keyOf(change: Change, basis: string): string {
  const { target, resource, paths, stays = [], ...said } = change;
  const isAlone = paths.some((path) => isMasked(path));
  return canonicalJson({
    ...jsonOf(said),
    basis,
    target: isAlone ? target : null,
    resource: resourceKey(resource),
    version: resource.version,
    paths: paths.map(pathKey),
    stays: stays.map(({ path, owners }) => [jsonOf(path), owners]),
  });
}

/** What makes two path changes equal: place, both values and cause. */
export function pathKey({ path, before, after, cause }: PathChange): string {
  return canonicalJson([jsonOf(path), before, after, cause]);
}

/** Whether a value is masked, or holds one that is: two of them may look alike and differ. */
export function isMasked({ before, after }: PathChange): boolean {
  return [before, after].some((value) => holdsMask(value));
}

function holdsMask(value: Json): boolean {
  if (typeof value === 'string') return value.includes(HIDDEN) || value.includes(HIDDEN_CHANGED);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsMask);
}

/** The model's plain data is JSON where nothing is left out. */
function jsonOf(value: unknown): { readonly [key: string]: Json } {
  return JSON.parse(JSON.stringify(value));
}
