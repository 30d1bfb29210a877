import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import { resourcesOf } from '../apply/stage.ts';
import { type ControllerStage, openControllerStage } from '../controller-stage.ts';

let stage: ControllerStage;
let namespace: string;

beforeAll(async () => {
  stage = await openControllerStage('flux');
}, 120_000);

beforeEach(async () => {
  namespace = await stage.plane.namespace();
});

afterAll(() => stage?.close());

/** As helm-controller has it: created by Helm, with the labels of Flux. */
async function release(object: JsonObject): Promise<void> {
  const { labels, ...metadata } = object['metadata'] as { readonly labels?: JsonObject };
  const marks = { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'flux-system' };
  const input = JSON.stringify({ ...object, metadata: { ...metadata, labels: { ...labels, ...marks } } });
  await stage.plane.kubectl(['create', '--field-manager=helm-controller', '-f', '-'], { input });
}

function predict(base: readonly JsonObject[], head: readonly JsonObject[]) {
  const declared = { kind: 'flux-helmrelease', syncOptions: [] } as const;
  return stage.predict({ base: resourcesOf(...base), head: resourcesOf(...head), declared });
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
  await stage.plane.kubectl(['-n', namespace, 'label', 'deployment/web', 'by=hand']);

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
  await stage.plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=5']);

  const { told: seen } = await predict([web({ replicas: 2 })], [web({ replicas: 2, minReadySeconds: 3 })]);

  expect(seen).toEqual([
    'already update Deployment web spec.replicas: 5 -> 2 (takeover)',
    'pull update Deployment web spec.minReadySeconds: null -> 3 (git)',
  ]);
});
