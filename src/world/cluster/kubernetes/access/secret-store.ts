import type { JsonObject } from '../../../../model/json.ts';
import type { SecretStore } from '../../../../model/secret-store.ts';
import type { Cluster } from '../../cluster.ts';
import { openEntrance } from '../open-cluster.ts';
import type { Entrance, Surroundings } from './entrance.ts';
import { listRawSecrets, readRawSecret } from './raw-secrets.ts';

/** Reads Secrets by ways into clusters that are opened for one read; null is the cluster this process runs in. */
export function createSecretStore(
  open: (cluster: string | null) => Promise<Entrance>,
  around: Pick<Surroundings, 'clock' | 'redactor'>,
): SecretStore {
  const using = async <T>(name: string | null, work: (cluster: Cluster) => Promise<T>): Promise<T> => {
    const cluster = openEntrance(await open(name), { ...around, name: name ?? 'of this pod' });
    try {
      return await work(cluster);
    } finally {
      await cluster.close();
    }
  };
  return {
    secret: async (place) => readRawSecret(await open(place.cluster), place, around),
    secrets: async (where) => listRawSecrets(await open(where.cluster), where, around),
    objects: ({ cluster, ...where }) => using(cluster, (opened) => listAll(opened, where)),
    object: ({ cluster, ...id }) => using(cluster, (opened) => opened.get(id, AbortSignal.timeout(deadlineMs))),
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
