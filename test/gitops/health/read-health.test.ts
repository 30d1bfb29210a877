import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { readHealth } from '../../../src/gitops/health/read-health.ts';
import type { TargetHealth } from '../../../src/model/health.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { type ResourceId, resourceKey } from '../../../src/model/resource.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { type LogProxy, type RecordedLog, startLogProxy } from './log-proxy.ts';
import { type StandingObjects, standingObjects, standingPod } from './standing-objects.ts';

const signal = new AbortController().signal;
const startedAt = new Date('2026-01-01T00:00:00Z');
let plane: ControlPlane;
let namespace: string;
let objects: StandingObjects;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  plane = await useControlPlane();
}, 600_000);

beforeEach(async () => {
  namespace = await plane.namespace('health');
  objects = standingObjects(plane, namespace);
});

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
/** Knows what the cluster's own redactor does not. */
const shown = createRedactor({ key: new Uint8Array(32).fill(8) });

async function withLogs(logs: Readonly<Record<string, RecordedLog>>): Promise<{ cluster: Cluster; proxy: LogProxy }> {
  const proxy = await startLogProxy(plane, logs);
  closing.push(proxy.close);
  const cluster = await openCluster({ kubeconfig: { text: proxy.kubeconfig }, context: 'logs', redactor });
  closing.push(() => cluster.close());
  return { cluster, proxy };
}

function id(kind: string, name: string, group = 'apps'): ResourceId {
  return { group, version: 'v1', kind, namespace, name };
}

function read(cluster: Cluster, ...ids: readonly ResourceId[]): Promise<TargetHealth> {
  const resources = ids.map((each) => ({ id: each }));
  const redact = (text: string): string => shown.text(text);
  return readHealth({ cluster, resources, startedAt, now: () => new Date(), redact }, signal);
}

