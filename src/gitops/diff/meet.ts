import type { Json, JsonObject } from '../../model/json.ts';
import { formatPath, type Path, type PathSegment } from '../../model/path.ts';
import type { Difference } from './compare-paths.ts';
import { sameJson } from './equality.ts';
import { valueAt } from './values.ts';

/** What is compared: the live object, and what applying base or head would make of it. */
export interface Sides {
  readonly live: JsonObject;
  readonly head: JsonObject;
  /** From base's prediction to head's: what the pull changes. */
  readonly wanted: readonly Difference[];
  /** From the live object to head's prediction: what the cluster would see. */
  readonly seen: readonly Difference[];
}

/**
 * What the pull changes and the cluster would see: the paths at which head's prediction differs both from base's and from
 * the live object. Where one comparison stops at a whole subtree and the other goes deeper, the deeper path is told.
 */
export function meetDifferences(sides: Sides): readonly Difference[] {
  const found = new Map<string, Difference>();
  for (const wanted of sides.wanted) {
    const met = wanted.isOrder ? meetOrder(wanted.path, sides) : meetOne(wanted.path, sides);
    for (const difference of met) found.set(JSON.stringify(difference.path), difference);
  }
  return [...found.values()];
}

/** The order of a keyed list is one thing, what its items hold is another. */
function meetOrder(path: Path, { seen }: Sides): readonly Difference[] {
  return seen.filter((difference) => difference.isOrder && formatPath(difference.path) === formatPath(path));
}

function meetOne(path: Path, sides: Sides): readonly Difference[] {
  const seen = sides.seen.filter((difference) => !difference.isOrder);
  const under = seen.filter((difference) => startsWith(difference.path, path));
  if (under.length > 0) return under;
  const above = seen.find((difference) => startsWith(path, difference.path));
  if (above !== undefined) return deeper(path, above, sides);
  return wholeList(path, sides);
}

/** The live object differs higher up. Positions in a list that itself differs mean nothing: then the higher path is told. */
function deeper(path: Path, above: Difference, sides: Sides): readonly Difference[] {
  if (path.slice(above.path.length).some((segment) => typeof segment === 'number')) return [above];
  const difference = lookUp(path, sides);
  return sameJson(difference.before, difference.after) ? [] : [difference];
}

/** Positions of two comparisons of a list without keys need not agree: when both differ inside it, it is told whole. */
function wholeList(path: Path, sides: Sides): readonly Difference[] {
  const list = listOf(path);
  if (list === null || !sides.seen.some((seen) => startsWith(seen.path, list))) return [];
  return [lookUp(list, sides)];
}

function listOf(path: Path): Path | null {
  const index = path.findIndex((segment) => typeof segment === 'number');
  return index === -1 ? null : path.slice(0, index);
}

function lookUp(path: Path, { live, head }: Sides): { path: Path; before: Json; after: Json } {
  return { path, before: valueAt(live, path), after: valueAt(head, path) };
}

function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((segment, index) => sameSegment(segment, path[index]));
}

function sameSegment(one: PathSegment, other: PathSegment | undefined): boolean {
  if (one === other) return true;
  return typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other);
}
