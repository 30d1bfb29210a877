import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { readHealth } from '../../../src/gitops/health/read-health.ts';
import type { ObjectHealth } from '../../../src/model/health.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ResourceId } from '../../../src/model/resource.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';

const signal = new AbortController().signal;
const suffix = randomBytes(4).toString('hex');
const group = `health-${suffix}.example.com`;
let plane: ControlPlane;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane();
  namespace = await plane.namespace('facts');
  const redactor = createRedactor({ key: new Uint8Array(32) });
  cluster = await openCluster({ kubeconfig: { paths: [plane.kubeconfig] }, context: plane.context, redactor });
}, 600_000);

afterAll(async () => {
  await plane.kubectl(['delete', 'crd', `speakers.${group}`, `mutes.${group}`, '--ignore-not-found', '--wait=false']);
  await plane.kubectl(['delete', 'storageclass', `lazy-${suffix}`, '--ignore-not-found']);
  await cluster.close();
});

test('a custom object whose controller has not spoken is not healthy where its schema has conditions', async () => {
  const status = { type: 'object', properties: { conditions: { type: 'array', items: { type: 'object' } } } };
  await apply(definition('Speaker', status));
  await apply(definition('Mute', { type: 'object', properties: { size: { type: 'integer' } } }));
  await plane.kubectl(['wait', '--for=condition=Established', `crd/speakers.${group}`, `crd/mutes.${group}`]);
  for (const kind of ['Speaker', 'Mute']) {
    await apply({ apiVersion: `${group}/v1`, kind, metadata: { name: 'one', namespace } });
  }

  // The schema of a new kind is served a moment after the kind itself.
  const speaker = await soon(custom('Speaker'), ({ reason }) => reason === 'NoCondition');
  const mute = await soon(custom('Mute'), ({ state }) => state === 'healthy');

  expect(speaker).toMatchObject({ state: 'progressing', message: 'Its controller has not reported on it yet.' });
  expect(mute).toMatchObject({ state: 'healthy', reason: null });
});

test('a claim may wait for its first consumer as its class says', async () => {
  const metadata = { name: `lazy-${suffix}` };
  const provisioner = 'example.com/none';
  await apply({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata,
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  const id = { group: '', version: 'v1', kind: 'PersistentVolumeClaim', namespace, name: 'data' };
  const resources = { requests: { storage: '1Gi' } };
  const spec = { storageClassName: metadata.name, accessModes: ['ReadWriteOnce'], resources };
  await apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace }, spec });

  expect(await read(id)).toMatchObject({ state: 'healthy', message: 'It is bound when a pod first uses it.' });
});

function custom(kind: string): ResourceId {
  return { group, version: 'v1', kind, namespace, name: 'one' };
}

function definition(kind: string, status: JsonObject): JsonObject {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: 'object', properties: { status } } };
  const versions = [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }];
  const names = { kind, plural, singular: kind.toLowerCase() };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names, versions },
  };
}

function apply(object: JsonObject): Promise<string> {
  return plane.kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(object) });
}

/** Reads as if a minute had passed, so that new objects do not count as just made. */
async function read(id: ResourceId): Promise<ObjectHealth | undefined> {
  const now = (): Date => new Date(Date.now() + 60_000);
  const { objects } = await readHealth({ cluster, resources: [{ id }], startedAt: null, now, redact: String }, signal);
  return objects[0];
}

async function soon(id: ResourceId, holds: (health: ObjectHealth) => boolean): Promise<ObjectHealth | undefined> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const health = await read(id);
    if ((health !== undefined && holds(health)) || Date.now() > deadline) return health;
    await delay(100);
  }
}
