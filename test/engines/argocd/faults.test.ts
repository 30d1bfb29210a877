import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readJournal } from '../../../src/engines/argocd/journal.ts';
import type { EngineStep } from '../../../src/engines/engine.ts';
import { pick } from '../../../src/model/json.ts';
import {
  carryOut,
  configMap,
  deployment,
  healthUntil,
  invalidService,
  openStage,
  type Stage,
  statusOf,
} from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
}, 900_000);

afterAll(() => stage.close());

describe('a commit that fails', () => {
  test('is applied and then failing, with the pod and its reason, when its image cannot be pulled', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'web.yaml': deployment('nginx:9.99', 'ImagePullBackOff') });
    const work = place.work('D-30', commit);

    const { step } = await carryOut(stage.engine, work);
    const health = await healthUntil(stage.engine, work, step.journal, 'failed');

    expect(step.kind).toBe('applied');
    expect(statusOf(await place.live(), 'operationState', 'phase')).toBe('Succeeded');
    expect(health.evidence[0]).toMatchObject({ pod: expect.stringMatching(/^web-/), reason: 'ImagePullBackOff' });
    await healthUntil(stage.engine, work, step.journal, 'failed');
  });

  test('fails with the message of the server and the object when the server refuses it', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'broken.yaml': invalidService });
    const before = stage.syncs.length;

    const { step } = await carryOut(stage.engine, place.work('D-31', commit), { times: 2 });

    expect(step).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('spec.ports[0].port: Invalid value: 70000'),
      resource: { kind: 'Service', name: 'broken', namespace: place.name },
    });
    expect(stage.syncs.length).toBe(before + 1);
  });

  test('fails without any sync when its manifests cannot be worked out', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'kustomization.yaml': 'resources: [absent.yaml]\n' });
    const before = stage.syncs.length;

    const work = place.work('D-32', commit);

    const early = await carryOut(stage.engine, work, { until: (step) => noted(step) >= 3 });
    stage.pass(120_000);
    const { step } = await carryOut(stage.engine, work, { journal: early.step.journal });

    expect(early.step.kind).toBe('again');
    expect(step).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/ComparisonError.*absent\.yaml/s) });
    expect(stage.syncs.length).toBe(before);
  });
});

/** Comparisons in a row that ended in an error, by the journal. */
function noted({ journal }: EngineStep): number {
  return readJournal('D-32', journal)?.[0]?.errors ?? 0;
}

describe('an Application that cannot be synced now', () => {
  test('is waited for while a sync window holds it back', async () => {
    await stage.argo.plane.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify(closedProject(stage.argo.namespace)),
    });
    const place = await stage.application({ project: 'closed' });
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });

    const { notes } = await carryOut(stage.engine, place.work('D-40', commit), {
      until: (step) => step.kind === 'again' && step.note.includes('window'),
    });

    expect(notes.at(-1)).toBe(`Application ${place.name} syncs: Sync operation blocked by sync window.`);
  });

  test('is refused when it is paused', async () => {
    const place = await stage.application({ annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } });

    const { step } = await carryOut(stage.engine, place.work('D-41', stage.repository.git('rev-parse', 'HEAD')));

    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringContaining('is paused by its annotation') });
  });

  test('is refused, with what was looked for, when there is none', async () => {
    const place = await stage.application();
    const work = place.work('D-42', stage.repository.git('rev-parse', 'HEAD'), { root: 'apps/other' });

    const { step } = await carryOut(stage.engine, work);

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(
        /^Argo CD has no Application for folder apps\/other of http:.*branch main.*; it has app-/,
      ),
    });
    expect(pick(step.journal)).toBeNull();
  });
});

function closedProject(namespace: string): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'closed', namespace },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      syncWindows: [{ kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['*'], manualSync: false }],
    },
  };
}
