import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Path, PathSegment } from '../model/path.ts';

/**
 * The fields one manager owns of an object: FieldsV1 of managedFields
 * (kubernetes.io/docs/reference/using-api/server-side-apply), read into a tree.
 */
export interface FieldSet {
  /** Nothing below: the whole value is owned. */
  readonly isLeaf: boolean;
  /** `f:NAME`. */
  readonly fields: ReadonlyMap<string, FieldSet>;
  /** `k:{...}`: items of a keyed list by their merge keys. */
  readonly items: readonly FieldItem[];
  /** `v:VALUE`: members of a set of scalars. */
  readonly values: readonly Json[];
}

/** One item of a keyed list and what is owned of it. */
export interface FieldItem {
  readonly keys: JsonObject;
  readonly set: FieldSet;
}

/** Reads FieldsV1. What is no field, item or value (such as `i:` positions, which the server no longer writes) is left out. */
export function parseFields(fieldsV1: JsonObject): FieldSet {
  const fields = new Map<string, FieldSet>();
  const items: FieldItem[] = [];
  const values: Json[] = [];
  const entries = Object.entries(fieldsV1);
  for (const [mark, below] of entries) {
    const set = parseFields(isJsonObject(below) ? below : {});
    const text = mark.slice(2);
    if (mark.startsWith('f:')) fields.set(text, set);
    else if (mark.startsWith('k:')) items.push({ keys: parseKeys(text), set });
    else if (mark.startsWith('v:')) values.push(JSON.parse(text));
  }
  return { isLeaf: entries.length === 0, fields, items, values };
}

/**
 * Whether the set owns something at a path: the value, a whole that contains it, or a part of it. List items are named by
 * their merge keys; a position counts as owned when any item of the list is.
 */
export function covers(set: FieldSet, path: Path): boolean {
  let current: FieldSet | undefined = set;
  for (const segment of path) {
    const below = stepInto(current, segment);
    if (below === undefined) return false;
    if (below.isLeaf) return true;
    current = below;
  }
  return true;
}

/**
 * The field of the set that is the path or contains it, as the server names it in conflicts
 * (`.spec.containers[name="web"].image`, structured-merge-diff `fieldpath.PathElement.String`). null when the set has none: it
 * owns nothing there, or only parts of the value.
 */
export function fieldNamed(set: FieldSet, path: Path): string | null {
  let current = set;
  let name = '';
  for (const segment of path) {
    const below = stepInto(current, segment);
    const step = below === undefined ? null : stepName(current, segment);
    if (below === undefined || step === null) return null;
    name += step;
    if (below.isLeaf) return name;
    current = below;
  }
  return null;
}

function stepName(set: FieldSet, segment: PathSegment): string | null {
  if (typeof segment === 'string') return `.${segment}`;
  const item = typeof segment === 'number' ? undefined : set.items.find(({ keys }) => isSameItem(keys, segment));
  if (item === undefined) return null;
  const keys = Object.entries(item.keys).sort(([one], [other]) => (one < other ? -1 : 1));
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}

function stepInto(set: FieldSet, segment: PathSegment): FieldSet | undefined {
  if (typeof segment === 'string') return set.fields.get(segment);
  if (typeof segment === 'number') return set.values.length + set.items.length > 0 ? leaf : undefined;
  return set.items.find((item) => isSameItem(item.keys, segment))?.set;
}

const leaf: FieldSet = { isLeaf: true, fields: new Map(), items: [], values: [] };

/** The keys both sides name agree, and they share at least one: a guessed path may name fewer keys than the server. */
function isSameItem(keys: JsonObject, segment: Readonly<Record<string, Json>>): boolean {
  const shared = Object.keys(segment).filter((key) => Object.hasOwn(keys, key));
  return shared.length > 0 && shared.every((key) => keys[key] === segment[key]);
}

function parseKeys(text: string): JsonObject {
  const keys: Json = JSON.parse(text);
  return isJsonObject(keys) && !isJsonList(keys) ? keys : {};
}

/**
 * The paths of an object that a set owns, found by walking both together: every owned leaf, and every whole that is owned
 * as one (a leaf of the set, or a container of which nothing below is owned). What the object does not have is left out.
 */
export function ownedPaths(object: Json, set: FieldSet): readonly Path[] {
  if (set.isLeaf || set.fields.size + set.items.length + set.values.length === 0) return [[]];
  return stepsOf(object, set).flatMap(({ segment, value, below }) =>
    ownedPaths(value, below).map((path) => [segment, ...path]),
  );
}

interface Step {
  readonly segment: PathSegment;
  readonly value: Json;
  readonly below: FieldSet;
}

function stepsOf(object: Json, set: FieldSet): readonly Step[] {
  if (isJsonObject(object)) {
    return [...set.fields].flatMap(([segment, below]) => {
      const value = Object.hasOwn(object, segment) ? object[segment] : undefined;
      return value === undefined ? [] : [{ segment, value, below }];
    });
  }
  if (!isJsonList(object)) return [];
  const items = set.items.flatMap((item) => itemSteps(object, item));
  const members = set.values.flatMap((member) => {
    const segment = object.indexOf(member);
    return segment < 0 ? [] : [{ segment, value: member, below: leaf }];
  });
  return [...items, ...members];
}

function itemSteps(list: readonly Json[], { keys, set }: FieldItem): readonly Step[] {
  const names = Object.keys(keys);
  const value = list.find((item) => isJsonObject(item) && names.every((name) => item[name] === keys[name]));
  if (value === undefined) return [];
  // Merge keys are scalars (kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
  return [{ segment: keys as Exclude<PathSegment, string | number>, value, below: set }];
}
