import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../../src/engines/engine.ts';
import { BorderError } from '../../../src/model/error.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { useArgoCd } from '../../control-plane/argocd/argocd.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { configMap, engineOn, openAs, workOf } from './stage.ts';

const url = 'https://github.com/acme/fleet.git';
const signal = AbortSignal.timeout(300_000);
const repository = { isAncestor: () => false, git: () => 'none' };

let plane: ControlPlane;
const clusters: Cluster[] = [];

beforeAll(async () => {
  ({ plane } = await useArgoCd());
}, 900_000);

afterAll(async () => {
  for (const cluster of clusters) await cluster.close();
});

/** An engine on Applications in a namespace that no controller looks at, so that they say what the test wants. */
async function unattended(context = plane.context): Promise<{ readonly engine: Engine; readonly namespace: string }> {
  const [namespace, cluster] = [await plane.namespace('unattended'), await openAs(plane.kubeconfig, context)];
  clusters.push(cluster);
  return { engine: engineOn(cluster, cluster, { namespace, destination: plane.server, repository }), namespace };
}

async function create(namespace: string, status: JsonObject): Promise<void> {
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web', namespace },
    spec: {
      project: 'default',
      source: { repoURL: url, targetRevision: 'main', path: 'apps/web' },
      destination: { server: plane.server, namespace },
    },
    status,
  };
  await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(application) });
}

const work = workOf(url, { name: 'web', deployment: 'D-1', commit: 'c0ffee' });

describe('the health of a target', () => {
  const object = { version: 'v1', kind: 'ConfigMap', name: 'settings', status: 'Synced' };
  const ended = {
    operation: {},
    phase: 'Succeeded',
    startedAt: '2026-01-01T00:00:05Z',
    finishedAt: '2026-01-01T00:00:09Z',
  };

  test.each<[string, JsonObject, string]>([
    ['is healthy when Argo CD and the cluster say so', { health: { status: 'Healthy' } }, 'healthy'],
    ['has failed when only Argo CD says so', { health: { status: 'Degraded' } }, 'failed'],
    ['progresses when Argo CD says so', { health: { status: 'Progressing' } }, 'progressing'],
    ['progresses while something is missing', { health: { status: 'Missing' } }, 'progressing'],
    ['is healthy when what is left waits on purpose', { health: { status: 'Suspended' } }, 'healthy'],
    ['is unknown when Argo CD does not know', { health: { status: 'Unknown' } }, 'unknown'],
    [
      'progresses while the word is older than the sync',
      { health: { status: 'Degraded' }, reconciledAt: '2026-01-01T00:00:04Z', operationState: ended },
      'progressing',
    ],
  ])('%s', async (_, status, state) => {
    const { engine, namespace } = await unattended();
    await plane.kubectl(['apply', '-n', namespace, '-f', '-'], { input: configMap('settings', 'one') });
    await create(namespace, { resources: [{ ...object, namespace }], ...status });

    const health = await engine.status(work, null, signal);

    expect(health.state).toBe(state);
    expect(health.objects.map(({ resource }) => resource.kind)).toEqual(['ConfigMap', 'Application']);
    expect(health.evidence.map(({ resource, reason }) => `${resource.kind} ${reason}`)).toEqual(
      state === 'failed' ? ['Application Degraded'] : [],
    );
  });

  test('names the object that Argo CD means, with what it says, secrets hidden', async () => {
    const { engine, namespace } = await unattended();
    const health = { status: 'Degraded', message: 'login with Bearer abcdefghijklmnopqrstuvwxyz012345 failed' };
    const queue = {
      group: 'example.com',
      version: 'v1',
      kind: 'Queue',
      namespace,
      name: 'jobs',
      status: 'Synced',
      health,
    };
    await create(namespace, { resources: [queue], health: { status: 'Degraded' } });

    const { state, evidence } = await engine.status(work, null, signal);

    expect(state).toBe('failed');
    expect(evidence[0]).toMatchObject({ resource: { kind: 'Queue', name: 'jobs' }, reason: 'Degraded' });
    expect(JSON.stringify(evidence)).not.toContain('abcdefghijklmnopqrstuvwxyz012345');
  });

  test.each([false, true])('is under way while what it calls degraded only takes long (named: %s)', async (isNamed) => {
    const { engine, namespace } = await unattended();
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'web', namespace },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: 'slow',
      },
    };
    await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(claim) });
    const id = { version: 'v1', kind: 'PersistentVolumeClaim', namespace, name: 'web', status: 'Synced' };
    const health = { status: 'Degraded', message: 'waits for long' };
    await create(namespace, { resources: [{ ...id, ...(isNamed && { health }) }], health });

    const { state, evidence } = await engine.status(work, null, signal);

    expect(state).toBe('progressing');
    expect(evidence).toEqual([]);
  });

  test('is unknown when there is no Application', async () => {
    const { engine } = await unattended();

    expect(await engine.status(work, null, signal)).toMatchObject({ state: 'unknown', objects: [] });
  });
});

describe('a step', () => {
  test('is refused, naming the permission, when Applications may not be read', async () => {
    const { engine } = await unattended('real-viewer');

    const step = await engine.step(work, null, signal);

    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/list.*applications.*argoproj\.io/) });
  });

  test('is refused, naming the permission, when Applications may be read only', async () => {
    const { engine, namespace } = await unattended('real-reader');
    await create(namespace, {});

    const step = await engine.step(work, null, signal);

    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/patch.*applications.*argoproj\.io/) });
  });

  test('is refused when an Application that was followed is gone', async () => {
    const { engine, namespace } = await unattended();
    await create(namespace, {});
    const { journal } = await engine.step(work, null, signal);
    await plane.kubectl(['delete', 'application', 'web', '-n', namespace]);

    expect(await engine.step(work, journal, signal)).toMatchObject({
      kind: 'refused',
      reason: 'Application web is gone.',
    });
    expect(await engine.status(work, journal, signal)).toMatchObject({ state: 'progressing' });
  });

  test('throws, to be tried again, when the cluster of Argo CD cannot be reached', async () => {
    const text = (await plane.kubectl(['config', 'view', '--raw', '-o', 'json'])).replaceAll(
      plane.server,
      'https://127.0.0.1:9',
    );
    const cluster = await openAs({ text }, plane.context);
    clusters.push(cluster);
    const engine = engineOn(cluster, cluster, { namespace: 'argocd', destination: plane.server, repository });

    const step = engine.step(work, null, signal);

    await expect(step).rejects.toThrow(BorderError);
    await expect(step).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('looks again when somebody else has just written to the Application', async () => {
    const { engine, namespace } = await unattended();
    await create(namespace, {});
    const [one, other] = await Promise.all([engine.step(work, null, signal), engine.step(work, null, signal)]);

    expect([one.kind, other.kind]).toEqual(['again', 'again']);
  });
});
