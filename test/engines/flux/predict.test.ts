import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { engines } from '../../../src/engines/index.ts';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { targetId } from '../../../src/model/target.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { record } from '../apply/recording.ts';
import { resourcesOf, told } from '../apply/stage.ts';

const signal = AbortSignal.timeout(300_000);
const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
let plane: ControlPlane;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane();
  cluster = await openCluster({ kubeconfig: { paths: [plane.kubeconfig] }, context: plane.context, redactor });
}, 120_000);

beforeEach(async () => {
  namespace = await plane.namespace();
});

afterAll(() => cluster?.close());

/** As helm-controller has it: created by Helm, with the labels of Flux. */
async function release(object: JsonObject): Promise<void> {
  const { labels, ...metadata } = object['metadata'] as { readonly labels?: JsonObject };
  const marks = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux-system' };
  const input = JSON.stringify({ ...object, metadata: { ...metadata, labels: { ...labels, ...marks } } });
  await plane.kubectl(['create', '--field-manager=helm-controller', '-f', '-'], { input });
}

async function predict(base: readonly JsonObject[], head: readonly JsonObject[]) {
  const recording = record(cluster);
  const schemas = createSchemas(async (groupVersion, until) =>
    (await cluster.openapi(until)).document(groupVersion, until),
  );
  const descriptor = engines.find(({ name }) => name === 'flux');
  const context = { cluster: recording.cluster, schemas, redactor, concurrency: 8 };
  const predictor = await descriptor?.predictor(context);
  const parts = { application: 'shop', environment: 'test', cluster: plane.context };
  const target = { ...parts, id: targetId(parts), digest: null, error: null };
  const declared = { kind: 'flux-helmrelease', syncOptions: [] } as const;
  const set = await predictor?.predict(
    target,
    { base: resourcesOf(...base), head: resourcesOf(...head), declared },
    signal,
  );
  if (set === undefined) throw new Error('there is no engine for Flux');
  return { told: told(set), error: set.error, asked: recording.log };
}

function web(spec: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace, labels } },
    spec: {
      ...{ selector: { matchLabels: { app: 'web' } }, ...spec },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } },
    },
  };
}

test('a release is no change after it was installed, and needs no dry-run', async () => {
  await release(web({}, { team: 'shop' }));

  const { told: seen, error, asked } = await predict([web({}, { team: 'shop' })], [web({}, { team: 'shop' })]);

  expect({ seen, error, asked }).toEqual({ seen: [], error: null, asked: [] });
});

test('what goes out of a chart goes, and what others added stays', async () => {
  await release(web({ minReadySeconds: 5, replicas: 2 }, { team: 'shop' }));
  await plane.kubectl(['-n', namespace, 'label', 'deployment/web', 'by=hand']);

  const { told: seen } = await predict(
    [web({ minReadySeconds: 5, replicas: 2 }, { team: 'shop' })],
    [web({ replicas: 3 })],
  );

  expect(seen).toEqual([
    'pull update Deployment web metadata.labels.team: "shop" -> null (git)',
    'pull update Deployment web spec.minReadySeconds: 5 -> null (git)',
    'pull update Deployment web spec.replicas: 2 -> 3 (git)',
  ]);
});

test('what somebody changed of it is put back by the next upgrade, which is a difference already', async () => {
  await release(web({ replicas: 2 }));
  await plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=5']);

  const { told: seen } = await predict([web({ replicas: 2 })], [web({ replicas: 2, minReadySeconds: 3 })]);

  expect(seen).toEqual([
    'already update Deployment web spec.replicas: 5 -> 2 (git)',
    'pull update Deployment web spec.minReadySeconds: null -> 3 (git)',
  ]);
});
