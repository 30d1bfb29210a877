import type { Schemas } from '../../formats/openapi/schemas.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { asApplied, type WriteMethod } from '../as-applied.ts';
import { byId } from '../by-id.ts';
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
  const find = byId([...(base ?? []), ...head]);
  return (id) => syncMethod(find(id)?.object ?? {}, syncOptions);
}
