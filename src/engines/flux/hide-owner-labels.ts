import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { forwarded } from '../../world/cluster/forwarded.ts';

/** Labels with which Flux marks what it applies; no file in Git has them. */
const ownerLabels = /^(?:kustomize|helm)\.toolkit\.fluxcd\.io\/(?:name|namespace)$/;

/**
 * The cluster as it looks to Git: without the labels that Flux adds when it applies. A prediction as Flux's field manager would
 * otherwise show them as taken away, since what is rendered does not say them. `hidden` is told what each live object was made of.
 */
export function hideOwnerLabels(cluster: Cluster, hidden: WeakMap<JsonObject, JsonObject> = new WeakMap()): Cluster {
  const hide = (object: JsonObject): JsonObject => {
    const shown = withoutOwnerLabels(object);
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
      return { ...result, object: withoutOwnerLabels(result.object) };
    },
  };
}

/** The object without those labels, and without the record of who owns them. */
export function withoutOwnerLabels(object: JsonObject): JsonObject {
  const metadata = pick(object, 'metadata');
  if (!isJsonObject(metadata) || !hasOwnerLabels(metadata)) return object;
  const { labels, managedFields, ...rest } = metadata;
  const entries = isJsonList(managedFields) ? { managedFields: managedFields.map(withoutFields) } : {};
  return { ...object, metadata: { ...rest, ...filled('labels', omitLabels(labels, '')), ...entries } };
}

function hasOwnerLabels(metadata: JsonObject): boolean {
  const labels = pick(metadata, 'labels');
  return isJsonObject(labels) && Object.keys(labels).some((label) => ownerLabels.test(label));
}

function withoutFields(entry: Json): Json {
  const fields = pick(entry, 'fieldsV1', 'f:metadata');
  const all = pick(entry, 'fieldsV1');
  if (!isJsonObject(entry) || !isJsonObject(all) || !isJsonObject(fields)) return entry;
  const { 'f:labels': labels, ...others } = fields;
  const { 'f:metadata': _, ...rest } = all;
  const kept = { ...others, ...filled('f:labels', omitLabels(labels, 'f:')) };
  return { ...entry, fieldsV1: { ...filled('f:metadata', kept), ...rest } };
}

function omitLabels(labels: Json | undefined, prefix: string): JsonObject {
  const entries = isJsonObject(labels) ? Object.entries(labels) : [];
  const kept = entries.filter(([key]) => !ownerLabels.test(key.slice(prefix.length)));
  // A dot stands for the map itself, which is not worth keeping alone.
  return kept.every(([key]) => key === '.') ? {} : Object.fromEntries(kept);
}

function filled(key: string, value: JsonObject): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
