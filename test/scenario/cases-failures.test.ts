import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CaseStage, openCases } from './loop/case-stage.ts';
import { eventually } from './loop/eventually.ts';
import { createTable } from './loop/table.ts';

const table = createTable('what failed');
const row = (story: string) => ({ forge: 'github', engine: 'apply', story });
const crash = 'CrashLoopBackOff';

describe('a deployment that does not become healthy', () => {
  let stage: CaseStage;

  beforeAll(async () => {
    const prod = Object.fromEntries(
      ['pair', 'lead', 'before', 'slow', 'worse', 'refused'].map((name) => [name, 'prod'] as const),
    );
    stage = await openCases('github', { ...prod, later: 'staging' }, { healthDeadline: 20_000 });
  }, 300_000);

  afterAll(async () => {
    await stage.close();
    table.print();
  }, 60_000);

  test('of two merges in a row has only the second taken back', async () => {
    const { hands } = stage;
    const good = await stage.pull('pair', 'prod', { tag: '1.0.0', note: 'good' });
    const first = stage.files('pair', 'prod', { tag: '2.0.0', fails: crash });
    const [kustomization = ''] = Object.keys(first);
    await hands.commit('second', { [kustomization]: first[kustomization] ?? '' }, 'pair 2.0.0');
    const bad = await hands.openPull({ head: 'second', title: 'pair 2.0.0', author: 'developer' });
    await stage.told(bad, /^### .*on merge/m);

    await table.timed(row('two merges, the second bad'), async () => {
      await hands.mergePull(good, 'maintainer');
      await hands.mergePull(bad, 'maintainer');
      await stage.told(bad, /First cause/);
      await stage.revertOf(bad);
    });

    const reverts = stage.reverts();
    expect(reverts.map(({ of }) => of)).toEqual([bad]);
    const head = reverts[0]?.head ?? '';
    const show = (path: string): string =>
      execFileSync('git', ['--git-dir', hands.clone.gitDir, 'show', `${head}:${path}`], { encoding: 'utf8' });
    expect(show(kustomization)).toContain('newTag: 1.0.0');
    expect(show(kustomization.replace('kustomization', 'config'))).toContain('note: good');
  }, 300_000);

  test('of two merges in a row has the first taken back when that is the bad one', async () => {
    const { hands } = stage;
    const bad = await stage.pull('lead', 'prod', { tag: '2.0.0', fails: crash });
    const files = stage.files('lead', 'prod', { tag: '1.0.0', note: 'harmless' });
    const config = Object.keys(files).find((path) => path.endsWith('config.yaml')) ?? '';
    await hands.commit('harmless', { [config]: files[config] ?? '' }, 'lead with a note');
    const next = await hands.openPull({ head: 'harmless', title: 'lead with a note', author: 'developer' });
    await stage.told(next, /^### .*on merge/m);
    const before = stage.reverts().length;

    await table.timed(row('two merges, the first bad'), async () => {
      await hands.mergePull(bad, 'maintainer');
      await stage.newest('lead', ({ state }) => state === 'failed');
      await hands.mergePull(next, 'maintainer');
      await stage.revertOf(bad);
      await stage.told(next, /First cause/);
    });

    const opened = stage.reverts().slice(before);
    expect(opened.map(({ of }) => of)).toEqual([bad]);
    await stage.told(
      next,
      new RegExp(`revert pull ${opened[0]?.number}\\b|#${opened[0]?.number}\\W is open already|failed already before`),
    );
  }, 300_000);

  test('because of what failed before the merge is not taken back, and says so; a retry works once that is mended', async () => {
    const { clusters } = stage;
    const annotations = (fails: string | null) => ({
      spec: { template: { metadata: { annotations: { 'kwok.fail': fails } } } },
    });
    const before = stage.reverts().length;
    await clusters.edit('prod', annotations(crash), 'before');
    await eventually('a crash by hand', async () => {
      const { text } = await clusters.plane.request(
        'GET',
        `/api/v1/namespaces/${clusters.namespaces.prod}/pods?labelSelector=app%3Dbefore`,
      );
      return text.includes(crash) ? true : undefined;
    });

    const pull = await stage.merged('before', 'prod', { tag: '1.0.0', note: 'harmless' });
    const failure = await stage.told(pull, /no revert is open[\s\S]*so a revert would not help/);
    expect(failure).toMatch(/it failed already before this deployment/);
    expect(stage.reverts()).toHaveLength(before);

    await clusters.edit('prod', annotations(null), 'before');
    expect(await stage.ask(pull, '/fairlead retry prod')).toMatch(/tries .* again/);
    await stage.told(pull, /^### ✅ Deployed to 1 target, all healthy/m);
  }, 300_000);

  test('in time, without a sign of failure, is unknown and not taken back', async () => {
    const before = stage.reverts().length;
    const pull = await stage.merged('slow', 'prod', { tag: '2.0.0', isSlow: true });

    const told = await stage.told(pull, /^### ❔ Not known to be healthy in `prod`/m);

    expect(told).toMatch(/neither healthy nor failed after 20 s/);
    expect(await stage.image('slow', 'prod')).toBe('registry.example/app:2.0.0');
    expect(stage.reverts()).toHaveLength(before);
    expect(stage.hands.comments({ kind: 'pull', number: pull }).some(({ body }) => body.includes('First cause'))).toBe(
      false,
    );
  }, 300_000);

  test('after its revert failed too is left to people: no revert of a revert', async () => {
    const { hands, clusters } = stage;
    const bad = await stage.merged('worse', 'prod', { tag: '2.0.0', fails: crash });
    const revert = await stage.revertOf(bad);
    // Somebody else owns the annotation now, so that taking it out of Git does not take it out of the cluster.
    const byHand = { 'kwok.fail': 'ImagePullBackOff' };
    await clusters.edit('prod', { spec: { template: { metadata: { annotations: byHand } } } }, 'worse');
    await stage.told(revert.number, /^### .*on merge/m);
    await hands.mergePull(revert.number, 'maintainer');

    const failure = await stage.told(revert.number, /First cause/);

    const settled = await stage.newest('worse', ({ revertNote }) => revertNote !== null);
    expect(settled.trigger).toBe('revert');
    expect(settled.revertPull).toBeNull();
    expect(settled.revertNote).toMatch(/reverts are never reverted|failed already before/);
    await stage.told(revert.number, /no revert is open/);
    expect(failure).toContain('ImagePullBackOff');
    expect(stage.reverts().filter(({ of }) => of === revert.number)).toEqual([]);
  }, 300_000);

  test('because the server refuses it leaves everything as it was and is taken back', async () => {
    const { hands } = stage;
    const files = stage.files('refused', 'prod', { tag: '2.0.0', replicas: -1 });
    await hands.commit('refused', files, 'refused 2.0.0');
    const pull = await hands.openPull({ head: 'refused', title: 'refused 2.0.0', author: 'developer' });
    expect(await stage.told(pull, /key=review/)).toMatch(/^### .*Blocked/m);
    await hands.mergePull(pull, 'maintainer');
    const waiting = await stage.told(pull, /merged while its review was blocked/);
    expect(waiting).toContain('`/fairlead deploy prod`');
    expect(await stage.image('refused', 'prod')).toBe('registry.example/app:1.0.0');

    await stage.ask(pull, '/fairlead deploy prod');

    const failure = await stage.told(pull, /First cause/);
    expect(failure).toMatch(/replicas/);
    expect(await stage.image('refused', 'prod')).toBe('registry.example/app:1.0.0');
    await stage.revertOf(pull);
  }, 300_000);

  test('and has a later change on top has only its own application put back, and says so', async () => {
    const { hands } = stage;
    const pull = await stage.pull('later', 'staging', { tag: '2.0.0', fails: crash });
    await stage.ask(pull, '/fairlead approve staging');
    await hands.mergePull(pull, 'maintainer');
    const failure = await stage.told(pull, /First cause/);
    expect(failure).toMatch(/no revert is open/);
    await stage.told(pull, /onFailure\.action of staging is none/);
    await hands.commit('main', stage.files('later', 'staging', { tag: '3.0.0', fails: crash }), 'on top');

    expect(await stage.ask(pull, '/fairlead revert staging')).toMatch(/works out a revert/);

    const revert = await stage.revertOf(pull);
    expect(revert.body).toContain('Only files of `staging` are taken back');
    expect(hands.violations()).toEqual([]);
  }, 300_000);
});
