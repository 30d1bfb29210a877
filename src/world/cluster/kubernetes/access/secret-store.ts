import type { JsonObject } from '../../../../model/json.ts';
import type { SecretPlace } from '../../../../model/server-settings.ts';
import type { Cluster } from '../../cluster.ts';
import { openEntrance } from '../open-cluster.ts';
import type { Entrance, Surroundings } from './entrance.ts';
import { listRawSecrets, readRawSecret } from './raw-secrets.ts';

/** Secrets of clusters, unmasked. Whoever reads them keeps them to itself; what they hold is learned before it is given. */
export interface SecretStore {
  /** Throws `BorderError`, and what opening a way in throws; so do the others. */
  secret(place: SecretPlace): Promise<JsonObject>;
  /** Secrets of a namespace with a label, at most 10,000. */
  secrets(where: InNamespace & { readonly labelSelector: string }): Promise<readonly JsonObject[]>;
  /** Other objects of a namespace, whatever the version of their kind, at most 10,000; none of a kind that is not served. */
  objects(where: InNamespace & { readonly group: string; readonly kind: string }): Promise<readonly JsonObject[]>;
}

/** A namespace of a cluster; null: the one this process runs in. */
export interface InNamespace {
  readonly cluster: string | null;
  readonly namespace: string;
}

/** Reads Secrets by ways into clusters that are opened for one read; null is the cluster this process runs in. */
export function createSecretStore(
  open: (cluster: string | null) => Promise<Entrance>,
  around: Pick<Surroundings, 'clock' | 'redactor'>,
): SecretStore {
  return {
    secret: async (place) => readRawSecret(await open(place.cluster), place, around),
    secrets: async (where) => listRawSecrets(await open(where.cluster), where, around),
    objects: async ({ cluster: name, ...where }) => {
      const cluster = openEntrance(await open(name), { ...around, name: name ?? 'of this pod' });
      try {
        return await listAll(cluster, where);
      } finally {
        await cluster.close();
      }
    },
  };
}

/** Milliseconds for all pages. */
const deadlineMs = 30_000;

/** Pages of 500 objects. */
const mostPages = 20;

async function listAll(
  cluster: Cluster,
  { namespace, group, kind }: { readonly namespace: string; readonly group: string; readonly kind: string },
): Promise<readonly JsonObject[]> {
  const signal = AbortSignal.timeout(deadlineMs);
  const { resources } = await cluster.discovery(signal);
  const type = resources.find((resource) => resource.group === group && resource.kind === kind);
  if (type === undefined) return [];
  const found: JsonObject[] = [];
  let page: string | null = null;
  for (let count = 0; count < mostPages; count++) {
    const options = { namespace, labelSelector: null, metadataOnly: false, page, limit: 500 };
    const listed: Awaited<ReturnType<Cluster['list']>> = await cluster.list(type, options, signal);
    found.push(...listed.items);
    page = listed.next;
    if (page === null) break;
  }
  return found;
}
