import type { ReviewTools } from '../features/review/request.ts';
import { type ClusterMap, contextsOf } from '../model/cluster-map.ts';
import { BorderError } from '../model/error.ts';

/**
 * Opens the clusters the server was told of and no others, whatever the kubeconfig holds and earlier settings name. For another it
 * throws `BorderError` `not-found`: what needs it waits, the rest goes on.
 */
export function onlyTold(openCluster: ReviewTools['openCluster'], clusters: ClusterMap): ReviewTools['openCluster'] {
  const told = contextsOf(clusters);
  return async (context) => {
    if (!told.includes(context)) throw untold(context, told);
    return openCluster(context);
  };
}

function untold(context: string, told: readonly string[]): BorderError {
  const known = told.length === 0 ? 'it was told of none' : `it knows ${told.join(', ')}`;
  return new BorderError({
    code: 'unknown-cluster',
    subject: context,
    message: `the server was told of no cluster ${context}`,
    remedy: `Name one in .fairlead.yaml that it knows (${known}), or start it with this one.`,
    kind: 'not-found',
    status: 0,
  });
}
