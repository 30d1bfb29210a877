import { fieldsOf, type ListKeysAt } from '../formats/openapi/fields-of.ts';
import type { Schemas } from '../formats/openapi/schemas.ts';
import { refusedMetadata } from '../gitops/diff/clean-desired.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickObject, pickText } from '../model/json.ts';
import { identify, type ResourceId, resourceKey } from '../model/resource.ts';
import type { Cluster, WriteOptions, WriteResult } from '../world/cluster/cluster.ts';
import { forwarded } from '../world/cluster/forwarded.ts';

/** How a controller writes an object. */
export type WriteMethod = 'three-way' | 'server-side' | 'replace';

/** What looking at a cluster as a controller writes to it needs. */
export interface AsAppliedOptions {
  /** Its field manager. */
  readonly manager: string;
  readonly schemas: Schemas;
  /** How it writes an object. */
  readonly methodOf: (id: ResourceId) => WriteMethod;
  /** What it applied last, where that is not kept in the object itself (Helm keeps it in the release); null: nothing. */
  readonly originalOf?: (id: ResourceId) => JsonObject | null;
  /** Other names under which it wrote: what they own is its own. */
  readonly formerly?: readonly string[];
}

/**
 * A cluster in which objects that a controller writes three ways look like those of server-side apply: what it owns is what it applied
 * last (`last-applied-configuration`, or a release), and a dry-run is one of that way of writing. So who reads and dry-runs by it predicts
 * what the controller really does. Objects that it applies on the server's side pass as they are. Argo CD's own record of what it tracks
 * stays out of sight.
 */
export function asApplied(cluster: Cluster, options: AsAppliedOptions): Cluster {
  const seen = new Map<string, JsonObject>();
  const show = async (live: JsonObject, signal: AbortSignal): Promise<JsonObject> => {
    const id = identify(live);
    const how = id === null ? 'server-side' : options.methodOf(id);
    if (id === null || how === 'server-side') return live;
    seen.set(resourceKey(id), live);
    const { originalOf } = options;
    const applied = originalOf === undefined ? cluster.applied(live) : originalOf(id);
    return withEntry(live, ownWords(how === 'replace' ? live : (applied ?? {})), options, signal);
  };
  const write = (object: JsonObject, given: WriteOptions, signal: AbortSignal): Promise<WriteResult> => {
    const id = identify(object);
    const how = id === null ? 'server-side' : options.methodOf(id);
    if (id === null || how === 'server-side' || !given.dryRun) return cluster.write(object, given, signal);
    const live = seen.get(resourceKey(id)) ?? null;
    return preview(object, { id, how, live }, { cluster, options, signal });
  };
  return {
    ...forwarded(cluster),
    get: async (id, signal) => {
      const found = await cluster.get(id, signal);
      return found === null ? null : show(found, signal);
    },
    list: async (type, asked, signal) => {
      const page = await cluster.list(type, asked, signal);
      return { ...page, items: await Promise.all(page.items.map((item) => show(item, signal))) };
    },
    write,
  };
}

async function preview(
  object: JsonObject,
  {
    id,
    how,
    live,
  }: { readonly id: ResourceId; readonly how: 'three-way' | 'replace'; readonly live: JsonObject | null },
  {
    cluster,
    options,
    signal,
  }: { readonly cluster: Cluster; readonly options: AsAppliedOptions; readonly signal: AbortSignal },
): Promise<WriteResult> {
  const applied = live === null ? null : cluster.applied(live);
  const sent = applied === null ? object : withTracking(object, applied);
  const original = options.originalOf?.(id);
  const told = original === undefined ? {} : { original };
  const result = await cluster.preview(sent, { manager: options.manager, how, live, ...told }, signal);
  return { ...result, object: await withEntry(result.object, ownWords(object), options, signal) };
}

/** Argo CD's own marks of what belongs to an application: an annotation, or a label in older installations. */
const trackingId = 'argocd.argoproj.io/tracking-id';
const trackingLabel = 'app.kubernetes.io/instance';

/** With the marks of the last time, which no file in Git has. */
function withTracking(object: JsonObject, applied: JsonObject): JsonObject {
  const id = pickText(applied, 'metadata', 'annotations', trackingId);
  const label = pickText(applied, 'metadata', 'labels', trackingLabel);
  if (id !== undefined) return withMark(object, 'annotations', { [trackingId]: id });
  return label === undefined ? object : withMark(object, 'labels', { [trackingLabel]: label });
}

function withMark(object: JsonObject, field: 'annotations' | 'labels', mark: JsonObject): JsonObject {
  const metadata = pickObject(object, 'metadata');
  return { ...object, metadata: { ...metadata, [field]: { ...pickObject(metadata, field), ...mark } } };
}

/** What an applied configuration says of its own: what names it left out, Argo CD's mark, and maps that are empty. */
function ownWords(applied: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, status: _status, ...rest } = applied;
  const { name: _name, namespace: _namespace, ...named } = pickObject(metadata);
  const kept = Object.entries(named).flatMap(([key, value]): [string, Json][] => {
    if (refusedMetadata.has(key)) return [];
    const plain = key === 'annotations' && isJsonObject(value) ? withoutTracking(value) : value;
    return isJsonObject(plain) && Object.keys(plain).length === 0 ? [] : [[key, plain]];
  });
  return kept.length === 0 ? rest : { ...rest, metadata: Object.fromEntries(kept) };
}

function withoutTracking(annotations: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== trackingId));
}

/** With an apply entry over what the manager says, in the place of its entries of updates. */
async function withEntry(
  object: JsonObject,
  says: JsonObject,
  { manager, schemas, formerly = [] }: AsAppliedOptions,
  signal: AbortSignal,
): Promise<JsonObject> {
  const metadata = pickObject(object, 'metadata');
  const entries = pick(metadata, 'managedFields');
  const names = [manager, ...formerly];
  const others = (isJsonList(entries) ? entries : []).filter((entry) => !isOfOne(entry, names));
  const apiVersion = pickText(object, 'apiVersion') ?? '';
  const listKeysAt = await listKeysOf(object, schemas, signal);
  const own = { manager, operation: 'Apply', apiVersion, fieldsV1: fieldsOf(says, listKeysAt) };
  return { ...object, metadata: { ...metadata, managedFields: [...others, own] } };
}

function isOfOne(entry: Json, managers: readonly string[]): boolean {
  return managers.includes(pickText(entry, 'manager') ?? '') && !pickText(entry, 'subresource');
}

async function listKeysOf(object: JsonObject, schemas: Schemas, signal: AbortSignal): Promise<ListKeysAt> {
  const id = identify(object);
  const schema = id === null ? null : await schemas.find(id, signal);
  return (path) => schema?.listKeysAt(path);
}
