import { describe, expect, test } from '@jest/globals';
import { beforeHead, marksOf, newsSince } from '../../../src/features/review/news.ts';
import type { Change } from '../../../src/model/change.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { blockerOf, fieldOf, objectOf, targetOn, updateOf } from '../../gitops/report/review-of.ts';
import { shop } from '../../support/deployments.ts';

const key = new Uint8Array(32).fill(7);
const web = objectOf('Deployment', 'web', 'apps');
const target = targetOn('prod-eu');
const finding = blockerOf(target, web, 'the volume is gone');
const change = updateOf(target, web, fieldOf(['spec', 'replicas'], 1, 2));
const head = (letter: string): string => letter.repeat(40);

/** Plans as they are kept, oldest first. */
const kept = (...plans: readonly Plan[]) => ({
  plans: {
    save: async () => undefined,
    of: async (_repo: unknown, _pull: number, wanted: string | null) =>
      plans.findLast((plan) => wanted === null || plan.head === wanted) ?? null,
  },
});
const planOf = (of: string, more: Partial<Plan> = {}): Plan => ({
  ...{ repo: shop, pull: 7, head: head(of), base: head('0'), verdict: 'caution', targets: [] },
  ...{ at: '2026-11-22T14:00:00.000Z', shownAt: '2026-11-22T14:00:01.000Z' },
  marks: marksOf({ findings: [finding], changes: [change] }, key),
  ...more,
});
const newsOf = async (now: string, ...plans: readonly Plan[]) =>
  newsSince(await beforeHead({ repo: shop, pull: 7, head: head(now) }, kept(...plans)), key);

describe('what is new since the run before', () => {
  test.each<[string, Finding, boolean]>([
    ['as it was', finding, false],
    ['on another line', { ...finding, line: 99 }, false],
    ['with other words', { ...finding, message: 'the volumes are gone' }, true],
    ['graver', { ...finding, severity: 'note' }, true],
    ['on another target', { ...finding, target: 'x' }, true],
  ])('of a finding %s', async (_what, now, isNew) => {
    expect((await newsOf('b', planOf('a')))?.isNewFinding(now)).toBe(isNew);
  });

  test.each<[string, Change, boolean]>([
    ['as it was', change, false],
    ['with another value', updateOf(target, web, fieldOf(['spec', 'replicas'], 1, 3)), true],
    ['from another value', updateOf(target, web, fieldOf(['spec', 'replicas'], 0, 2)), true],
    ['that became a deletion', { ...change, action: 'delete' }, true],
    ['that is worked out offline now', { ...change, offline: 'no rights' }, true],
  ])('of a change %s', async (_what, now, isNew) => {
    expect((await newsOf('b', planOf('a')))?.isNewChange(now)).toBe(isNew);
  });

  test('is told against the last other head that was shown, whatever came of it since', async () => {
    const empty = planOf('b', { marks: [], earlier: [{ head: head('a'), verdict: 'caution' }] });

    expect((await newsOf('c', planOf('a'), empty))?.since).toBe(head('b'));
    expect((await newsOf('b', planOf('a'), empty))?.since).toBe(head('a'));
    expect((await newsOf('b', planOf('a'), empty))?.isNewChange(change)).toBe(false);
    expect((await newsOf('c', planOf('a'), { ...empty, shownAt: null }))?.since).toBe(head('a'));
  });

  test('is nothing on a first run, after the store was lost, of an older version’s plan and without a key', async () => {
    const { marks: _, ...old } = planOf('a');

    expect(await newsOf('a')).toBeNull();
    expect(await newsOf('a', planOf('a'))).toBeNull();
    expect(await newsOf('b', old)).toBeNull();
    expect(newsSince(await beforeHead({ repo: shop, pull: 7, head: head('b') }, kept(planOf('a'))), null)).toBeNull();
    expect(marksOf({ findings: [finding], changes: [change] }, null)).toEqual([]);
  });

  test('keeps no value, and marks nobody can compute without the key', () => {
    const secret = updateOf(target, web, fieldOf(['data', 'x'], 'hunter2hunter2', 'swordfish'));
    const marks = marksOf({ findings: [finding], changes: [secret] }, key);

    expect(marks).toHaveLength(2);
    for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{24}$/);
    expect(marksOf({ findings: [finding], changes: [secret] }, new Uint8Array(32))).not.toEqual(marks);
  });
});

describe('the runs before', () => {
  test('are named newest first, each head once and without the one under review, five at most', async () => {
    const earlier = ['b', 'a', 'f', 'e', 'd', '9'].map((letter) => ({ head: head(letter), verdict: 'ready' as const }));
    const newest = planOf('c', { earlier });
    const of = async (now: string) =>
      (await beforeHead({ repo: shop, pull: 7, head: head(now) }, kept(newest))).earlier.map((run) => run.head[0]);

    expect(await of('8')).toEqual(['c', 'b', 'a', 'f', 'e']);
    expect(await of('c')).toEqual(['b', 'a', 'f', 'e', 'd']);
    expect(await of('a')).toEqual(['c', 'b', 'f', 'e', 'd']);
  });
});
