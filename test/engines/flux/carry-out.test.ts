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

const both = (name: string): readonly string[] => [`GitRepository/${name}`, `Kustomization/${name}`];

function valueIn(namespace: string, name: string): Promise<string> {
  return stage.plane.kubectl(['get', 'cm', name, '-n', namespace, '-o', 'jsonpath={.data.key}']);
}

describe('a Kustomization', () => {
  test('is brought to exactly the commit by one request to each, and rolls out', async () => {
    const place = await stage.place();
    await carryOut(stage.engine, place.work('D-0', stage.repository.git('rev-parse', place.name)));
    const before = place.requests().length;
    const commit = place.commit({ 'web.yaml': deployment('nginx:1.27') });
    const work = place.work('D-1', commit);

    const { step, notes } = await carryOut(stage.engine, work);
    const health = await healthUntil(stage.engine, work, step.journal, 'healthy');

    expect(step).toMatchObject({
      kind: 'applied',
      counts: { applied: 2, unchanged: 0, pruned: 0, total: 2 },
      kept: [],
    });
    expect(notes[0]).toBe(`GitRepository ${stage.namespace}/${place.name} fetches.`);
    expect(place.requests().slice(before)).toEqual(both(place.name));
    expect(statusOf(await place.live(), 'lastAppliedRevision')).toBe(`${place.name}@sha1:${commit}`);
    expect(health.pods).toEqual({ ready: 2, wanted: 2 });
  });

  test('is not waited for while it checks health itself, because that is done anyway', async () => {
    const place = await stage.place({ spec: { wait: true } });
    const commit = place.commit({ 'web.yaml': deployment('nginx:9.99', 'ImagePullBackOff') });
    const work = place.work('D-2', commit);

    const { step } = await carryOut(stage.engine, work);
    const early = statusOf(await place.live(), 'lastAppliedRevision');
    const health = await healthUntil(stage.engine, work, step.journal, 'failed');

    expect(step.kind).toBe('applied');
    expect(early).not.toBe(`${place.name}@sha1:${commit}`);
    expect(health.evidence[0]).toMatchObject({ pod: expect.stringMatching(/^web-/), reason: 'ImagePullBackOff' });
  });

  test('is asked once however often a restart forgets the last steps', async () => {
    const place = await stage.place();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    const work = place.work('D-3', commit);

    const { step, journals } = await carryOut(stage.engine, work);
    const asked = place.requests();
    const again = [];
    for (const journal of journals) again.push((await carryOut(stage.engine, work, { journal })).step.kind);

    expect(step.kind).toBe('applied');
    expect(asked.filter((one) => one.startsWith('Kustomization'))).toHaveLength(1);
    expect(again).toEqual(journals.map(() => 'applied'));
    expect(place.requests()).toEqual(asked);
  });

  test('counts at a later commit that holds ours', async () => {
    const place = await stage.place();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    const newer = place.commit({ 'config.yaml': configMap('settings', 'three') });

    const { step } = await carryOut(stage.engine, place.work('D-4', commit));

    expect(step.kind).toBe('applied');
    expect(statusOf(await place.live(), 'lastAppliedRevision')).toBe(`${place.name}@sha1:${newer}`);
  });

  test('is waited for until the source can see the commit, and the source asked again', async () => {
    const place = await stage.place();
    await carryOut(stage.engine, place.work('D-50', stage.repository.git('rev-parse', place.name)));
    const commit = place.prepare({ 'config.yaml': configMap('settings', 'two') });
    const work = place.work('D-5', commit);

    const early = await carryOut(stage.engine, work, {
      until: (step) => step.kind === 'again' && step.note.includes('still sees'),
    });
    const valueThen = await valueIn(place.name, 'settings');
    place.publish(commit);
    const { step } = await carryOut(stage.engine, work, { journal: early.step.journal });

    expect(valueThen).toBe('one');
    expect(step.kind).toBe('applied');
    expect(await valueIn(place.name, 'settings')).toBe('two');
  });

  test('puts back what was changed by hand when the same commit is deployed again', async () => {
    const place = await stage.place();
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });
    await carryOut(stage.engine, place.work('D-6', commit));
    const patch = '{"data":{"key":"by hand"}}';
    await stage.plane.kubectl(['patch', 'configmap', 'settings', '-n', place.name, '--type=merge', '-p', patch]);

    const { step } = await carryOut(stage.engine, place.work('D-7', commit));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 0, unchanged: 1 } });
    expect(await valueIn(place.name, 'settings')).toBe('two');
  });

  test('is waited for while what it depends on is not ready', async () => {
    const other = await stage.place({ files: { 'broken.yaml': invalidService } });
    const place = await stage.place({ spec: { dependsOn: [{ name: other.name }] } });
    const commit = place.commit({ 'config.yaml': configMap('settings', 'two') });

    const early = await carryOut(stage.engine, place.work('D-8', commit), {
      until: (step) => step.kind === 'again' && step.note.includes('DependencyNotReady'),
    });
    await carryOut(stage.engine, other.work('D-9', other.commit({ 'broken.yaml': configMap('repaired', 'one') })));
    const { step } = await carryOut(stage.engine, place.work('D-8', commit), { journal: early.step.journal });

    expect(step.kind).toBe('applied');
  });
});

