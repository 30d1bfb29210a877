import type { Desired } from '../../src/engines/engine.ts';
import { engines } from '../../src/engines/index.ts';
import { createSchemas } from '../../src/formats/openapi/schemas.ts';
import { createRedactor } from '../../src/formats/redaction/redactor.ts';
import { targetId } from '../../src/model/target.ts';
import { openCluster } from '../../src/world/cluster/kubernetes/open-cluster.ts';
import { type ControlPlane, useControlPlane } from '../control-plane/control-plane.ts';
import { record } from './apply/recording.ts';
import { told } from './apply/stage.ts';

/** The real API server, and what the named engine predicts on it. */
export interface ControllerStage {
  readonly plane: ControlPlane;
  /** What it says, what is found, and the dry-runs of server-side apply and the writes that were asked for. */
  predict(desired: Desired): ReturnType<typeof predictOn>;
  close(): Promise<void>;
}

/** Opens it for one engine, on the shared control plane or one of its own. */
export async function openControllerStage(engine: string, own?: ControlPlane): Promise<ControllerStage> {
  const plane = own ?? (await useControlPlane());
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const cluster = await openCluster({ kubeconfig: { paths: [plane.kubeconfig] }, context: plane.context, redactor });
  const predict = (desired: Desired) => predictOn({ engine, cluster, redactor, context: plane.context }, desired);
  return { plane, predict, close: () => cluster.close() };
}

interface Place {
  readonly engine: string;
  readonly cluster: Awaited<ReturnType<typeof openCluster>>;
  readonly redactor: ReturnType<typeof createRedactor>;
  readonly context: string;
}

async function predictOn({ engine, cluster, redactor, context }: Place, desired: Desired) {
  const recording = record(cluster);
  const schemas = createSchemas(async (groupVersion, until) =>
    (await cluster.openapi(until)).document(groupVersion, until),
  );
  const descriptor = engines.find(({ name }) => name === engine);
  const predictor = await descriptor?.predictor({ cluster: recording.cluster, schemas, redactor, concurrency: 8 });
  const parts = { application: 'shop', environment: 'test', cluster: context };
  const target = { ...parts, id: targetId(parts), digest: null, error: null };
  const set = await predictor?.predict(target, desired, AbortSignal.timeout(300_000));
  if (set === undefined) throw new Error(`there is no engine ${engine}`);
  return { told: told(set), error: set.error, findings: set.findings, asked: recording.log };
}
