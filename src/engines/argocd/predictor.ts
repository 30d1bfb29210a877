import type { Schemas } from '../../formats/openapi/schemas.ts';
import type { Claim } from '../../gitops/diff/claims.ts';
import type { JsonObject } from '../../model/json.ts';
import { identify, type ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { asApplied, type WriteMethod } from '../as-applied.ts';
import { byId } from '../by-id.ts';
import type { Desired, Predictor } from '../engine.ts';
import { hideMarks, type Marks } from '../hide-marks.ts';
import { type Ownership, ownByMark } from '../ownership.ts';
import { syncMethod } from './sync-method.ts';

/** What the prediction of Argo CD is made of. */
export interface ArgoCdPredictorParts {
  readonly cluster: Cluster;
  readonly schemas: Schemas;
  readonly manager: string;
  /** Predicts server-side apply on a cluster as the manager. */
  readonly serverSide: (cluster: Cluster, ownership: Ownership) => Predictor;
}

/** Says what Argo CD would change, each object by the way it is written in; without a declaration as Argo CD does by default. */
export function createArgoCdPredictor({ cluster, schemas, manager, serverSide }: ArgoCdPredictorParts): Predictor {
  return {
    name: 'argocd',
    manager,
    predict: (target, desired, signal) => {
      const methodOf = methodsOf(desired);
      const hidden = new WeakMap<JsonObject, JsonObject>();
      const ownership = ownByMark(isOwn(desired.declared?.name), (live) => hidden.get(live) ?? live);
      const marks = { ...tracking, concerns: (object: JsonObject) => isServerSide(object, methodOf) };
      const seen = asApplied(hideMarks(cluster, marks, hidden), { manager, schemas, methodOf });
      return serverSide(seen, ownership).predict(target, desired, signal);
    },
  };
}

/** With what Argo CD marks what it applies; of what it writes by the client, `asApplied` takes it out of sight. */
const tracking: Marks = { place: 'annotations', keys: /^argocd\.argoproj\.io\/(?:tracking-id|installation-id)$/ };

function isServerSide(object: JsonObject, methodOf: (id: ResourceId) => WriteMethod): boolean {
  const id = identify(object);
  return id !== null && methodOf(id) === 'server-side';
}

/** Argo CD's mark of this application; one in a namespace of its own bears that before its name (`apps_shop`). */
function isOwn(application: string | undefined): (claim: Claim) => boolean {
  return ({ tool, name }) =>
    tool === 'Argo CD' &&
    (application === undefined ||
      name === null ||
      name === `application ${application}` ||
      name.endsWith(`_${application}`));
}

/** Of an object that both sides have, head says how it is written. */
function methodsOf({ base, head, declared }: Desired): (id: ResourceId) => WriteMethod {
  const syncOptions = declared?.syncOptions ?? [];
  const find = byId([...(base ?? []), ...head]);
  return (id) => syncMethod(find(id)?.object ?? {}, syncOptions);
}
