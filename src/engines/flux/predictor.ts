import type { Schemas } from '../../formats/openapi/schemas.ts';
import { cleanDesired } from '../../gitops/diff/clean-desired.ts';
import type { JsonObject } from '../../model/json.ts';
import { type ResourceId, resourceKey } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { type AsAppliedOptions, asApplied } from '../as-applied.ts';
import type { Desired, Predictor } from '../engine.ts';
import { hideOwnerLabels } from './hide-owner-labels.ts';

/** What the prediction of Flux is made of. */
export interface FluxPredictorParts {
  readonly cluster: Cluster;
  readonly schemas: Schemas;
  readonly manager: string;
  /** Predicts server-side apply on a cluster as the manager. */
  readonly serverSide: (cluster: Cluster) => Predictor;
}

/** Who writes releases: Helm by its own name, or helm-controller by its. */
const releasers = ['helm-controller', 'helm'];

/**
 * Says what Flux would change. kustomize-controller applies on the server's side. helm-controller upgrades as Helm does: three ways with
 * what the release held, which is what base says. Flux puts labels of its own on every object: they are no difference.
 */
export function createFluxPredictor({ cluster, schemas, manager, serverSide }: FluxPredictorParts): Predictor {
  return {
    name: 'flux',
    manager,
    predict: (target, desired, signal) => {
      const methodOf: AsAppliedOptions['methodOf'] = () => 'three-way';
      const released = { manager, schemas, methodOf, originalOf: originalOf(desired), formerly: releasers };
      const isRelease = desired.declared?.kind === 'flux-helmrelease';
      const seen = isRelease ? asApplied(cluster, released) : cluster;
      return serverSide(hideOwnerLabels(seen)).predict(target, desired, signal);
    },
  };
}

/** What the release holds; where base is not known, what head says, so that nothing is taken away that nobody knows of. */
function originalOf({ base, head }: Desired): (id: ResourceId) => JsonObject | null {
  const all = base ?? head;
  const exact = new Map(all.map(({ id, object }) => [resourceKey(id), object]));
  // Of those that name no namespace the server knows theirs.
  const anywhere = new Map(all.map(({ id, object }) => [resourceKey({ ...id, namespace: null }), object]));
  return (id) => {
    const found = exact.get(resourceKey(id)) ?? anywhere.get(resourceKey({ ...id, namespace: null }));
    return found === undefined ? null : cleanDesired(found);
  };
}
