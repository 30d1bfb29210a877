import { createApplyPredictor } from '../src/engines/apply/apply-engine.ts';
import type { ChangeSet, Predictor } from '../src/engines/engine.ts';
import { createSchemas } from '../src/formats/openapi/schemas.ts';
import { createRedactor } from '../src/formats/redaction/redactor.ts';
import type { JsonObject } from '../src/model/json.ts';
import type { Resource } from '../src/model/resource.ts';
import { mapConcurrently } from '../src/tools/each.ts';
import type { Cluster } from '../src/world/cluster/cluster.ts';
import { openCluster } from '../src/world/cluster/kubernetes/open-cluster.ts';
import type { ControlPlane } from '../test/control-plane/control-plane.ts';

/** The field manager of everything here. */
export const manager = 'fairlead';

/** Requests in flight, as the product has them. */
export const inFlight = 32;

/** The engine on a real API server. */
export interface ClusterStage {
  readonly cluster: Cluster;
  readonly engine: Predictor;
}

/** Opens the engine as the product does; nothing is read yet. */
export async function openClusterStage({ kubeconfig, context }: ControlPlane): Promise<ClusterStage> {
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const cluster = await openCluster({ kubeconfig: { paths: [kubeconfig] }, context, redactor });
  const schemas = createSchemas(async (groupVersion, signal) =>
    (await cluster.openapi(signal)).document(groupVersion, signal),
  );
  const engine = createApplyPredictor({ cluster, schemas, redactor, manager, concurrency: inFlight });
  return { cluster, engine };
}

/** Applies objects for real. */
export async function applyAll(cluster: Cluster, objects: readonly JsonObject[], signal: AbortSignal): Promise<void> {
  const options = { manager, force: true, dryRun: false, validation: 'Strict', as: null } as const;
  await mapConcurrently(objects, inFlight, (object) => cluster.write(object, options, signal));
}

/** What merging head into base would change. Throws when anything could not be predicted. */
export async function predict(
  { engine }: ClusterStage,
  desired: { readonly base: readonly Resource[]; readonly head: readonly Resource[] },
  signal: AbortSignal,
): Promise<ChangeSet> {
  const names = { id: 'bench', application: 'bench', environment: null, cluster: 'real' };
  const set = await engine.predict({ ...names, digest: null, error: null }, desired, signal);
  if (set.error !== null) throw new Error(set.error);
  return set;
}
