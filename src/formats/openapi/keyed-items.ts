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
  keys: readonly string[] | null;
  /** Key field -> default, where the schema has one. */
  defaults: Readonly<Record<string, Json>>;
  fields: Map<string, Plan>;
  /** Of list items and of map values. */
  inner: Plan | null;
}

/** Prepares the search for duplicate list items: only branches that lead to a keyed list are walked. */
export function planKeyedItems(definitions: JsonObject, root: JsonObject): KeyedItems {
  const plan = makePlan(definitions, root, new Map());
  return {
    find: (object) => {
      const found: DuplicateItem[] = [];
      if (plan !== null) walk(object, plan, [], found);
      return found;
    },
  };
}

function makePlan(definitions: JsonObject, schema: Json | undefined, known: Map<string, Plan | null>): Plan | null {
  if (!isJsonObject(schema)) return null;
  const name = referenceOf(schema);
  if (name !== null && schema['x-kubernetes-list-type'] === undefined) {
    const before = known.get(name);
    if (before !== undefined) return before;
  }
  const plan: Plan = { keys: null, defaults: {}, fields: new Map(), inner: null };
  if (name !== null) known.set(name, plan);
  fillPlan(plan, definitions, resolve(definitions, schema), known);
  const useful = plan.keys !== null || plan.fields.size > 0 || plan.inner !== null;
  if (name !== null && !useful) known.set(name, null);
  return useful ? plan : null;
}

function fillPlan(plan: Plan, definitions: JsonObject, schema: JsonObject, known: Map<string, Plan | null>): void {
  plan.keys = keysOf(schema) ?? null;
  const { properties, items, additionalProperties } = schema;
  for (const [field, value] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const inner = makePlan(definitions, value, known);
    if (inner !== null) plan.fields.set(field, inner);
  }
  const below = isJsonObject(items) ? items : additionalProperties;
  plan.inner = makePlan(definitions, below, known);
  plan.defaults = defaultsOf(definitions, below, plan.keys ?? []);
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

type At = readonly (string | number)[];

function walk(value: Json, plan: Plan, at: At, found: DuplicateItem[]): void {
  if (isJsonList(value)) walkList(value, plan, at, found);
  else if (isJsonObject(value)) walkObject(value, plan, at, found);
}

function walkList(list: readonly Json[], plan: Plan, at: At, found: DuplicateItem[]): void {
  if (plan.keys !== null && list.length > 1) findDuplicates(list, plan, at, found);
  const { inner } = plan;
  if (inner !== null) for (const [index, item] of list.entries()) walk(item, inner, [...at, index], found);
}

function walkObject(object: JsonObject, plan: Plan, at: At, found: DuplicateItem[]): void {
  for (const [field, inner] of plan.fields) {
    const value = object[field];
    if (value !== undefined && value !== null) walk(value, inner, [...at, field], found);
  }
  const { inner } = plan;
  if (inner === null) return;
  for (const [field, value] of Object.entries(object)) walk(value, inner, [...at, field], found);
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
