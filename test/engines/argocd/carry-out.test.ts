import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

describe('an Application that is synced by hand', () => {
  test('is brought to exactly the commit by one sync, and rolls out', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'web.yaml': deployment('nginx:1.27') });
    const work = place.work('D-1', commit);

    const { step, journals } = await carryOut(stage.engine, work);
    const health = await healthUntil(stage.engine, work, step.journal, 'healthy');

    expect(step).toMatchObject({
      kind: 'applied',
      counts: { applied: 2, unchanged: 0, pruned: 0, total: 2 },
      kept: [],
    });
    expect(journals.length).toBeGreaterThan(2);
    const live = await place.live();
    expect(statusOf(live, 'operationState', 'syncResult', 'revision')).toBe(commit);
    expect(statusOf(live, 'sync')).toMatchObject({ status: 'Synced', revision: commit });
    expect(statusOf(live, 'operationState', 'operation')).toMatchObject({
      info: [{ name: 'fairlead.dev/deployment', value: 'D-1' }],
      initiatedBy: { username: 'fairlead' },
    });
    expect(health.pods).toEqual({ ready: 2, wanted: 2 });
  });

  test('is not synced when the commit changes nothing of it', async () => {
    const place = await stage.application();
    const first = place.work('D-2', stage.repository.git('rev-parse', 'HEAD'));
    await carryOut(stage.engine, first);
    const commit = stage.repository.commit({ 'elsewhere.txt': 'changed' });
    const before = stage.syncs.length;

    const { step } = await carryOut(stage.engine, place.work('D-3', commit));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 0, unchanged: 1, pruned: 0, total: 1 } });
    expect(stage.syncs.length).toBe(before);
    expect(statusOf(await place.live(), 'sync', 'revision')).toBe(commit);
  });

  test('is synced once although every step is done twice, and again from every journal', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    const work = place.work('D-4', commit);
    const before = stage.syncs.length;

    const { step, journals } = await carryOut(stage.engine, work, { times: 2 });
    const again = [];
    for (const journal of journals) again.push((await carryOut(stage.engine, work, { journal })).step.kind);

    expect(step.kind).toBe('applied');
    expect(again).toEqual(journals.map(() => 'applied'));
    expect(stage.syncs.length).toBe(before + 1);
    expect(statusOf(await place.live(), 'history')).toHaveLength(1);
  });

  test('is brought to the accepted commit although the branch has moved on', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    const newer = place.commit({ 'config.yaml': configMap('settings', 'three') });

    const { step } = await carryOut(stage.engine, place.work('D-5', commit));

    expect(step.kind).toBe('applied');
    const live = await place.live();
    expect(statusOf(live, 'operationState', 'syncResult', 'revision')).toBe(commit);
    expect(statusOf(live, 'sync')).toMatchObject({ status: 'OutOfSync', revision: newer });
  });

  test('is waited for until Argo CD can see the commit', async () => {
    const place = await stage.application();
    const { repository } = stage;
    repository.git('checkout', '--quiet', '-b', `late-${place.name}`);
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    repository.git('checkout', '--quiet', 'main');
    const work = place.work('D-50', commit);
    const before = stage.syncs.length;

    const early = await carryOut(stage.engine, work, {
      until: (step) => step.kind === 'again' && step.note.includes('still sees'),
    });
    const syncsBefore = stage.syncs.length;
    repository.git('merge', '--quiet', '--ff-only', commit);
    const { step } = await carryOut(stage.engine, work, { journal: early.step.journal });

    expect(syncsBefore).toBe(before);
    expect(step.kind).toBe('applied');
    expect(statusOf(await place.live(), 'operationState', 'syncResult', 'revision')).toBe(commit);
  });

  test('is brought to the commit with all sources of the branch, the others left where they are', async () => {
    const sources = [{ path: 'shared' }, { path: 'own' }, { path: 'pinned', targetRevision: 'pinned' }];
    stage.repository.commit({ 'pinned/config.yaml': configMap('pinned', 'one') });
    stage.repository.git('tag', 'pinned');
    const place = await stage.application({ sources });
    const commit = stage.repository.commit({
      'shared/config.yaml': configMap('shared', 'two'),
      'own/config.yaml': configMap('own', 'two'),
      'pinned/config.yaml': configMap('pinned', 'two'),
    });

    const { step } = await carryOut(stage.engine, place.work('D-51', commit, { root: 'own' }));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 3 } });
    const pinned = stage.repository.git('rev-parse', 'pinned');
    expect(statusOf(await place.live(), 'operationState', 'syncResult', 'revisions')).toEqual([commit, commit, pinned]);
    const value = await stage.argo.plane.kubectl([
      'get',
      'cm',
      'pinned',
      '-n',
      place.name,
      '-o',
      'jsonpath={.data.key}',
    ]);
    expect(value).toBe('one');
  });

  test('is tried at exactly the commit when a later one cannot be worked out', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    place.commit({ 'kustomization.yaml': 'resources: [absent.yaml]\n' });

    const { step } = await carryOut(stage.engine, place.work('D-52', commit));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 1 } });
    expect(statusOf(await place.live(), 'operationState', 'syncResult', 'revision')).toBe(commit);
  });

  test('is never taken back from a later commit', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    const newer = place.commit({ 'config.yaml': configMap('settings', 'three') });
    await carryOut(stage.engine, place.work('D-6', newer));
    const before = stage.syncs.length;

    const { step } = await carryOut(stage.engine, place.work('D-7', commit));

    expect(step.kind).toBe('applied');
    expect(stage.syncs.length).toBe(before);
  });

  test('is synced anew when the same commit is deployed again', async () => {
    const place = await stage.application();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    await carryOut(stage.engine, place.work('D-8', commit));
    const patch = '{"data":{"key":"by hand"}}';
    await stage.argo.plane.kubectl(['patch', 'configmap', 'settings', '-n', place.name, '--type=merge', '-p', patch]);

    const { step } = await carryOut(stage.engine, place.work('D-9', commit));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 1 } });
    const value = await stage.argo.plane.kubectl([
      'get',
      'cm',
      'settings',
      '-n',
      place.name,
      '-o',
      'jsonpath={.data.key}',
    ]);
    expect(value).toBe('two');
  });
});

