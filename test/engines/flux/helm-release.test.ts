import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EngineWork } from '../../../src/engines/engine.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { condition } from './sketch.ts';
import { carryOut, configMap, openStage, type Place, type Stage } from './stage.ts';

/**
 * helm-controller cannot be built here, so the statuses of HelmRelease and HelmChart are written by hand in the shape of their API;
 * everything else is real.
 */
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.plane.kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(definition) });
  await stage.plane.kubectl(['wait', '--for=condition=Established', `crd/${definition.metadata.name}`]);
}, 900_000);

afterAll(() => stage.close());

describe('a HelmRelease whose chart is in the repository', () => {
  test('is asked once its chart is packed from the commit, and done when that version is released', async () => {
    const { place, work } = await openRelease();

    const unpacked = await until(work, null, 'waits for its chart to be packed');
    await pack(place, work.commit);
    const asked = await until(work, unpacked, 'installs version');
    const handled = await requestOf(place);
    await write(place, [condition('Ready', 'Unknown', 'Progressing', 'Running upgrade')], null);
    const running = await until(work, asked, 'has not begun');
    await write(place, [condition('Ready', 'True', 'UpgradeSucceeded')], handled);
    const { step } = await carryOut(stage.engine, work, { journal: running });
    const health = await stage.engine.status(work, step.journal, AbortSignal.timeout(20_000));

    expect(step).toMatchObject({ kind: 'applied', counts: { total: 1 } });
    expect(handled).toMatch(/^fairlead\/H-1\//);
    expect(place.requests()).toEqual([`GitRepository/${place.name}`, `HelmRelease/${place.name}`]);
    expect(health.objects.at(-1)).toMatchObject({ resource: { kind: 'HelmRelease' }, state: 'healthy' });
  });

  test('fails with what Helm said when the release was taken back', async () => {
    const { place, work } = await openRelease();
    await until(work, null, 'waits for its chart to be packed');
    await pack(place, work.commit);
    const asked = await until(work, null, 'installs version');
    const remediated = condition('Remediated', 'True', 'RollbackSucceeded', 'Helm rollback succeeded');
    const failing = condition('Ready', 'False', 'UpgradeFailed', 'Helm upgrade failed: invalid port');
    await write(place, [failing, remediated], await requestOf(place));

    const { step } = await carryOut(stage.engine, work, { journal: asked });

    expect(step).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/UpgradeFailed\): Helm upgrade failed: invalid port; Helm rollback succeeded\.$/),
    });
  });
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'helmreleases.helm.toolkit.fluxcd.io' },
  spec: {
    group: 'helm.toolkit.fluxcd.io',
    scope: 'Namespaced',
    names: { kind: 'HelmRelease', plural: 'helmreleases' },
    versions: [
      {
        name: 'v2',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

const releases = '/apis/helm.toolkit.fluxcd.io/v2';
const charts = '/apis/source.toolkit.fluxcd.io/v1';
const version = '1.0.0+abc';
const digest = `sha256:${'0'.repeat(64)}`;

/** Takes the place of a Kustomization: a chart in a folder beside it, and what installs it. */
async function openRelease(): Promise<{ readonly place: Place; readonly work: EngineWork }> {
  const place = await stage.place({ spec: { suspend: true } });
  const commit = place.commit({ 'chart/templates/config.yaml': configMap('settings', 'two') });
  const chart = {
    chart: `./apps/${place.name}/chart`,
    sourceRef: { kind: 'GitRepository', name: place.name },
    reconcileStrategy: 'Revision',
  };
  const metadata = { name: place.name, namespace: stage.namespace };
  const release = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata };
  await create({ ...release, spec: { interval: '1h', chart: { spec: chart } } });
  const packed = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmChart' };
  const name = `${stage.namespace}-${place.name}`;
  await create({ ...packed, metadata: { ...metadata, name }, spec: { interval: '1h', ...chart } });
  const work = place.work(`H-${++deployments}`, commit, { root: `apps/${place.name}/chart` });
  return { place, work: { ...work, desired: work.desired.slice(0, 1) } };
}

let deployments = 0;

async function create(object: object): Promise<void> {
  await stage.plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
}

/** Steps until it waits for something; gives the journal. */
async function until(work: EngineWork, journal: Json, note: string): Promise<Json> {
  const { step } = await carryOut(stage.engine, work, {
    journal,
    until: (one) => one.kind !== 'again' || one.note.includes(note),
  });
  expect(step).toMatchObject({ kind: 'again', note: expect.stringContaining(note) });
  return step.journal;
}

async function pack(place: Place, commit: string): Promise<void> {
  const time = new Date(Date.now() + 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  await patchStatus(`${charts}/namespaces/${stage.namespace}/helmcharts/${stage.namespace}-${place.name}`, {
    observedGeneration: 1,
    observedSourceArtifactRevision: `${place.name}@sha1:${commit}`,
    artifact: {
      revision: version,
      lastUpdateTime: time,
      digest,
      path: 'chart.tgz',
      url: 'http://127.0.0.1:9/chart.tgz',
    },
    conditions: [condition('Ready', 'True', 'ChartPackageSucceeded')],
  });
}

async function write(place: Place, conditions: readonly JsonObject[], handled: string | null): Promise<void> {
  await patchStatus(releasePath(place), {
    observedGeneration: 1,
    lastAttemptedRevision: version,
    lastHandledReconcileAt: handled,
    conditions,
  });
}

async function requestOf(place: Place): Promise<string> {
  const { text } = await stage.plane.request('GET', releasePath(place));
  return JSON.parse(text).metadata.annotations['reconcile.fluxcd.io/requestedAt'];
}

function releasePath({ name }: Place): string {
  return `${releases}/namespaces/${stage.namespace}/helmreleases/${name}`;
}

async function patchStatus(path: string, status: JsonObject): Promise<void> {
  const answer = await stage.plane.request('PATCH', `${path}/status`, { status }, 'application/merge-patch+json');
  if (answer.status !== 200) throw new Error(answer.text);
}
