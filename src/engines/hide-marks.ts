import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../model/json.ts';
import type { Cluster } from '../world/cluster/cluster.ts';
import { forwarded } from '../world/cluster/forwarded.ts';

/** What a controller writes on what it applies, and no file in Git has. */
export interface Marks {
  readonly place: 'labels' | 'annotations';
  readonly keys: RegExp;
  /** Which objects bear them; left out: all. */
  readonly concerns?: (object: JsonObject) => boolean;
}

/**
 * The cluster as it looks to Git: without the marks that a controller adds when it applies. A prediction as its field manager would
 * otherwise show them as taken away, since what is rendered does not say them. `hidden` is told what each object was made of.
 */
export function hideMarks(cluster: Cluster, marks: Marks, hidden: WeakMap<JsonObject, JsonObject>): Cluster {
  const hide = (object: JsonObject): JsonObject => {
    if (marks.concerns?.(object) === false) return object;
    const shown = withoutMarks(object, marks);
    hidden.set(shown, object);
    return shown;
  };
  return {
    ...forwarded(cluster),
    get: async (id, signal) => {
      const found = await cluster.get(id, signal);
      return found === null ? null : hide(found);
    },
    list: async (type, options, signal) => {
      const page = await cluster.list(type, options, signal);
      return { ...page, items: page.items.map(hide) };
    },
    write: async (object, options, signal) => {
      const result = await cluster.write(object, options, signal);
      return { ...result, object: hide(result.object) };
    },
  };
}

/** The object without the marks, and without the record of who owns them. */
function withoutMarks(object: JsonObject, marks: Marks): JsonObject {
  const metadata = pick(object, 'metadata');
  if (!isJsonObject(metadata) || !hasMarks(metadata, marks)) return object;
  const { [marks.place]: all, managedFields, ...rest } = metadata;
  const entries = isJsonList(managedFields)
    ? { managedFields: managedFields.map((entry) => withoutFields(entry, marks)) }
    : {};
  return { ...object, metadata: { ...rest, ...filled(marks.place, omitMarks(all, marks, '')), ...entries } };
}

function hasMarks(metadata: JsonObject, { place, keys }: Marks): boolean {
  const all = pick(metadata, place);
  return isJsonObject(all) && Object.keys(all).some((key) => keys.test(key));
}

function withoutFields(entry: Json, marks: Marks): Json {
  const fields = pick(entry, 'fieldsV1', 'f:metadata');
  const all = pick(entry, 'fieldsV1');
  if (!isJsonObject(entry) || !isJsonObject(all) || !isJsonObject(fields)) return entry;
  const { [`f:${marks.place}`]: owned, ...others } = fields;
  const { 'f:metadata': _, ...rest } = all;
  const kept = { ...others, ...filled(`f:${marks.place}`, omitMarks(owned, marks, 'f:')) };
  return { ...entry, fieldsV1: { ...filled('f:metadata', kept), ...rest } };
}

function omitMarks(all: Json | undefined, { keys }: Marks, prefix: string): JsonObject {
  const entries = isJsonObject(all) ? Object.entries(all) : [];
  const kept = entries.filter(([key]) => !keys.test(key.slice(prefix.length)));
  // A dot stands for the map itself, which is not worth keeping alone.
  return kept.every(([key]) => key === '.') ? {} : Object.fromEntries(kept);
}

function filled(key: string, value: JsonObject): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
