import { parseJson } from '../../formats/json.ts';
import { readDocuments } from '../../formats/yaml/read.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Path, PathSegment } from '../../model/path.ts';

/** One place inside a text that is a document; null is absent. */
export interface DocumentChange {
  readonly path: Path;
  readonly before: Json;
  readonly after: Json;
}

/** Longest text that is read as a document, in UTF-16 code units. */
const textLimit = 50_000;

/** What reading one document may cost: it was written by whoever opened the pull. */
const limits = { documents: 1, depth: 40, aliases: 50, nodes: 2_500 };

/**
 * Where two JSON or YAML documents differ that stand as texts inside a value, such as a file in a ConfigMap; empty where they say the
 * same in other words. null where one of them is no object or list, or more than may be read.
 */
export function documentChanges(before: Json, after: Json): readonly DocumentChange[] | null {
  const [from, to] = [documentOf(before), documentOf(after)];
  if (from === null || to === null || isJsonList(from) !== isJsonList(to)) return null;
  const found: DocumentChange[] = [];
  compare(from, to, [], found);
  return found;
}

/** The object or list a text holds; null for everything else. A plain sentence with a colon is no document: it has two lines at least. */
function documentOf(value: Json): Json {
  if (typeof value !== 'string' || value.length > textLimit) return null;
  const text = value.trim();
  if (!/^[[{]/.test(text) && !text.includes('\n')) return null;
  const read = /^[[{]/.test(text) ? (readJson(text) ?? (isDeep(text) ? null : readYaml(value))) : readYaml(value);
  return isJsonObject(read) || isJsonList(read) ? read : null;
}

function readJson(text: string): Json {
  try {
    return isDeep(text) ? null : parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Brackets within texts count too: at worst a document is compared line by line. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth -= 1;
    if (depth > limits.depth) return true;
  }
  return false;
}

function readYaml(text: string): Json {
  try {
    const { documents } = readDocuments({ file: 'value', bytes: new TextEncoder().encode(text), limits });
    const [only, ...more] = documents;
    return only === undefined || more.length > 0 || only.remarks.length > 0 ? null : only.value;
  } catch (error) {
    // No YAML, or more of it than is worth reading: the lines are compared instead.
    if (error instanceof FairleadError) return null;
    throw error;
  }
}

function compare(before: Json, after: Json, path: Path, found: DocumentChange[]): void {
  if (isJsonObject(before) && isJsonObject(after)) compareObjects(before, after, path, found);
  else if (isJsonList(before) && isJsonList(after)) compareLists(before, after, path, found);
  else if (!isSame(before, after)) found.push({ path, before, after });
}

function compareObjects(before: JsonObject, after: JsonObject, path: Path, found: DocumentChange[]): void {
  const keys = [...Object.keys(before), ...Object.keys(after).filter((key) => !Object.hasOwn(before, key))];
  for (const key of keys) compare(own(before, key), own(after, key), [...path, key], found);
}

function compareLists(before: readonly Json[], after: readonly Json[], path: Path, found: DocumentChange[]): void {
  const key = listKeys.find((candidate) => isKeyedBy(before, candidate) && isKeyedBy(after, candidate));
  const [from, to] = [itemsOf(before, key), itemsOf(after, key)];
  const names = [...from.keys(), ...[...to.keys()].filter((name) => !from.has(name))];
  for (const name of names) {
    const segment: PathSegment = key === undefined ? Number(name) : { [key]: name };
    compare(from.get(name) ?? null, to.get(name) ?? null, [...path, segment], found);
  }
}

/** What items of lists go by most often. */
const listKeys = ['name', 'id', 'key'];

function isKeyedBy(list: readonly Json[], key: string): boolean {
  const names = list.map((item) => (isJsonObject(item) ? own(item, key) : null));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

function itemsOf(list: readonly Json[], key: string | undefined): ReadonlyMap<string, Json> {
  const nameOf = (item: Json, index: number): string =>
    key !== undefined && isJsonObject(item) ? String(own(item, key)) : String(index);
  return new Map(list.map((item, index) => [nameOf(item, index), item]));
}

function own(object: JsonObject, key: string): Json {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}

function isSame(one: Json, other: Json): boolean {
  return one === other || (typeof one === typeof other && String(one) === String(other) && typeof one !== 'object');
}