function crashing(name: string, container = 'web'): JsonObject {
  return {
    name: container,
    image: 'shop:2',
    imageID: '',
    ready: false,
    restartCount: 3,
    state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off 40s restarting ${name}` } },
    lastState: { terminated: { exitCode: 78, reason: 'Error' } },
  };
}

const ready: JsonObject = {
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [
    { name: 'web', image: 'shop:2', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
  ],
};

describe('the health of a target', () => {
  test('names pod, container, exit code and the last log lines of a new pod that crashes', async () => {
    await objects.rollout({
      old: [standingPod('web-old-1', ready)],
      new: [standingPod('web-new-1', { containerStatuses: [crashing('web-new-1')] })],
    });
    shown.learn('hunter2-hunter2');
    const text = `${Array.from({ length: 30 }, (_, at) => `line ${at}`).join('\n')}\n\u001b[31mbad password hunter2-hunter2\u001b[0m\n`;
    const { cluster, proxy } = await withLogs({ 'web-new-1/web': { status: 200, text } });

    const health = await read(cluster, id('Deployment', 'web'));

    expect(health).toMatchObject({
      state: 'failed',
      objects: [{ state: 'failed', reason: 'CrashLoopBackOff' }],
      pods: { ready: 0, wanted: 1 },
    });
    expect(health.evidence).toMatchObject([
      {
        pod: 'web-new-1',
        container: 'web',
        reason: 'CrashLoopBackOff',
        message: 'back-off 40s restarting web-new-1',
        exitCode: 78,
        restarts: 3,
        logsMissing: null,
      },
    ]);
    const logs = health.evidence[0]?.logs ?? [];
    expect(logs).toHaveLength(20);
    expect(logs.at(-1)).toBe('bad password (hidden)');
    expect(proxy.asked[0]).toContain('tailLines=20');
  });

  test('does not fail for what old pods do', async () => {
    await objects.rollout({
      old: [standingPod('web-old-1', { containerStatuses: [crashing('web-old-1')] })],
      new: [standingPod('web-new-1', ready)],
    });
    const { cluster, proxy } = await withLogs({});

    const health = await read(cluster, id('Deployment', 'web'));

    expect(health).toMatchObject({ state: 'progressing', evidence: [], pods: { ready: 1, wanted: 1 } });
    expect(health.objects[0]).toMatchObject({ state: 'progressing', reason: 'RemovingOld' });
    expect(proxy.asked).toEqual([]);
  });

  test('tells failing init containers and sidecars by name, and each failure once', async () => {
    const spec = { initContainers: [{ name: 'migrate', image: 'shop:2' }] };
    const pull = { name: 'mesh', image: 'mesh:9', imageID: '', ready: false, restartCount: 0 };
    const status = {
      phase: 'Pending',
      initContainerStatuses: [crashing('x', 'migrate')],
      containerStatuses: [{ ...pull, state: { waiting: { reason: 'ErrImageNeverPull', message: 'not present' } } }],
    };
    await objects.rollout({
      old: [],
      new: [standingPod('web-new-1', status, spec), standingPod('web-new-2', status, spec)],
    });
    const { cluster } = await withLogs({
      'web-new-1/migrate': { status: 200, text: 'no database\n' },
      'web-new-1/web': { status: 200, text: '' },
    });

    const { evidence } = await read(cluster, id('Deployment', 'web'));

    expect(evidence.map(({ container, reason, logs, logsMissing }) => [container, reason, logs, logsMissing])).toEqual([
      ['migrate', 'CrashLoopBackOff', ['no database'], null],
      ['mesh', 'ErrImageNeverPull', null, 'the container never started'],
    ]);
  });

  test('says why there is no log when the node cannot be asked', async () => {
    await objects.put(standingPod('alone', { phase: 'Failed', containerStatuses: [crashing('alone')] }));
    const { cluster } = await withLogs({
      'alone/web': { status: 500, text: '{"kind":"Status","message":"dial tcp: connection refused"}' },
    });

    const { evidence, state } = await read(cluster, id('Pod', 'alone', ''));

    expect(state).toBe('failed');
    expect(evidence[0]).toMatchObject({ pod: 'alone', container: 'web', logs: null });
    expect(evidence[0]?.logsMissing).toMatch(/^the log could not be read: .*connection refused/);
  });

  test('explains what failed already before last', async () => {
    const names = Array.from({ length: 11 }, (_, at) => `pod-${at}`);
    for (const name of names)
      await objects.put(standingPod(name, { phase: 'Failed', containerStatuses: [crashing(name)] }));
    const { cluster } = await withLogs({});
    const ids = names.map((name) => id('Pod', name, ''));
    const failedBefore = ids.slice(0, 10).map((each) => resourceKey(each));
    const resources = ids.map((each) => ({ id: each }));

    const health = await readHealth(
      { cluster, resources, failedBefore, startedAt, now: () => new Date(), redact: String },
      signal,
    );

    expect(health.evidence).toHaveLength(10);
    expect(health.evidence[0]).toMatchObject({ pod: 'pod-10', container: 'web', exitCode: 78 });
  });

  test('has the words of the cluster where no pod exists to be blamed', async () => {
    await objects.rollout({ old: [], new: [] });
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web/status`;
    const message = 'exceeded quota: pods=0';
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime },
    ];
    await plane.request('PATCH', path, { status: { conditions } }, 'application/merge-patch+json');
    const { cluster } = await withLogs({});

    const { state, evidence } = await read(cluster, id('Deployment', 'web'));

    expect(state).toBe('failed');
    const nothing = { pod: null, container: null, logs: null, logsMissing: 'none of its newest pods failed' };
    expect(evidence).toMatchObject([{ reason: 'FailedCreate', message, ...nothing }]);
  });

  test('is progressing while an object is missing, and says which', async () => {
    const { cluster } = await withLogs({});

    const health = await read(cluster, id('Deployment', 'absent'), id('Namespace', namespace, ''));

    expect(health.state).toBe('progressing');
    expect(health.objects.map(({ state }) => state)).toEqual(['missing', 'healthy']);
    expect(health.pods).toBeNull();
  });

  test('does not miss a job that deletes itself when it has ended', async () => {
    const { cluster } = await withLogs({});
    const object = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'gone' },
      spec: { ttlSecondsAfterFinished: 60 },
    };
    const resources = [{ id: id('Job', 'gone', 'batch'), object }];

    const health = await readHealth({ cluster, resources, startedAt, now: () => new Date(), redact: String }, signal);

    expect(health.state).toBe('healthy');
  });

  test('is unknown where an object may not be read, and not healthy', async () => {
    await objects.rollout({ old: [], new: [] });
    const kubeconfig = { paths: [plane.kubeconfig] };
    const viewer = await openCluster({ kubeconfig, context: 'real-viewer', redactor });
    closing.push(() => viewer.close());

    const health = await read(viewer, id('Deployment', 'web'));

    expect(health.state).toBe('unknown');
    expect(health.objects[0]).toMatchObject({ state: 'unknown', reason: 'NotReadable' });
    expect(health.objects[0]?.message).toContain('cannot get resource "deployments"');
  });

  test('throws when the cluster cannot be reached at all', async () => {
    const { cluster, proxy } = await withLogs({});
    await proxy.close();
    closing.splice(0, 1);

    await expect(read(cluster, id('Deployment', 'web'), id('Deployment', 'api'))).rejects.toMatchObject({
      name: 'BorderError',
      kind: 'unavailable',
    });
  });
});
