import { createApplyPredictor } from '../../../src/engines/apply/apply-engine.ts';
import type { ChangeSet, Desired, Predictor } from '../../../src/engines/engine.ts';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { cleanDesired } from '../../../src/gitops/diff/clean-desired.ts';
import type { OfflineMerger } from '../../../src/gitops/diff/merge-offline.ts';
import { type JsonObject, pickText } from '../../../src/model/json.ts';
import { formatPath } from '../../../src/model/path.ts';
import { formatResource, type Resource } from '../../../src/model/resource.ts';
import { targetId } from '../../../src/model/target.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';

export const manager = 'fairlead';

/** A cluster, the engine on it, and what tests do with them. */
export interface Stage {
  readonly cluster: Cluster;
  readonly engine: Predictor;
  /** Predicts; `base` defaults to the same as `head`. */
  predict(head: readonly Resource[], base?: Desired['base']): Promise<ChangeSet>;
  /** Applies objects for real, as the engine would. */
  apply(...objects: readonly JsonObject[]): Promise<void>;
}

/** Opens a cluster of a kubeconfig with an engine on it; with a merger it predicts offline where the cluster cannot be asked. */
export async function openStage(
  kubeconfig: string | { readonly text: string },
  context: string,
  merger: OfflineMerger | null = null,
): Promise<Stage> {
  const signal = AbortSignal.timeout(300_000);
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const cluster = await openCluster({
    kubeconfig: typeof kubeconfig === 'string' ? { paths: [kubeconfig] } : kubeconfig,
    context,
    redactor,
  });
  const schemas = createSchemas(async (groupVersion, until) =>
    (await cluster.openapi(until)).document(groupVersion, until),
  );
  const engine = createApplyPredictor({ cluster, schemas, redactor, manager, concurrency: 32, merger });
  const parts = { application: 'shop', environment: 'test', cluster: context };
  const target = { ...parts, id: targetId(parts), digest: null, error: null };
  return {
    cluster,
    engine,
    predict: (head, base = head) => engine.predict(target, { head, base }, signal),
    apply: async (...objects) => {
      for (const object of objects) {
        const options = { manager, force: true, dryRun: false, validation: 'Strict', as: null } as const;
        await cluster.write(cleanDesired(object), options, signal);
      }
    },
  };
}

/** A resource as rendering gives it; `lines` are those of the pointers named. */
export function resourceOf(object: JsonObject, lines: Readonly<Record<string, number>> = {}): Resource {
  const [version = '', group = ''] = (pickText(object, 'apiVersion') ?? '').split('/').toReversed();
  const name = pickText(object, 'metadata', 'name') ?? '';
  const namespace = pickText(object, 'metadata', 'namespace') ?? null;
  return {
    id: { group, version, kind: pickText(object, 'kind') ?? '', namespace, name },
    object,
    source: { file: 'app.yaml', line: 1 },
    lines: new Map(Object.entries(lines)),
    random: [],
  };
}

export function resourcesOf(...objects: readonly JsonObject[]): readonly Resource[] {
  return objects.map((object) => resourceOf(object));
}

/** What a prediction says, one line per path or object. */
export function told(set: ChangeSet): readonly string[] {
  return set.changes.flatMap(({ part, action, resource, paths }) => {
    const head = `${part} ${action} ${formatResource({ ...resource, namespace: null })}`;
    if (paths.length === 0) return [head];
    return paths.map(
      ({ path, before, after, cause }) => `${head} ${formatPath(path)}: ${json(before)} -> ${json(after)} (${cause})`,
    );
  });
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}
