import type { Schemas } from '../../formats/openapi/schemas.ts';
import { cleanDesired } from '../../gitops/diff/clean-desired.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { type AsAppliedOptions, asApplied } from '../as-applied.ts';
import { byId } from '../by-id.ts';
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
  const find = byId(base ?? head);
  return (id) => {
    const found = find(id);
    return found === undefined ? null : cleanDesired(found.object);
  };
}
