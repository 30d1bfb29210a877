import type { TenantAccounts } from '../../model/tenancy.ts';
import type { Cluster, Discovery, OpenApi } from './cluster.ts';

/** Version and types used where no cluster tells them: the newest the renderers and schemas know. */
export const offlineKubeVersion = 'v1.36.0';

/** A cluster as named in a kubeconfig, not yet contacted. */
export interface ClusterHandle {
  readonly cluster: Cluster;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
}

/** A cluster that answered. */
export interface ReadCluster {
  readonly cluster: Cluster;
  readonly kubeVersion: string;
  readonly discovery: Discovery;
  readonly openapi: OpenApi;
  readonly uid: string | null;
  readonly namespace: string;
}

/** Where a target lives: a cluster that was read, one that could not be reached, or Git alone. */
export interface Place {
  /** The kubeconfig context, or null. */
  readonly context: string | null;
  readonly read: ReadCluster | null;
  /** Why the named cluster was not read, or null. */
  readonly error: string | null;
  /** User whom what writes impersonates; left out: nobody. */
  readonly applyAs?: string;
}

/** A place as the service accounts of a tenant see it. */
export function placeAs(place: Place, accounts: TenantAccounts | null): Place {
  const { read } = place;
  if (read === null || accounts === null) return place;
  const { plan, apply } = accounts;
  return {
    ...place,
    read: plan === null ? read : { ...read, cluster: read.cluster.as(userOf(plan)) },
    ...(apply === null ? {} : { applyAs: userOf(apply) }),
  };
}

function userOf(account: string): string {
  return `system:serviceaccount:${account.replace('/', ':')}`;
}

/** A place without a cluster. */
export const gitPlace: Place = { context: null, read: null, error: null };

/** Asks a cluster for all that rendering and checking need to know of it. Throws `BorderError` when it cannot be reached or read. */
export async function readCluster(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<ReadCluster> {
  const { gitVersion } = await cluster.version(signal);
  const [discovery, openapi, uid] = await Promise.all([
    cluster.discovery(signal),
    cluster.openapi(signal),
    cluster.uid(signal),
  ]);
  return { cluster, kubeVersion: gitVersion, discovery, openapi, uid, namespace };
}
