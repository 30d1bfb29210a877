import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type BudgetAsk,
  type BudgetState,
  type BudgetWord,
  fullBudget,
  mergeWords,
  takeBudget,
  unheard,
} from '../../src/model/budget.ts';

const caps = { pointsPerMinute: 800, writesPerMinute: 60, writesPerHour: 400 };
const start = Date.parse('2026-03-01T12:00:00Z');

const askFor = (points: number, writes: number, isUrgent: boolean): BudgetAsk => {
  const wanted = { points, writes };
  return {
    needed: { points: Math.min(points, 1), writes: Math.min(writes, 1) },
    wanted,
    caps,
    isUrgent,
    heard: unheard,
  };
};

const step = fc.record({
  wait: fc.integer({ min: 0, max: 30_000 }),
  points: fc.integer({ min: 0, max: 200 }),
  writes: fc.integer({ min: 0, max: 12 }),
  isUrgent: fc.boolean(),
});

/** Most that was taken within any span of this length, and by whoever may not use the reserve. */
function mostWithin(taken: readonly { at: number; count: number }[], span: number): number {
  const sums = taken.map(({ at }) =>
    taken.filter((other) => other.at >= at && other.at < at + span).reduce((sum, { count }) => sum + count, 0),
  );
  return Math.max(0, ...sums);
}

test('in no minute and no hour is more taken than the caps say, whoever takes it', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
      let state: BudgetState = fullBudget;
      let now = start;
      const [points, writes]: { at: number; count: number }[][] = [[], []];
      for (const { wait, isUrgent, ...wanted } of steps) {
        now += wait;
        const taken = takeBudget(state, askFor(wanted.points, wanted.writes, isUrgent), now);
        ({ state } = taken);
        points?.push({ at: now, count: taken.grant.given.points });
        writes?.push({ at: now, count: taken.grant.given.writes });
      }
      expect(mostWithin(points ?? [], 60_000)).toBeLessThanOrEqual(caps.pointsPerMinute);
      expect(mostWithin(writes ?? [], 60_000)).toBeLessThanOrEqual(caps.writesPerMinute);
      expect(mostWithin(writes ?? [], 3_600_000)).toBeLessThanOrEqual(caps.writesPerHour);
    }),
  );
});

test('what is not urgent leaves a fifth, which is there for what is', () => {
  const ordinary = takeBudget(fullBudget, askFor(10_000, 10_000, false), start);
  const more = takeBudget(ordinary.state, askFor(10, 1, false), start);
  const urgent = takeBudget(more.state, askFor(10_000, 10_000, true), start);

  expect(ordinary.grant.given).toEqual({ points: 640, writes: 48 });
  expect(more.grant.given).toEqual({ points: 0, writes: 0 });
  expect(urgent.grant.given).toEqual({ points: 160, writes: 12 });
});

test('says when there is something again, and there is', () => {
  const { state } = takeBudget(fullBudget, askFor(10_000, 10_000, true), start);
  const refused = takeBudget(state, askFor(10, 1, true), start + 1_000).grant;

  expect(refused.freeAt).toBeGreaterThan(start + 50_000);
  expect(takeBudget(state, askFor(10, 1, true), refused.freeAt).grant.given).toEqual({ points: 10, writes: 1 });
});

test('gives a full hour back once it is over', () => {
  let state: BudgetState = fullBudget;
  let now = start;
  let refused = 0;
  for (let minute = 0; minute < 20; minute += 1) {
    const taken = takeBudget(state, askFor(10, 60, true), now);
    ({ state } = taken);
    if (taken.grant.given.writes === 0) refused = taken.grant.freeAt;
    now += 70_000;
  }

  expect(refused - start).toBeGreaterThanOrEqual(3_600_000);
  expect(takeBudget(state, askFor(10, 1, true), refused).grant.given.writes).toBe(1);
});

test('is not locked by a clock that ran ahead and came back', () => {
  const ahead = takeBudget(fullBudget, askFor(10_000, 10_000, true), start + 600_000).state;
  const closed: BudgetWord = { ...unheard, closedUntil: start + 86_400_000 };

  const { grant } = takeBudget(ahead, { ...askFor(10, 1, true), heard: closed }, start);

  expect(grant.given).toEqual({ points: 10, writes: 1 });
  expect(grant.word.closedUntil).toBe(start + 7_200_000);
});

test.each<[string, BudgetWord, BudgetWord, Partial<BudgetWord>]>([
  [
    'of one period the lower rest counts',
    { limit: 5000, remaining: 80, resetAt: start + 9_000, closedUntil: 0 },
    { limit: 5000, remaining: 90, resetAt: start + 9_000, closedUntil: 0 },
    { remaining: 80 },
  ],
  [
    'of two periods the later one',
    { limit: 5000, remaining: 0, resetAt: start + 9_000, closedUntil: 0 },
    { limit: 5000, remaining: 4999, resetAt: start + 3_609_000, closedUntil: 0 },
    { remaining: 4999, resetAt: start + 3_609_000 },
  ],
  [
    'of two closures the later end',
    { ...unheard, closedUntil: start + 1 },
    { ...unheard, closedUntil: start + 2 },
    { closedUntil: start + 2 },
  ],
  [
    'what was told counts over nothing',
    { limit: 5000, remaining: 7, resetAt: start + 9_000, closedUntil: 0 },
    unheard,
    { limit: 5000, remaining: 7 },
  ],
])('%s', (_title, one, other, expected) => {
  expect(mergeWords(one, other, start)).toMatchObject(expected);
  expect(mergeWords(other, one, start)).toMatchObject(expected);
});
