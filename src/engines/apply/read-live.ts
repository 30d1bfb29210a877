import { BorderError } from '../../model/error.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import { apiVersionOf, type ResourceId } from '../../model/resource.ts';
import type { Cluster, Discovery } from '../../world/cluster/cluster.ts';
import type { Pair } from './pair-resources.ts';

/** From so many objects of one kind and namespace on they are listed rather than read one by one. */
const worthListing = 20;
const pageSize = 500;

/** Live objects that were read together with others: null where none exists. What is missing here is read by `readLive`. */
export type Listed = ReadonlyMap<string, JsonObject | null>;

/**
 * Reads the objects of kinds of which a target has many by listing them. Secrets are never listed: an identity that may
 * read those of a target need not see the rest. A list that is refused, or longer than is worth it, leaves the objects
 * to be read one by one.
 */
export async function listLive(pairs: readonly Pair[], cluster: Cluster, signal: AbortSignal): Promise<Listed> {
  const groups = Map.groupBy(
    pairs.filter((pair) => pair.type?.verbs.includes('list') && pair.id.kind !== 'Secret'),
    ({ id }) => `${apiVersionOf(id)}/${id.kind}/${id.namespace ?? ''}`,
  );
  const many = [...groups.values()].filter((group) => group.length > worthListing);
  const listed = await Promise.all(many.map((group) => listGroup(group, cluster, signal)));
  return new Map(listed.flatMap((found) => [...found]));
}

/** The live object of a pair, in the version Git names, else in one the server does serve; null when none exists. */
export async function readLive(
  pair: Pair,
  { cluster, discovery }: { readonly cluster: Cluster; readonly discovery: Discovery },
  signal: AbortSignal,
): Promise<JsonObject | null> {
  const live = await cluster.get(pair.id, signal);
  if (live !== null || pair.type !== undefined) return live;
  const { group, kind } = pair.id;
  const other = discovery.resources.find((type) => type.group === group && type.kind === kind);
  return other === undefined ? null : cluster.get({ ...pair.id, version: other.version }, signal);
}

/** A live object, and its id in a version the server serves. */
export interface Served {
  readonly id: ResourceId;
  readonly live: JsonObject;
}

/**
 * The live object of an id that was noted down some time ago, in whatever version the server serves it now; null when none has it:
 * only then it is gone.
 */
export async function readServed(
  id: ResourceId,
  { cluster, discovery }: { readonly cluster: Cluster; readonly discovery: Discovery },
  signal: AbortSignal,
): Promise<Served | null> {
  const types = discovery.resources.filter(({ group, kind }) => group === id.group && kind === id.kind);
  for (const version of new Set([id.version, ...types.map((type) => type.version)])) {
    const served = { ...id, version };
    const live = await cluster.get(served, signal);
    if (live !== null) return { id: served, live };
  }
  return null;
}

async function listGroup(group: readonly Pair[], cluster: Cluster, signal: AbortSignal): Promise<Listed> {
  const [first] = group;
  if (first === undefined) return new Map();
  const wanted = new Map(group.map((pair) => [pair.id.name, pair.key]));
  const found = new Map<string, JsonObject | null>();
  try {
    if (await collect({ first: first.id, wanted, found }, cluster, signal)) {
      for (const key of wanted.values()) if (!found.has(key)) found.set(key, null);
    }
  } catch (error) {
    // Reading one by one may still be allowed, and tells more precisely what is wrong when it is not.
    if (!(error instanceof BorderError)) throw error;
  }
  return found;
}

interface Collection {
  readonly first: ResourceId;
  readonly wanted: ReadonlyMap<string, string>;
  readonly found: Map<string, JsonObject | null>;
}

/** Reads pages until all wanted objects are found; true when the list was read to its end. */
async function collect(collection: Collection, cluster: Cluster, signal: AbortSignal): Promise<boolean> {
  const { first, wanted, found } = collection;
  const mostPages = Math.ceil((4 * wanted.size) / pageSize) + 1;
  let page: string | null = null;
  for (let pages = 0; pages < mostPages && found.size < wanted.size; pages += 1) {
    const options = { namespace: first.namespace, labelSelector: null, metadataOnly: false, page, limit: pageSize };
    const { items, next } = await cluster.list(first, options, signal);
    keep(items, collection);
    if (next === null) return true;
    page = next;
  }
  return false;
}

function keep(items: readonly JsonObject[], { wanted, found }: Collection): void {
  for (const item of items) {
    const key = wanted.get(pickText(item, 'metadata', 'name') ?? '');
    if (key !== undefined) found.set(key, item);
  }
}
