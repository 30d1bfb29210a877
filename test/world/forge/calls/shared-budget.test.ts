import { expect, test } from '@jest/globals';
import type { BudgetAmount, BudgetCaps } from '../../../../src/model/budget.ts';
import { type BudgetSource, ownSource, SharedBudget } from '../../../../src/world/forge/calls/shared-budget.ts';

const read: BudgetAmount = { points: 1, writes: 0 };
const write: BudgetAmount = { points: 5, writes: 1 };
const caps: BudgetCaps = { pointsPerMinute: 800, writesPerMinute: 60, writesPerHour: 400 };
const begun = Date.parse('2026-11-30T02:00:00Z');

/** A budget on a clock that the test moves, and what was leased of it. */
function opened() {
  const time = { at: begun };
  const leased: BudgetAmount[] = [];
  const now = () => new Date(time.at);
  const own = ownSource(now);
  const source: BudgetSource = {
    take: async (key, ask) => {
      const grant = await own.take(key, ask);
      if (grant.given.points > 0 || grant.given.writes > 0) leased.push(grant.given);
      return grant;
    },
  };
  return { time, leased, budget: new SharedBudget({ key: 'github:7', source, caps, now }) };
}

test('a write is leased when it is made, so that none is lost with a slice that is over', async () => {
  const { time, leased, budget } = opened();

  for (let round = 0; round < 6; round += 1) {
    for (const cost of [...Array(30).fill(read), write]) expect(await budget.spend(cost)).toBeNull();
    time.at += 10_000;
  }

  expect(leased.reduce((sum, { writes }) => sum + writes, 0)).toBe(6);
});

test('points are leased in slices that grow, so that the store is not asked for every call', async () => {
  const { leased, budget } = opened();

  for (let count = 0; count < 300; count += 1) expect(await budget.spend(read)).toBeNull();

  expect(leased.map(({ points }) => points)).toEqual([10, 20, 40, 80, 160]);
});

test('an hour gives all the writes there are for work that is not urgent, whatever is read beside them', async () => {
  const { time, budget } = opened();
  const end = begun + 3_600_000;
  let made = 0;
  while (time.at < end) {
    for (const cost of [read, read, read]) await budget.spend(cost);
    if ((await budget.spend(write)) === null) made += 1;
    time.at += 2_000;
  }

  expect(made).toBe(320);
});
