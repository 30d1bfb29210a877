import type { Schemas } from '../../formats/openapi/schemas.ts';
import { type ResourceId, resourceKey } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { asApplied, type WriteMethod } from '../as-applied.ts';
import type { Desired, Predictor } from '../engine.ts';
import { syncMethod } from './sync-method.ts';

/** What the prediction of Argo CD is made of. */
export interface ArgoCdPredictorParts {
  readonly cluster: Cluster;
  readonly schemas: Schemas;
  readonly manager: string;
  /** Predicts server-side apply on a cluster as the manager. */
  readonly serverSide: (cluster: Cluster) => Predictor;
}

/** Says what Argo CD would change, each object by the way it is written in; without a declaration as Argo CD does by default. */
export function createArgoCdPredictor({ cluster, schemas, manager, serverSide }: ArgoCdPredictorParts): Predictor {
  return {
    name: 'argocd',
    manager,
    predict: (target, desired, signal) => {
      const methodOf = methodsOf(desired);
      return serverSide(asApplied(cluster, { manager, schemas, methodOf })).predict(target, desired, signal);
    },
  };
}

/** Of an object that both sides have, head says how it is written. */
function methodsOf({ base, head, declared }: Desired): (id: ResourceId) => WriteMethod {
  const syncOptions = declared?.syncOptions ?? [];
  const all = [...(base ?? []), ...head].map(({ id, object }) => ({ id, method: syncMethod(object, syncOptions) }));
  const exact = new Map(all.map(({ id, method }) => [resourceKey(id), method]));
  // Of those that name no namespace the server knows theirs.
  const anywhere = new Map(all.map(({ id, method }) => [resourceKey({ ...id, namespace: null }), method]));
  const usual = syncMethod({}, syncOptions);
  return (id) => exact.get(resourceKey(id)) ?? anywhere.get(resourceKey({ ...id, namespace: null })) ?? usual;
}
