import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failureComment } from '../../../src/gitops/report/failure.ts';
import { hostileDeployment, hostileText, soak } from '../../support/deployments.ts';
import { expectGolden } from '../../support/golden.ts';
import { faultsOf, topTypes } from '../../support/markdown-shape.ts';
import { changes, failed } from './told.ts';

const lastGood = '51ab7d0'.padEnd(40, '0');
const revert = { pull: 483, url: 'https://forge.example/acme/shop/pull/483', state: 'open', none: null } as const;
const options = { limit: 60_000 };

describe('the failure comment', () => {
  test('reads as the golden file: verdict, what was seen, evidence, changes, next', () => {
    const text = failureComment({ deployment: failed, changes, revert, lastGood }, options);

    expectGolden('failure.md', text);
    expect(topTypes(text).slice(0, 3)).toEqual(['heading', 'table', 'html']);
    expect(topTypes(text).at(-1)).toBe('paragraph');
  });

  test('names the first cause with pod, container, exit code and restarts, and the last log lines', () => {
    const text = failureComment({ deployment: failed, changes, revert, lastGood }, options);

    expect(text).toMatch(/First cause \| `CrashLoopBackOff` .*`checkout-7c9d`.*`checkout`.*exit code 1.*5 restarts/);
    expect(text).toContain('unknown key "db.poolSize"');
    expect(text).toContain('No log lines: the container never started.');
  });

  test('says why there is no revert, and how to ask for one', () => {
    const none = 'nothing was healthy here before';
    const text = failureComment({ deployment: failed, changes, revert: { none }, lastGood: null }, options);

    expect(text.split('\n')[0]).toContain('no revert is open');
    expect(text).toContain(`| No revert | ${none} |`);
    expect(text).toContain('`/fairlead revert prod`');
  });

  test('says that the revert was merged, and asks for nothing more', () => {
    const view = { deployment: failed, changes, revert: { ...revert, state: 'merged' }, lastGood } as const;
    const text = failureComment(view, options);

    expect(text.split('\n')[0]).toMatch(/\[revert pull 483\]\(\S+\) was merged$/);
    expect(text).not.toMatch(/No revert|or close it/);
    expect(text).toContain('**Next:** [pull 483](https://forge.example/acme/shop/pull/483) takes it back');
  });

  test.each([
    [null, 'pull 483 was closed; `/fairlead revert prod` opens another'],
    ['D-19 has taken its place since.', 'D-19 has taken its place since.'],
  ])('says that the revert was closed, and how to have another (%s)', (none, told) => {
    const view = { deployment: failed, changes, revert: { ...revert, state: 'closed', none }, lastGood } as const;
    const text = failureComment(view, options);

    expect(text.split('\n')[0]).toMatch(/\[revert pull 483\]\(\S+\) was closed$/);
    expect(text).toContain(`| No revert | ${told} |`);
    expect(text).toContain('`/fairlead revert prod` opens a revert');
    expect(text).not.toContain('merge [pull 483]');
  });

  test('does not link an address that is none', () => {
    const text = failureComment(
      { deployment: failed, changes, revert: { ...revert, url: 'javascript:alert(1)' }, lastGood },
      options,
    );

    expect(text).not.toContain('javascript');
    expect(text).toContain('revert pull 483 is open');
  });

  test('keeps a fence whole where the limit is tight', () => {
    const long = {
      ...failed,
      evidence: failed.evidence.map((one) => ({ ...one, logs: Array(40).fill('x'.repeat(390)) })),
    };

    const text = failureComment({ deployment: long, changes, revert, lastGood }, { limit: 6_000 });

    expect(faultsOf(text, 6_000)).toEqual([]);
    expect(text).toContain('CrashLoopBackOff');
  });

  test('holds its limit and its form whatever the names are', () => {
    fc.assert(
      fc.property(
        hostileDeployment,
        hostileText,
        fc.integer({ min: 2_500, max: 60_000 }),
        (deployment, none, limit) => {
          const text = failureComment({ deployment, changes, revert: { none }, lastGood }, { limit });

          expect(faultsOf(text, limit)).toEqual([]);
          expect(topTypes(text)[0]).toBe('heading');
        },
      ),
      { numRuns: 60 * soak },
    );
  });
});
