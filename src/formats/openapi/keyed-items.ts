import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { referenceOf, resolve, stepInto } from './definition.ts';
import { keysOf } from './list-keys.ts';

/** Two items of one list that server-side apply takes for the same. */
export interface DuplicateItem {
  /** Path of the second one. */
  readonly at: readonly (string | number)[];
  /** The key fields; empty for a set of scalars. */
  readonly keys: readonly string[];
}

/** Finds duplicates in the keyed lists and sets of an object. */
export interface KeyedItems {
  find(object: Json): readonly DuplicateItem[];
}

interface Plan {
  readonly keys: readonly string[] | null;
  /** Key field -> default, where the schema has one. */
  readonly defaults: Readonly<Record<string, Json>>;
  readonly fields: ReadonlyMap<string, Later>;
  /** Of list items and of map values. */
  readonly inner: Later | null;
}

/** A plan that is made when a value comes to it: most of what a kind may hold never comes. */
type Later = () => Plan;

/** Prepares the search for duplicate list items. */
export function planKeyedItems(definitions: JsonObject, root: JsonObject): KeyedItems {
  const plan = later(definitions, root, new Map());
  return {
    find: (object) => {
      const found: DuplicateItem[] = [];
      if (plan !== null) walk(object, plan(), [], found);
      return found;
    },
  };
}

/** null for what holds neither lists nor fields. */
function later(definitions: JsonObject, schema: Json | undefined, known: Map<string, Later>): Later | null {
  if (!isJsonObject(schema)) return null;
  const name = referenceOf(schema);
  if (name === null) return isLeaf(schema) ? null : once(() => planOf(definitions, schema, known));
  const isShared = schema['x-kubernetes-list-type'] === undefined;
  const plan =
    (isShared ? known.get(name) : undefined) ?? once(() => planOf(definitions, resolve(definitions, schema), known));
  if (isShared) known.set(name, plan);
  return plan;
}

function isLeaf({ properties, items, additionalProperties }: JsonObject): boolean {
  return !isJsonObject(properties) && !isJsonObject(items) && !isJsonObject(additionalProperties);
}

function once(make: Later): Later {
  let plan: Plan | undefined;
  return () => (plan ??= make());
}

function planOf(definitions: JsonObject, schema: JsonObject, known: Map<string, Later>): Plan {
  const keys = keysOf(schema) ?? null;
  const { properties, items, additionalProperties } = schema;
  const fields = new Map<string, Later>();
  for (const [field, value] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const plan = later(definitions, value, known);
    if (plan !== null) fields.set(field, plan);
  }
  const below = isJsonObject(items) ? items : additionalProperties;
  return {
    keys,
    fields,
    inner: later(definitions, below, known),
    defaults: defaultsOf(definitions, below, keys ?? []),
  };
}

function defaultsOf(
  definitions: JsonObject,
  item: Json | undefined,
  keys: readonly string[],
): Readonly<Record<string, Json>> {
  if (!isJsonObject(item)) return {};
  const values = keys.map((key) => [key, stepInto(definitions, item, key)?.default] as const);
  return Object.fromEntries(values.filter((pair): pair is readonly [string, Json] => pair[1] !== undefined));
}

/** Where a value is; changed on the way down and back. */
type At = (string | number)[];

function walk(value: Json, plan: Plan, at: At, found: DuplicateItem[]): void {
  if (isJsonList(value)) walkList(value, plan, at, found);
  else if (isJsonObject(value)) walkObject(value, plan, at, found);
}

function walkList(list: readonly Json[], plan: Plan, at: At, found: DuplicateItem[]): void {
  if (plan.keys !== null && list.length > 1) findDuplicates(list, plan, at, found);
  const { inner } = plan;
  if (inner !== null) for (const [index, item] of list.entries()) step(index, item, inner, at, found);
}

function walkObject(object: JsonObject, { fields, inner }: Plan, at: At, found: DuplicateItem[]): void {
  for (const [field, value] of Object.entries(object)) {
    const plan = fields.get(field) ?? inner;
    if (plan !== null) step(field, value, plan, at, found);
  }
}

function step(key: string | number, value: Json, plan: Later, at: At, found: DuplicateItem[]): void {
  if (typeof value !== 'object' || value === null) return;
  at.push(key);
  walk(value, plan(), at, found);
  at.pop();
}

function findDuplicates(list: readonly Json[], plan: Plan, at: At, found: DuplicateItem[]): void {
  const keys = plan.keys ?? [];
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const identity = identify(item, keys, plan.defaults);
    if (identity !== null && seen.has(identity)) found.push({ at: [...at, index], keys });
    if (identity !== null) seen.add(identity);
  }
}

/** The identity of an item, or null when a key field is missing: then another rule speaks. */
function identify(item: Json, keys: readonly string[], defaults: Readonly<Record<string, Json>>): string | null {
  if (keys.length === 0) return isJsonObject(item) || isJsonList(item) ? null : `${typeof item} ${item}`;
  if (!isJsonObject(item)) return null;
  const values = keys.map((key) => item[key] ?? defaults[key]);
  if (values.includes(undefined)) return null;
  return values.map((value) => `${typeof value} ${value}`).join('\n');
}
