import { type ClusterMap, clustersFor, contextsOf } from '../../model/cluster-map.ts';
import { BorderError } from '../../model/error.ts';
import type { Cluster, Discovery, OpenApi } from '../../world/cluster/cluster.ts';
import type { ReviewTools } from './request.ts';

/** Version and types used where no cluster tells them: the newest the renderers and schemas know. */
export const offlineKubeVersion = 'v1.36.0';

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
}

/** A place without a cluster. */
export const gitPlace: Place = { context: null, read: null, error: null };

/**
 * Contacts every cluster named in the map, side by side. One that cannot be reached becomes a place with an error. Throws
 * `FairleadError` for an unknown context or unreadable kubeconfig, before any is contacted.
 */
export async function connect(
  map: ClusterMap,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Place>> {
  const handles = await Promise.all(
    contextsOf(map).map(async (context) => ({ context, ...(await tools.openCluster(context)) })),
  );
  const places = await Promise.all(
    handles.map(async ({ context, cluster, namespace }): Promise<Place> => {
      try {
        return { context, read: await readCluster(cluster, namespace, signal), error: null };
      } catch (error) {
        if (!(error instanceof BorderError)) throw error;
        tools.progress(`cluster ${context}: ${error.message}`);
        return { context, read: null, error: `cluster ${context} was not read: ${error.message}` };
      }
    }),
  );
  return new Map(places.map((place) => [place.context ?? '', place]));
}

/** The places of an environment's targets; Git alone where no cluster is known. */
export function placesFor(
  map: ClusterMap,
  places: ReadonlyMap<string, Place>,
  environment: string | null,
): readonly Place[] {
  const found = clustersFor(map, environment).flatMap((context) => places.get(context) ?? []);
  return found.length === 0 ? [gitPlace] : found;
}

/** Asks a cluster for all that a review needs to know of it. Throws `BorderError` when it cannot be reached or read. */
export async function readCluster(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<ReadCluster> {
  const { gitVersion } = await cluster.version(signal);
  const [discovery, openapi, uid] = await Promise.all([
    cluster.discovery(signal),
    cluster.openapi(signal),
    cluster.uid(signal),
  ]);
  return { cluster, kubeVersion: gitVersion, discovery, openapi, uid, namespace };
}
