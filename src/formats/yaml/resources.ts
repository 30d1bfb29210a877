import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';
import type { Resource, ResourceId } from '../../model/resource.ts';
import type { Composed } from './composed.ts';
import { decodeFailed, fixSyntax } from './failure.ts';

/** What a document holds: objects, or something else at a line. */
export interface Sorted {
  readonly resources: readonly Resource[];
  readonly other: readonly { readonly line: number; readonly value: Json }[];
}

/**
 * The Kubernetes objects of a document. Whatever has apiVersion, kind and a top-level `items` is a list, and items without a
 * type get it from the list (apimachinery unstructured helpers). Throws `decode-failed` where `items` is no list of objects.
 */
export function sortDocument({ value, lines }: Composed, file: string): Sorted {
  const line = lines.get('') ?? 1;
  const type = typeOf(value);
  if (type === null || !isJsonObject(value)) return { resources: [], other: value === null ? [] : [{ line, value }] };
  if (!Object.hasOwn(value, 'items')) return { resources: [toResource(type, value, { file, lines })], other: [] };
  return flatten(value, type, { file, lines });
}

interface Origin {
  readonly file: string;
  readonly lines: ReadonlyMap<string, number>;
}

interface Type {
  readonly apiVersion: string;
  readonly kind: string;
}

function typeOf(value: Json): Type | null {
  const apiVersion = pick(value, 'apiVersion');
  const kind = pick(value, 'kind');
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return null;
  return apiVersion === '' || kind === '' ? null : { apiVersion, kind };
}

function toResource(type: Type, object: JsonObject, origin: Origin): Resource {
  const line = origin.lines.get('') ?? 1;
  return { id: idOf(type, object), object, source: { file: origin.file, line }, lines: origin.lines, random: [] };
}

function idOf({ apiVersion, kind }: Type, object: JsonObject): ResourceId {
  const slash = apiVersion.indexOf('/');
  const namespace = textOf(pick(object, 'metadata', 'namespace'));
  return {
    group: slash === -1 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    namespace: namespace === '' ? null : namespace,
    name: textOf(pick(object, 'metadata', 'name')),
  };
}

/** Names written as numbers or booleans are refused later, by name. */
function textOf(value: Json | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

function flatten(list: JsonObject, type: Type, origin: Origin): Sorted {
  const items = list['items'] ?? [];
  if (!isJsonList(items)) throw noList(origin, '/items');
  const resources: Resource[] = [];
  const other: { line: number; value: Json }[] = [];
  const itemLines = linesByItem(origin.lines, items.length);
  for (const [index, item] of items.entries()) {
    if (!isJsonObject(item)) throw noList(origin, `/items/${index}`);
    const object = withType(item, type);
    const itemType = typeOf(object);
    const lines = itemLines[index] ?? new Map();
    if (itemType === null) other.push({ line: lines.get('') ?? 1, value: item });
    else resources.push(toResource(itemType, object, { file: origin.file, lines }));
  }
  return { resources, other };
}

function noList({ file, lines }: Origin, pointer: string): Error {
  const line = lines.get(pointer) ?? lines.get('') ?? 1;
  return decodeFailed({ file, line }, 'items of a Kubernetes list must be a list of objects', fixSyntax);
}

function withType(item: JsonObject, list: Type): JsonObject {
  if ((item['kind'] ?? '') !== '' || (item['apiVersion'] ?? '') !== '') return item;
  return { ...item, kind: list.kind.replace(/List$/, ''), apiVersion: list.apiVersion };
}

/** One line map per item, with the item as root. */
function linesByItem(lines: ReadonlyMap<string, number>, count: number): readonly Map<string, number>[] {
  const maps = Array.from({ length: count }, () => new Map<string, number>());
  for (const [pointer, line] of lines) {
    const match = /^\/items\/(\d+)/.exec(pointer);
    if (match !== null) maps[Number(match[1])]?.set(pointer.slice(match[0].length), line);
  }
  return maps;
}