describe('what Git has no more', () => {
  const two = { 'config.yaml': configMap('settings', 'one'), 'extra.yaml': configMap('extra', 'one') };
  const idOf = (namespace: string) => ({ group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'extra' });

  test('is pruned when the accepted plan deletes it', async () => {
    const place = await stage.application({ files: two });
    await carryOut(stage.engine, place.work('D-10', stage.repository.git('rev-parse', 'HEAD')));
    const commit = place.commit({ 'extra.yaml': null });

    const { step } = await carryOut(stage.engine, place.work('D-11', commit, { deletes: [idOf(place.name)] }));

    expect(step).toMatchObject({ kind: 'applied', counts: { pruned: 1 }, kept: [] });
    await expect(stage.argo.plane.kubectl(['get', 'cm', 'extra', '-n', place.name])).rejects.toThrow('not found');
  });

  test('stays when the accepted plan does not delete it, and is told', async () => {
    const place = await stage.application({ files: two });
    await carryOut(stage.engine, place.work('D-12', stage.repository.git('rev-parse', 'HEAD')));
    const commit = place.commit({ 'extra.yaml': null, 'config.yaml': configMap('settings', 'two') });

    const { step } = await carryOut(stage.engine, place.work('D-13', commit));

    expect(step).toMatchObject({
      kind: 'applied',
      counts: { applied: 1, pruned: 0 },
      kept: [{ resource: idOf(place.name), why: 'the accepted plan does not delete it' }],
    });
    expect(await stage.argo.plane.kubectl(['get', 'cm', 'extra', '-n', place.name, '-o', 'name'])).toContain('extra');
  });
});

describe('an Application that syncs by itself', () => {
  test('is only followed', async () => {
    const place = await stage.application({ automated: {} });
    const commit = place.commit({ 'web.yaml': deployment('nginx:1.27') });
    const work = place.work('D-20', commit);
    const before = stage.syncs.length;

    const { step } = await carryOut(stage.engine, work);
    const health = await healthUntil(stage.engine, work, step.journal, 'healthy');

    expect(step.kind).toBe('applied');
    expect(stage.syncs.length).toBe(before);
    expect(statusOf(await place.live(), 'operationState', 'operation', 'initiatedBy')).toEqual({ automated: true });
    expect(health.pods).toEqual({ ready: 2, wanted: 2 });
  });

  test('counts when it goes straight to a later commit that holds ours', async () => {
    const place = await stage.application({ automated: {} });
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    const newer = place.commit({ 'config.yaml': configMap('settings', 'three') });

    const { step } = await carryOut(stage.engine, place.work('D-21', commit));

    expect(step.kind).toBe('applied');
    expect(statusOf(await place.live(), 'sync')).toMatchObject({ status: 'Synced', revision: newer });
  });

  test('fails with the message of the server when the commit cannot be applied', async () => {
    const place = await stage.application({ automated: {} });
    const commit = place.commit({ 'broken.yaml': invalidService });

    const { step } = await carryOut(stage.engine, place.work('D-22', commit));

    expect(step).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('spec.ports[0].port: Invalid value'),
    });
  });
});
