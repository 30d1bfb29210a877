import type { Change, PathChange } from '../../model/change.ts';
import { countBy, isMasked, pathKey, type SharedChange } from './shared-changes.ts';
import { isLong } from './values.ts';

/** The same change of the same field on many objects: it is said once. */
export interface RoutinePath {
  readonly path: PathChange;
  /** Every object it happens to. */
  readonly changes: readonly SharedChange[];
}

/** Changes with what they share told apart from what is their own. */
export interface Routine {
  readonly paths: readonly RoutinePath[];
  /** What is left to be said of each: only what it does not share. A change that has nothing of its own is left out. */
  readonly own: readonly OwnChange[];
}

/** A change without the fields that are said once for many. */
export interface OwnChange {
  readonly shared: SharedChange;
  /** Its own fields. */
  readonly change: Change;
  /** How many of its fields are said elsewhere. */
  readonly elsewhere: number;
}

/** From so many objects on a field is said once for all. */
const many = 3;

/**
 * Tells what changes alike on many objects (a chart's label, a checksum, a version) apart from the rest. Only what is equal in path,
 * both values and cause counts as alike; never a masked value, nor anything of a change that `isKept` keeps whole.
 */
export function splitRoutine(changes: readonly SharedChange[], isKept: (shared: SharedChange) => boolean): Routine {
  const open = changes.filter((shared) => shared.change.action === 'update' && !isKept(shared));
  // Values are only compared at places where many objects change.
  const places = countBy(
    open.flatMap(({ change }) => change.paths),
    placeOf,
  );
  const isMany = (path: PathChange): boolean => (places.get(placeOf(path)) ?? 0) >= many;
  const candidates = open.flatMap((shared) => foldable(shared, isMany));
  const routine = [...Map.groupBy(candidates, ({ key }) => key).values()].filter((found) => found.length >= many);
  const saidOf = Map.groupBy(routine.flat(), ({ shared }) => shared);
  const own = changes.flatMap((shared) => ownOf(shared, saidOf.get(shared) ?? []));
  return { paths: routine.flatMap(together), own };
}

/** A field of a change that may be said once for many. */
interface Foldable {
  readonly key: string;
  readonly path: PathChange;
  readonly shared: SharedChange;
}

function foldable(shared: SharedChange, isMany: (path: PathChange) => boolean): readonly Foldable[] {
  return shared.change.paths
    .filter((path) => isMany(path) && !isMasked(path) && !isLong(path.before, path.after))
    .map((path) => ({ key: pathKey(path), path, shared }));
}

function placeOf({ path }: PathChange): string {
  return JSON.stringify(path);
}

function ownOf(shared: SharedChange, said: readonly Foldable[]): readonly OwnChange[] {
  const { change } = shared;
  if (said.length === 0) return [{ shared, change, elsewhere: 0 }];
  const gone = new Set(said.map(({ path }) => path));
  const paths = change.paths.filter((path) => !gone.has(path));
  const says = change.stays ?? change.adopts ?? change.takes ?? change.offline;
  return paths.length === 0 && says === undefined
    ? []
    : [{ shared, change: { ...change, paths }, elsewhere: said.length }];
}

function together(found: readonly Foldable[]): readonly RoutinePath[] {
  const [first] = found;
  return first === undefined ? [] : [{ path: first.path, changes: found.map(({ shared }) => shared) }];
}
