import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../src/model/json.ts';
import { identify } from '../../../src/model/resource.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { type ApplyCase, applyCases, widgetDefinition } from './apply-cases.ts';

const signal = AbortSignal.timeout(300_000);
const manager = 'argocd-controller';
let plane: ControlPlane;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane();
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  cluster = await openCluster({ kubeconfig: { paths: [plane.kubeconfig] }, context: plane.context, redactor });
  await apply(widgetDefinition, ['--server-side', '--force-conflicts']);
  await plane.kubectl(['wait', '--for=condition=Established', 'crd/widgets.preview.example.com', '--timeout=60s']);
}, 120_000);

beforeEach(async () => {
  namespace = await plane.namespace();
});

afterAll(() => cluster?.close());

function apply(object: JsonObject, args: readonly string[] = []): Promise<string> {
  return plane.kubectl(['apply', `--field-manager=${manager}`, ...args, '-f', '-'], { input: JSON.stringify(object) });
}

/** The object in the namespace of this test. */
function placed(object: JsonObject): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  return { ...object, metadata: { ...metadata, namespace } };
}

/** What both tell differently though it is the same: when it was asked, and the text of the configuration. */
function plain(object: JsonObject): Json {
  const { metadata, status: _, ...rest } = object;
  const { managedFields, resourceVersion, annotations, generation, ...named } = isJsonObject(metadata) ? metadata : {};
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...others } = isJsonObject(annotations)
    ? annotations
    : {};
  return { ...rest, metadata: { ...named, annotations: others } };
}

async function liveOf(object: JsonObject): Promise<JsonObject> {
  const id = identify(object);
  const live = id === null ? null : await cluster.get(id, signal);
  if (live === null) throw new Error('the object is not there');
  return live;
}

/** In full: other tests define kinds of the same name. */
function typeOf(object: JsonObject): string {
  const id = identify(object);
  return id === null || id.group === '' ? (id?.kind ?? '') : `${id.kind}.${id.version}.${id.group}`;
}

async function stage({ base, others = [] }: ApplyCase): Promise<void> {
  await apply(placed(base));
  for (const { type, patch } of others) {
    const { metadata } = base as { metadata: { name: string } };
    const args = ['-n', namespace, '--field-manager=somebody', '--type', type, '-p', JSON.stringify(patch)];
    await plane.kubectl(['patch', typeOf(base), metadata.name, ...args]);
  }
}

describe('a preview of client-side apply is what kubectl apply --dry-run=server says', () => {
  test.each(applyCases.map((one) => [one.title, one] as const))('%s', async (_title, example) => {
    await stage(example);
    const head = placed(example.head);
    const live = await liveOf(head);

    const { object } = await cluster.preview(head, { manager, how: 'three-way', live }, signal);

    const told: JsonObject = JSON.parse(await apply(head, ['--dry-run=server', '-o', 'json']));
    expect(plain(object)).toEqual(plain(told));
    const isKept = JSON.stringify(plain(object)) === JSON.stringify(plain(live));
    expect(isKept).toBe(example.isSame === true);
    expect(plain(await liveOf(head))).toEqual(plain(live));
  });
});

test('a preview of what is not there is what creating it gives, and creates nothing', async () => {
  const [example] = applyCases;
  const head = placed(example?.base ?? {});

  const { object, created } = await cluster.preview(head, { manager, how: 'three-way', live: null }, signal);

  const told: JsonObject = JSON.parse(await apply(head, ['--dry-run=server', '-o', 'json']));
  const still = ({ uid, creationTimestamp, ...metadata }: JsonObject) => metadata;
  const [ours, theirs] = [plain(object) as JsonObject, plain(told) as JsonObject];
  expect(created).toBe(true);
  expect({ ...ours, metadata: still(ours['metadata'] as JsonObject) }).toEqual({
    ...theirs,
    metadata: still(theirs['metadata'] as JsonObject),
  });
  expect(
    await cluster.get(identify(head) ?? { group: '', version: '', kind: '', name: '', namespace }, signal),
  ).toBeNull();
});

test('a preview of a replacement keeps nothing that the new object does not say', async () => {
  const config = (data: JsonObject, labels: JsonObject = {}) =>
    placed({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', labels }, data });
  await apply(config({ a: '1' }));
  await plane.kubectl(['-n', namespace, 'label', 'configmap', 'settings', 'by=hand']);
  const live = await liveOf(config({}));

  const { object } = await cluster.preview(config({ b: '2' }), { manager, how: 'replace', live }, signal);

  expect(object).toMatchObject({ data: { b: '2' } });
  expect(JSON.stringify(object)).not.toContain('hand');
  expect(await liveOf(config({}))).toMatchObject({ data: { a: '1' } });
});

test('values of a Secret stay hidden, and are compared all the same', async () => {
  const secret = (password: string) =>
    placed({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' } },
      data: { password: Buffer.from(password).toString('base64'), user: 'YWRtaW4=' },
    });
  await apply(secret('first-password'));
  const live = await liveOf(secret(''));

  const { object } = await cluster.preview(secret('other-password'), { manager, how: 'three-way', live }, signal);
  const same = await cluster.preview(secret('first-password'), { manager, how: 'three-way', live }, signal);

  const shown = (one: JsonObject) => one['data'] as { readonly password: string; readonly user: string };
  expect(shown(object).user).toBe(shown(live).user);
  expect(shown(object).password).not.toBe(shown(live).password);
  expect(same.object).toEqual(live);
  for (const one of [object, cluster.applied(live)]) {
    expect(JSON.stringify(one)).not.toContain(Buffer.from('first-password').toString('base64'));
    expect(JSON.stringify(one)).not.toContain(Buffer.from('other-password').toString('base64'));
  }

  const wrong = { ...secret('third-password'), wrong: 'field' };
  const refused = await cluster.preview(wrong, { manager, how: 'three-way', live }, signal).catch(String);
  expect(refused).toContain('unknown field');
  for (const text of ['third-password', 'first-password'])
    expect(refused).not.toContain(Buffer.from(text).toString('base64'));
});
