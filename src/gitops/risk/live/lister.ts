import { BorderError } from '../../../model/error.ts';
import { type JsonObject, pickText } from '../../../model/json.ts';
import { someOf } from '../../../model/some-of.ts';
import type { ApiResource, Cluster, Discovery } from '../../../world/cluster/cluster.ts';

/** Objects of one kind that were listed. */
export interface Listed {
  readonly items: readonly JsonObject[];
  /** Whether these are all; else there are more. */
  readonly isWhole: boolean;
}

/** Lists kinds of a cluster, each at most once. */
export interface Lister {
  readonly discovery: Discovery;
  /** null where the kind may not be listed, or is not served. */
  list(type: Kind, namespace: string | null, what?: 'metadata' | 'whole'): Promise<Listed | null>;
  /** The live object, or null when there is none or it may not be read. */
  get: (id: Parameters<Cluster['get']>[0]) => Promise<JsonObject | null>;
}

/** A group, version and kind. */
export type Kind = Pick<ApiResource, 'group' | 'version' | 'kind'>;

const pageSize = 500;
/** So many objects of a kind are counted one by one; what is beyond is "more than". */
const mostPages = 4;

/** A lister of one cluster. What the cluster refuses is null, so that a review goes on without; a cluster that is silent throws `BorderError`. */
export function createLister(cluster: Cluster, discovery: Discovery, signal: AbortSignal): Lister {
  const known = new Map<string, Promise<Listed | null>>();
  return {
    discovery,
    list: (type, namespace, what = 'metadata') => {
      const key = [type.group, type.version, type.kind, namespace ?? '', what].join('/');
      const found = known.get(key) ?? orNull(() => listAll({ cluster, type, namespace, what }, signal));
      known.set(key, found);
      return found;
    },
    get: (id) => orNull(() => cluster.get(id, signal)),
  };
}

interface Ask {
  readonly cluster: Cluster;
  readonly type: Kind;
  readonly namespace: string | null;
  readonly what: 'metadata' | 'whole';
}

async function listAll({ cluster, type, namespace, what }: Ask, signal: AbortSignal): Promise<Listed> {
  const items: JsonObject[] = [];
  let page: string | null = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const asked = { namespace, labelSelector: null, metadataOnly: what === 'metadata', page, limit: pageSize };
    const answer = await cluster.list(type, asked, signal);
    items.push(...answer.items);
    page = answer.next;
    if (page === null) return { items, isWhole: true };
  }
  return { items, isWhole: false };
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BorderError && error.kind !== 'unavailable') return null;
    throw error;
  }
}

/** Each kind whose objects can be listed and that is wanted once, in the first version the server names. */
export function kindsIn({ resources }: Discovery, isWanted: (type: ApiResource) => boolean): readonly Kind[] {
  const wanted = resources.filter(
    (type) => !type.plural.includes('/') && type.verbs.includes('list') && isWanted(type),
  );
  return [...Map.groupBy(wanted, ({ group, kind }) => `${group}/${kind}`).values()].flatMap(([first]) => first ?? []);
}

/** `3 Pods`, `1 Pod`, `more than 2000 Pods`. */
export function countOf(kind: string, { items, isWhole }: Listed): string {
  return `${isWhole ? '' : 'more than '}${items.length} ${items.length === 1 ? kind : plural(kind)}`;
}

/** A kind as people say it of several. */
export function plural(kind: string): string {
  if (/(?:s|x|ch)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/** Names of objects, the first few. */
export function namesOf(items: readonly JsonObject[], most = 5): string {
  return someOf(items.map((item) => pickText(item, 'metadata', 'name') ?? '').sort(), most);
}