describe('a commit that fails', () => {
  test('is applied and then failing, with the pod and its reason, when its image cannot be pulled', async () => {
    const place = await stage.place();
    const work = place.work('D-20', place.commit({ 'web.yaml': deployment('nginx:9.99', 'ImagePullBackOff') }));

    const { step } = await carryOut(stage.engine, work);
    const health = await healthUntil(stage.engine, work, step.journal, 'failed');

    expect(step.kind).toBe('applied');
    expect(health.evidence[0]).toMatchObject({ pod: expect.stringMatching(/^web-/), reason: 'ImagePullBackOff' });
  });

  test('fails with the message of the server and the object when the server refuses it', async () => {
    const place = await stage.place();
    await carryOut(stage.engine, place.work('D-21', stage.repository.git('rev-parse', place.name)));
    const files = { 'broken.yaml': invalidService, 'config.yaml': configMap('settings', 'two') };

    const { step } = await carryOut(stage.engine, place.work('D-22', place.commit(files)));

    expect(step).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(
        /^Kustomization .* failed \(ReconciliationFailed\): .*spec\.ports\[0\]\.port: Invalid value: 70000/,
      ),
      resource: { kind: 'Service', name: 'broken', namespace: place.name },
    });
    expect(await valueIn(place.name, 'settings')).toBe('one');
  });

  test('fails when its manifests cannot be built', async () => {
    const place = await stage.place();
    const commit = place.commit({ 'kustomization.yaml': 'resources: [absent.yaml]\n' });

    const { step } = await carryOut(stage.engine, place.work('D-23', commit));

    expect(step).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/BuildFailed.*absent\.yaml/) });
  });

  test('fails when its folder is gone', async () => {
    const place = await stage.place();
    await carryOut(stage.engine, place.work('D-24', stage.repository.git('rev-parse', place.name)));
    const commit = place.commit({ 'config.yaml': null });

    const work = place.work('D-25', commit, { deletes: [idOf(place.name, 'settings')] });
    const { step } = await carryOut(stage.engine, work);

    expect(step).toMatchObject({ kind: 'failed', reason: expect.stringContaining('kustomization path not found') });
    expect(await valueIn(place.name, 'settings')).toBe('one');
  });
});

