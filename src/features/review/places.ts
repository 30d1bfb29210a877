import { type ClusterMap, clustersForApplication, contextsOf } from '../../model/cluster-map.ts';
import { BorderError } from '../../model/error.ts';
import type { Application } from '../../model/target.ts';
import { gitPlace, type Place, readCluster } from '../../world/cluster/place.ts';
import type { ReviewTools } from './request.ts';

/**
 * Contacts every cluster named in the map, side by side. One that cannot be opened or reached becomes a place with an error. Throws
 * `FairleadError` for an unknown context or unreadable kubeconfig, before any is contacted.
 */
export async function connect(
  map: ClusterMap,
  tools: Pick<ReviewTools, 'openCluster' | 'progress'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Place>> {
  const unread = (context: string, error: unknown): Place => {
    if (!(error instanceof BorderError)) throw error;
    tools.progress(`cluster ${context}: ${error.message}`);
    return { context, read: null, error: `cluster ${context} was not read: ${error.message}` };
  };
  const handles = await Promise.all(
    contextsOf(map).map(async (context) => {
      const opened = await tools.openCluster(context).catch((error: unknown) => unread(context, error));
      return 'error' in opened ? opened : { context, ...opened };
    }),
  );
  const places = await Promise.all(
    handles.map(async (handle): Promise<Place> => {
      if ('error' in handle) return handle;
      const { context, cluster, namespace } = handle;
      try {
        return { context, read: await readCluster(cluster, namespace, signal), error: null };
      } catch (error) {
        return unread(context, error);
      }
    }),
  );
  return new Map(places.map((place) => [place.context ?? '', place]));
}

/** As `connect`, but asks only the clusters that are wanted; the others become places that nobody read. */
export async function connectSome(
  map: ClusterMap,
  isWanted: (context: string) => boolean,
  tools: Parameters<typeof connect>[1],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Place>> {
  const unwanted = contextsOf(map).filter((context) => !isWanted(context));
  const places = await connect(without(map, unwanted), tools, signal);
  const unasked = (context: string): readonly [string, Place] => [context, { context, read: null, error: null }];
  return new Map([...unwanted.map(unasked), ...places]);
}

function without(map: ClusterMap, unwanted: readonly string[]): ClusterMap {
  if (unwanted.length === 0) return map;
  const others = contextsOf(map).filter((context) => !unwanted.includes(context));
  return { mode: map.mode, bare: null, byEnvironment: new Map(), others };
}

/** The places of an application's targets; Git alone where no cluster is known. */
export function placesFor(
  map: ClusterMap,
  places: ReadonlyMap<string, Place>,
  application: Pick<Application, 'environment' | 'declared'>,
): readonly Place[] {
  const found = clustersForApplication(map, application).flatMap((context) => places.get(context) ?? []);
  return found.length === 0 ? [gitPlace] : found;
}
