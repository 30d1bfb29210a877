import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { readHealth } from '../../../src/gitops/health/read-health.ts';
import type { TargetHealth } from '../../../src/model/health.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ResourceId } from '../../../src/model/resource.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';

const signal = new AbortController().signal;
let plane: ControlPlane;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane({ workloads: true });
  namespace = await plane.namespace('health');
  const redactor = createRedactor({ key: new Uint8Array(32) });
  cluster = await openCluster({ kubeconfig: { paths: [plane.kubeconfig] }, context: plane.context, redactor });
}, 600_000);

afterAll(() => cluster.close());

test('follows a Deployment from healthy over a failing image back to healthy', async () => {
  const web = id('Deployment', 'web');
  await write('Deployment', { replicas: 3, progressDeadlineSeconds: 600 });
  expect(await settled([web], 'healthy')).toMatchObject({ pods: { ready: 3, wanted: 3 }, evidence: [] });

  await write('Deployment', { replicas: 3, progressDeadlineSeconds: 600 }, 'ImagePullBackOff');
  const bad = await settled([web], 'failed');
  expect(bad.objects).toMatchObject([{ resource: web, state: 'failed', reason: 'ImagePullBackOff' }]);
  expect(bad.evidence).toMatchObject([
    {
      resource: web,
      container: 'app',
      reason: 'ImagePullBackOff',
      logs: null,
      logsMissing: 'the container never started',
    },
  ]);
  expect(bad.evidence[0]?.pod).toMatch(/^web-/);
  expect(bad.evidence[0]?.message).toContain('Back-off pulling image');

  await write('Deployment', { replicas: 3, progressDeadlineSeconds: 600 });
  expect(await settled([web], 'healthy')).toMatchObject({ pods: { ready: 3, wanted: 3 }, evidence: [] });
});

test.each(['StatefulSet', 'DaemonSet'])('sees a %s crash and recover', async (kind) => {
  const spec = kind === 'StatefulSet' ? { replicas: 2, serviceName: 'web' } : {};
  await write(kind, spec);
  await settled([id(kind, 'web')], 'healthy');

  await write(kind, spec, 'CrashLoopBackOff');
  const bad = await settled([id(kind, 'web')], 'failed');
  expect(bad.evidence).toMatchObject([{ container: 'app', reason: 'CrashLoopBackOff', exitCode: 1, restarts: 3 }]);
  expect(bad.evidence[0]?.logsMissing).toMatch(/^the log could not be read: /);

  await write(kind, spec);
  // A StatefulSet waits for its broken pod for ever; somebody has to delete it.
  await plane.kubectl(['-n', namespace, 'delete', 'pods', '-l', `app=${kind.toLowerCase()}`, '--wait=false']);
  await settled([id(kind, 'web')], 'healthy');
});

function id(kind: string, name: string): ResourceId {
  return { group: 'apps', version: 'v1', kind, namespace, name };
}

async function write(kind: string, spec: JsonObject, fail?: string): Promise<void> {
  const labels = { app: kind.toLowerCase() };
  const annotations: JsonObject = fail === undefined ? {} : { 'kwok.fail': fail };
  const template = { metadata: { labels, annotations }, spec: { containers: [{ name: 'app', image: 'shop:1' }] } };
  const object = { apiVersion: 'apps/v1', kind, metadata: { name: 'web', namespace } };
  const options = { manager: 'fairlead', force: true, dryRun: false, validation: 'Strict', as: null } as const;
  await cluster.write({ ...object, spec: { selector: { matchLabels: labels }, template, ...spec } }, options, signal);
}

/** Reads until the target is in the state; a state that excludes it for good would time out and be shown. */
async function settled(ids: readonly ResourceId[], state: TargetHealth['state']): Promise<TargetHealth> {
  const resources = ids.map((each) => ({ id: each }));
  const options = { cluster, resources, startedAt: null, now: () => new Date(), redact: (text: string) => text };
  const deadline = Date.now() + 30_000;
  for (;;) {
    const health = await readHealth(options, signal);
    if (health.state === state) return health;
    if (Date.now() > deadline) throw new Error(`not ${state} within 30 s: ${JSON.stringify(health)}`);
    await delay(50);
  }
}
