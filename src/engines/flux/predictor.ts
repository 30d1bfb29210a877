import type { Schemas } from '../../formats/openapi/schemas.ts';
import type { Claim } from '../../gitops/diff/claims.ts';
import { cleanDesired } from '../../gitops/diff/clean-desired.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { type AsAppliedOptions, asApplied } from '../as-applied.ts';
import { byId } from '../by-id.ts';
import type { Desired, Predictor } from '../engine.ts';
import { type Ownership, ownByMark } from '../ownership.ts';
import { hideOwnerLabels } from './hide-owner-labels.ts';

/** What the prediction of Flux is made of. */
export interface FluxPredictorParts {
  readonly cluster: Cluster;
  readonly schemas: Schemas;
  readonly manager: string;
  /** Predicts server-side apply on a cluster as the manager. */
  readonly serverSide: (cluster: Cluster, ownership: Ownership) => Predictor;
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
      const hidden = new WeakMap<JsonObject, JsonObject>();
      const ownership = ownByMark(isOwn(desired.declared), (live) => hidden.get(live) ?? live);
      return serverSide(hideOwnerLabels(seen, hidden), ownership).predict(target, desired, signal);
    },
  };
}

/** Flux's mark of this Kustomization or HelmRelease, and Helm's of its release, whose name is that of the HelmRelease at its end. */
function isOwn(declared: Desired['declared']): (claim: Claim) => boolean {
  const name = declared?.name;
  return (claim) => {
    const isFlux = claim.tool === 'Flux' || (claim.tool === 'Helm' && declared?.kind === 'flux-helmrelease');
    if (!isFlux || name === undefined || claim.name === null) return isFlux;
    const [, owner = ''] = claim.name.split(' ');
    const own = owner.slice(owner.indexOf('/') + 1);
    return claim.tool === 'Helm' ? own.endsWith(name) : own === name && isWithin(owner, declared?.namespace);
  };
}

function isWithin(owner: string, namespace: string | null | undefined): boolean {
  return !owner.includes('/') || !namespace || owner.startsWith(`${namespace}/`);
}

/** What the release holds; where base is not known, what head says, so that nothing is taken away that nobody knows of. */
function originalOf({ base, head }: Desired): (id: ResourceId) => JsonObject | null {
  const find = byId(base ?? head);
  return (id) => {
    const found = find(id);
    return found === undefined ? null : cleanDesired(found.object);
  };
}
