import { describe, expect, test } from '@jest/globals';
import { boundHead } from '../../../src/features/commands/bound.ts';
import { head, mergedPull, openPull, plan } from './facts.ts';

const [before, shown, after] = ['2026-11-22T13:59:00Z', '2026-11-22T14:00:00.000Z', '2026-11-22T14:01:00Z'];
const shownPlan = { ...plan, shownAt: shown };

describe('a command is bound to the head', () => {
  test.each([
    ['whose plan was shown before it was typed', { pull: openPull, plan: shownPlan, askedAt: after }],
    ['that was merged before it was typed', { pull: mergedPull, plan: null, askedAt: '2026-11-22T14:06:00Z' }],
  ])('%s', (_, facts) => {
    expect(boundHead(facts)).toMatchObject({ ok: true, head });
  });
});

describe('a command is bound to nothing', () => {
  test.each([
    ['where nothing was reviewed', { pull: openPull, plan: null, askedAt: after }, /not reviewed yet/],
    ['where the plan was shown after it was typed', { pull: openPull, plan: shownPlan, askedAt: before }, /push came/],
    [
      'where the plan was worked out before and is shown by nobody yet',
      { pull: openPull, plan: { ...plan, at: before, shownAt: null }, askedAt: after },
      /was not written yet/,
    ],
    [
      'where another head was shown',
      { pull: openPull, plan: { ...shownPlan, head: 'e'.repeat(40) }, askedAt: after },
      /push came/,
    ],
    [
      'on a pull that was closed',
      { pull: { ...openPull, state: 'closed' as const }, plan: shownPlan, askedAt: after },
      /closed/,
    ],
  ])('%s', (_, facts, why) => {
    expect(boundHead(facts)).toMatchObject({ ok: false, why: expect.stringMatching(why) });
  });
});
