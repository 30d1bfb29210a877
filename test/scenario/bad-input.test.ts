import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultKind } from '../../src/pretend/github/faults.ts';
import { until } from '../support/until.ts';
import { casesSettings } from './loop/applications.ts';
import { type CaseStage, openCases } from './loop/case-stage.ts';

const healthy = /^### ✅ Deployed to 1 target, all healthy/m;

/** Faults of the forge on the deploy comment, each on a pull of its own. */
const faults: readonly FaultKind[] = [
  'forbidden',
  'not-found',
  'conflict',
  'invalid',
  'too-many-requests',
  'bad-gateway-after-commit',
];

describe('bad input', () => {
  let stage: CaseStage;

  beforeAll(async () => {
    const names = ['sound', 'cut', 'watched', 'gateway', 'denied', ...faults];
    const prod = Object.fromEntries(names.map((name) => [name, 'prod'] as const));
    stage = await openCases('github', prod, { healthDeadline: 20_000 });
  }, 300_000);

  afterAll(async () => {
    await stage.close();
  }, 60_000);

  test('a pull that breaks .fairlead.yaml is told where, and one that names an unknown cluster which there are', async () => {
    const { hands } = stage;
    const broken = casesSettings.replace('mode: enforce', 'mode: enforced').replace('[staging]', '[nowhere]');
    await hands.commit('broken', { '.fairlead.yaml': broken }, 'break the settings');
    const pull = await hands.openPull({ head: 'broken', title: 'break the settings', author: 'developer' });

    const review = await stage.told(pull, /config-invalid|enforced/);

    expect(review).toMatch(/^### .*Blocked/m);
    expect(review).toMatch(/\.fairlead\.yaml:2/);
    expect(review).toMatch(/observe.*enforce|enforce.*observe/s);
    expect(review).toMatch(/nowhere[\s\S]*prod/);
  }, 300_000);

  test('a broken .fairlead.yaml on the branch changes nothing: the last sound one stays in force', async () => {
    const { hands } = stage;
    await hands.commit('main', { '.fairlead.yaml': 'version: 1\nmode: [enforce\n' }, 'break the settings for good');

    const pull = await stage.merged('sound', 'prod', { tag: '2.0.0' });

    await stage.told(pull, healthy);
    expect(await stage.image('sound', 'prod')).toBe('registry.example/app:2.0.0');
    await hands.commit('main', { '.fairlead.yaml': casesSettings }, 'mend the settings');
  }, 300_000);

  test('an API server that goes away is waited for, and the deployment goes on when it is back', async () => {
    const { hands, clusters } = stage;
    const pull = await stage.pull('cut', 'prod', { tag: '2.0.0' });
    clusters.relay.cut();
    await hands.mergePull(pull, 'maintainer');

    const waiting = await stage.told(pull, /Waiting: [^|]*(reach|answer|connection)/i);
    expect(waiting).toContain('prod');
    clusters.relay.restore();

    await stage.told(pull, healthy);
    expect(await stage.image('cut', 'prod')).toBe('registry.example/app:2.0.0');
  }, 300_000);

  test('an API server that goes away while a rollout is watched makes the outcome unknown, never failed', async () => {
    const { hands, clusters } = stage;
    const pull = await stage.merged('watched', 'prod', { tag: '2.0.0', isSlow: true });
    await stage.told(pull, /Rolling out/);
    clusters.relay.cut();

    const told = await stage.told(pull, /Unknown: [^|]*(reach|answer|connection)/i);
    clusters.relay.restore();

    expect(told).not.toMatch(/Failed/);
    await stage.told(pull, /Unknown: neither healthy nor failed/);
    expect(stage.reverts()).toEqual([]);
    expect(hands.violations()).toEqual([]);
  }, 300_000);

  test('a forge that refuses a comment or loses its answer is asked again: one comment each, nothing lost', async () => {
    const { hands } = stage;
    const pulls: number[] = [];
    for (const kind of faults) pulls.push(await stage.pull(kind, 'prod', { tag: '2.0.0' }));
    for (const [index, kind] of faults.entries())
      hands.faults.add({ kind, method: 'POST', path: new RegExp(`/issues/${pulls[index]}/comments$`) });

    for (const pull of pulls) await hands.mergePull(pull, 'maintainer');

    for (const number of pulls) {
      await stage.told(number, healthy);
      const told = hands.comments({ kind: 'pull', number }).filter(({ body }) => body.includes('key=deploy -->'));
      expect(told).toHaveLength(1);
    }
  }, 600_000);

  test('a forge that loses its answer to a new branch gets one branch and one pull all the same', async () => {
    const { hands } = stage;
    hands.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /\/git\/refs$/ });
    hands.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /\/pulls$/ });
    const pull = await stage.merged('gateway', 'prod', { tag: '2.0.0', fails: 'CrashLoopBackOff' });

    await stage.told(pull, /revert pull \d+.* is open/);

    expect(stage.reverts().filter(({ of }) => of === pull)).toHaveLength(1);
  }, 300_000);

  test('a forge that forbids a branch is told of in the failure comment, and a command tries again', async () => {
    const { hands } = stage;
    hands.faults.add({ kind: 'forbidden', method: 'POST', path: /\/git\/refs$/ });
    const pull = await stage.merged('denied', 'prod', { tag: '2.0.0', fails: 'CrashLoopBackOff' });

    const failure = await stage.told(pull, /It could not be opened: /);

    expect(failure).toMatch(/no revert is open/);
    expect(await stage.ask(pull, '/fairlead revert prod')).toMatch(/works out a revert/);
    await stage.revertOf(pull);
  }, 300_000);

  test('a namespace that never terminates is named with what holds it', async () => {
    const { hands, clusters } = stage;
    const { plane } = clusters;
    const namespace = await plane.namespace('stuck');
    const finalizers = { metadata: { finalizers: ['example.com/never'] } };
    await plane.request('PATCH', `/api/v1/namespaces/${namespace}`, finalizers, 'application/merge-patch+json');
    const files = Object.fromEntries(
      Object.entries(stage.files('stuck', 'prod', { tag: '1.0.0' })).map(([path, text]) => [
        path,
        text?.replace(clusters.namespaces.prod, namespace) ?? null,
      ]),
    );
    await hands.commit('stuck', files, 'stuck 1.0.0');
    const pull = await hands.openPull({ head: 'stuck', title: 'stuck 1.0.0', author: 'developer' });
    await stage.told(pull, /^### .*on merge/m);
    await plane.request('DELETE', `/api/v1/namespaces/${namespace}`);
    await until('the pull to be open', () =>
      hands.pulls().find(({ number, state }) => number === pull && state === 'open'),
    );
    await hands.mergePull(pull, 'maintainer');

    const told = await stage.told(pull, /is being deleted/);

    expect(told).toContain(namespace);
    expect(told).toMatch(/held by finalizer example\.com\/never/);
    await plane.request(
      'PATCH',
      `/api/v1/namespaces/${namespace}`,
      { metadata: { finalizers: null } },
      'application/merge-patch+json',
    );
    expect(hands.violations()).toEqual([]);
  }, 300_000);
});
