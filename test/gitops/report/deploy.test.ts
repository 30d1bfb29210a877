import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deployComment } from '../../../src/gitops/report/deploy.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import { deploymentOf, hostileDeployment, soak } from '../../support/deployments.ts';
import { expectGolden } from '../../support/golden.ts';
import { faultsOf, topTypes } from '../../support/markdown-shape.ts';
import { brokenSettings, failed, staging, waiting } from './told.ts';

const commit = 'ab12cd3'.padEnd(40, '0');
const options = { limit: 60_000, commitUrl: 'https://forge.example/acme/shop/commit/ab12cd3' };
const tell = (...deployments: readonly Deployment[]): string =>
  deployComment({ commit, pull: 482, deployments, mode: 'enforce', problem: null }, options);

describe('the deploy comment', () => {
  const retried = deploymentOf({ id: 'D-15', environment: 'staging', cluster: 'stg-eu', state: 'superseded' });

  test('reads as the golden file and in the order of verdict, table, next, folds, footer', () => {
    const text = tell(waiting, failed, staging, retried);

    expectGolden('deploy.md', text);
    expect(topTypes(text)).toEqual([
      'heading',
      'table',
      'paragraph',
      'html',
      'list',
      'html',
      'html',
      'list',
      'html',
      'paragraph',
    ]);
  });

  test('is the same whatever order the deployments come in', () => {
    expect(tell(retried, staging, failed, waiting)).toBe(tell(waiting, failed, staging, retried));
  });

  test.each<[string, readonly Deployment[], RegExp, string]>([
    ['nothing', [], /➖ Nothing is deployed/, ''],
    ['all healthy', [staging], /✅ Deployed to 1 target, all healthy/, ''],
    ['a failure', [staging, failed], /⛔ Deploy failed in `prod` · 1 of 2 targets healthy/, '/fairlead retry prod'],
    ['a wait for approval', [waiting], /⏳ Waiting to deploy to `prod`/, '/fairlead approve prod'],
    [
      'a wait for a command',
      [{ ...waiting, reason: 'for `/fairlead deploy prod`' }],
      /⏳ Waiting/,
      '/fairlead deploy prod',
    ],
    ['a pause', [{ ...waiting, reason: 'prod is paused by anna' }], /⏳ Waiting/, '/fairlead resume prod'],
    ['a hold', [{ ...waiting, reason: 'held by anna' }], /⏳ Waiting/, '/fairlead unhold'],
    [
      'an environment before it',
      [{ ...waiting, reason: 'for staging to be healthy for 180 s' }],
      /⏳ Waiting/,
      '/fairlead hold',
    ],
    ['a roll-out', [staging, { ...waiting, state: 'following' }], /🚀 Deploying to `prod` · 1 of 2/, ''],
    ['an unknown end', [{ ...waiting, state: 'unknown' }], /❔ Not known to be healthy in `prod`/, '/fairlead status'],
  ])('says of %s how far it is and what comes next', (_title, deployments, first, command) => {
    const text = tell(...deployments);

    expect(text.split('\n')[0]).toMatch(first);
    expect(/\*\*Next:\*\*.*/.exec(text)?.[0] ?? '').toContain(command);
    expect(text.includes('**Next:**')).toBe(command !== '');
  });

  describe('of a rollback', () => {
    const undone = deploymentOf({ id: 'D-15', state: 'healthy', commit: '9f3c2e1'.padEnd(40, '0') });
    const back = deploymentOf({
      ...{ id: 'D-19', state: 'healthy', trigger: 'rollback', actor: 'anna' },
      ...{ commit: '51ab7d0'.padEnd(40, '0'), createdAt: '2026-11-22T14:30:00.000Z' },
    });

    test('reads as the golden file: which commit runs, that Git says another, and how to go on', () => {
      expectGolden('deploy-rollback.md', tell(staging, undone, back));
    });

    test('is no success of the pull, nor done before it is healthy', () => {
      const text = tell(undone, { ...back, state: 'applying' });

      expect(tell(undone, back).split('\n')[0]).toMatch(/^### ↩️ Rolled back in `prod` · 1 of 1 target healthy/);
      expect(text.split('\n')[0]).toMatch(/🚀 Deploying to `prod`/);
      expect(text).toContain('`prod` · `prod-eu` goes back to `51ab7d0`');
    });

    test('is not told of one that a newer deployment took the place of, or that failed', () => {
      const next = deploymentOf({ id: 'D-20', state: 'healthy', createdAt: '2026-11-22T14:40:00.000Z' });

      expect(tell(undone, back, next)).not.toContain('Rolled back');
      expect(tell(undone, { ...back, state: 'failed' })).not.toContain('Rolled back');
    });
  });

  test('names the revert that was asked for, or why there is none; of a failure its own comment does', () => {
    const of = (change: Partial<Deployment>): string =>
      tell(deploymentOf({ id: 'D-5', application: 'apps/web', state: 'healthy', ...change }));

    expect(of({ revertPull: 9 })).toMatch(/- \*\*Revert:\*\* pull 9 takes `apps\/web` in .* back\n/);
    expect(of({ revertNote: 'No merge changed it.' })).toMatch(/- \*\*No revert:\*\* `apps\/web` .* — No merge/);
    expect(of({ state: 'failed', revertPull: 9 })).not.toContain('Revert:');
    expect(of({})).not.toContain('evert:');
  });

  test('says in observe mode that nothing is written, and names no command that would', () => {
    const view = { commit, pull: 482, deployments: [waiting], mode: 'observe', problem: null } as const;
    const text = deployComment(view, options);

    expect(text).toContain('`mode: enforce`');
    expect(text).not.toContain('**Next:**');
  });

  test('says that the newest settings are not in force, and why', () => {
    const view = { commit, pull: 482, deployments: [waiting], mode: 'enforce' } as const;
    const text = deployComment({ ...view, problem: brokenSettings }, options);

    expect(text).toContain('⚠️ **Settings:** the settings of ab12cd3 are not in force: .fairlead.yaml:2:7');
    expect(faultsOf(text, 60_000)).toEqual([]);
  });

  test('tells durations between recorded times only', () => {
    expect(tell(staging)).toContain('| 41 s |');
    expect(tell(waiting)).toMatch(/\| — \| — \| — \|/);
  });

  test('holds its limit and its form whatever the names are', () => {
    fc.assert(
      fc.property(
        fc.array(hostileDeployment, { maxLength: 30 }),
        fc.integer({ min: 2_000, max: 60_000 }),
        fc.constantFrom('observe' as const, 'enforce' as const),
        (deployments, limit, mode) => {
          const text = deployComment({ commit, pull: 482, deployments, mode, problem: null }, { limit });

          expect(faultsOf(text, limit)).toEqual([]);
          expect(topTypes(text)[0]).toBe('heading');
        },
      ),
      { numRuns: 60 * soak },
    );
  });

  test('counts what has no room', () => {
    const many = Array.from({ length: 90 }, (_, index) =>
      deploymentOf({ id: `D-${index}`, application: `apps/a${index}`, state: 'healthy' }),
    );

    const text = deployComment(
      { commit, pull: 482, deployments: many, mode: 'enforce', problem: null },
      { limit: 4_000 },
    );

    const rows = text.split('\n').filter((line) => line.includes('apps/a')).length;
    expect(text).toContain(`… and ${90 - rows} more rows.`);
  });
});