describe('what Git has no more', () => {
  const two = { 'config.yaml': configMap('settings', 'one'), 'extra.yaml': configMap('extra', 'one') };

  test('is pruned when the accepted plan deletes it', async () => {
    const place = await stage.place({ files: two });
    await carryOut(stage.engine, place.work('D-30', stage.repository.git('rev-parse', place.name)));
    const commit = place.commit({ 'extra.yaml': null });

    const { step } = await carryOut(stage.engine, place.work('D-31', commit, { deletes: [idOf(place.name, 'extra')] }));

    expect(step).toMatchObject({ kind: 'applied', counts: { pruned: 1, total: 1 }, kept: [] });
    await expect(valueIn(place.name, 'extra')).rejects.toThrow('not found');
  });

  test('keeps anything from being asked for when the accepted plan does not delete it', async () => {
    const place = await stage.place({ files: two });
    await carryOut(stage.engine, place.work('D-32', stage.repository.git('rev-parse', place.name)));
    const before = place.requests();
    const commit = place.commit({ 'extra.yaml': null });

    const { step } = await carryOut(stage.engine, place.work('D-33', commit));
    const repeated = await carryOut(stage.engine, place.work('D-33', commit), { journal: step.journal });

    expect(step).toMatchObject({
      kind: 'refused',
      reason: `Kustomization ${stage.namespace}/${place.name} would delete ConfigMap ${place.name}/extra, which the accepted plan does not delete.`,
    });
    expect(repeated.step.kind).toBe('refused');
    expect(place.requests()).toEqual(before);
    expect(await valueIn(place.name, 'extra')).toBe('one');
  });

  test.each([
    ['the Kustomization does not prune', {}, { prune: false }, /does not prune$/],
    [
      'it is marked so',
      { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
      {},
      /^it is marked kustomize\.toolkit\.fluxcd\.io\/prune: disabled$/,
    ],
  ])('stays and is told when %s', async (_, labels, spec, why) => {
    const files = { ...two, 'extra.yaml': configMap('extra', 'one', labels) };
    const place = await stage.place({ files, spec });
    await carryOut(stage.engine, place.work('D-34', stage.repository.git('rev-parse', place.name)));
    const commit = place.commit({ 'extra.yaml': null });

    const { step } = await carryOut(stage.engine, place.work('D-35', commit));

    expect(step).toMatchObject({
      kind: 'applied',
      counts: { pruned: 0 },
      kept: [{ resource: idOf(place.name, 'extra'), why: expect.stringMatching(why) }],
    });
    expect(await valueIn(place.name, 'extra')).toBe('one');
  });
});

describe('what cannot be asked', () => {
  test.each([
    ['Kustomization', { spec: { suspend: true } }],
    ['GitRepository', { sourceSpec: { suspend: true } }],
  ])('is refused when its %s is suspended', async (kind, options) => {
    const place = await stage.place(options);

    const { step } = await carryOut(stage.engine, place.work('D-40', stage.repository.git('rev-parse', place.name)));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: `${kind} ${stage.namespace}/${place.name} is suspended.`,
    });
    expect(place.requests()).toEqual([]);
  });

  test('is refused, with what was looked for, when there is none', async () => {
    const place = await stage.place();
    const commit = stage.repository.git('rev-parse', place.name);

    const { step } = await carryOut(stage.engine, place.work('D-41', commit, { root: 'apps/other' }));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(
        /^Flux has no Kustomization or HelmRelease for folder apps\/other of http:.*, branch app-.*; it has Kustomization /,
      ),
    });
  });

  test('is refused when it went away', async () => {
    const place = await stage.place();
    const work = place.work('D-42', place.commit({ 'config.yaml': configMap('settings', 'two') }));
    const { journals } = await carryOut(stage.engine, work);
    await stage.plane.kubectl(['delete', 'kustomization', place.name, '-n', stage.namespace]);

    const { step } = await carryOut(stage.engine, work, { journal: journals.at(-1) ?? null });

    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/^Kustomization .* is gone\.$/) });
  });
});

function idOf(namespace: string, name: string) {
  return { group: '', version: 'v1', kind: 'ConfigMap', namespace, name };
}
