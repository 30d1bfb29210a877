import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cleanDesired } from '../../../src/gitops/diff/clean-desired.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { apiVersionOf } from '../../../src/model/resource.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { commonKinds } from './common-kinds.ts';
import { manager, openStage, resourcesOf, type Stage } from './stage.ts';

let plane: ControlPlane;
let stage: Stage;

beforeAll(async () => {
  plane = await useControlPlane();
  stage = await openStage(plane.kubeconfig, plane.context);
}, 120_000);

afterAll(() => stage?.cluster.close());

test('the objects that change are those of which kubectl diff --server-side shows a difference', async () => {
  const namespace = await plane.namespace();
  const base = commonKinds(namespace);
  await stage.apply(...base);
  await plane.kubectl(['-n', namespace, 'patch', 'configmap', 'settings', '-p', '{"data":{"colour":"red"}}']);
  await plane.kubectl(['-n', namespace, 'label', 'service', 'db', 'extra=label']);
  await plane.kubectl(['-n', namespace, 'delete', 'lease', 'lock']);
  const head = base.map((object, index) => (index % 3 === 0 ? labelled(object) : object));

  const set = await stage.predict(resourcesOf(...head), resourcesOf(...base));
  const shown = await kubectlDiff(head);

  const told = set.changes.map(({ resource: { group, version, kind, namespace: space, name } }) =>
    [apiVersionOf({ group, version }).replace('/', '.'), kind, space ?? '', name].join('.'),
  );
  expect([...new Set(told)].sort()).toEqual(shown);
  expect(shown.length).toBeGreaterThan(10);
});

function labelled(object: JsonObject): JsonObject {
  const metadata = object['metadata'] as JsonObject; // every common kind has one
  return { ...object, metadata: { ...metadata, labels: { 'example.com/new': 'yes' } } };
}

/** Names of the files kubectl compares, of which it shows only those that differ: `apps.v1.Deployment.shop.web`. */
async function kubectlDiff(objects: readonly JsonObject[]): Promise<readonly string[]> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects.map(cleanDesired) };
  const flags = ['--server-side', '--field-manager', manager, '--force-conflicts', '-f', '-'];
  const output = await plane.kubectl(['diff', ...flags], { input: JSON.stringify(list), exitCodes: [1] });
  return [...output.matchAll(/^diff -u -N \S*\/LIVE-\d+\/(\S+) /gm)].map(([, name = '']) => name).sort();
}
