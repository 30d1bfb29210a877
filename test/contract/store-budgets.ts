import { describe, expect, test } from '@jest/globals';
import { type BudgetAsk, unheard } from '../../src/model/budget.ts';
import type { StageOf } from './store-fixtures.ts';

const caps = { pointsPerMinute: 800, writesPerMinute: 60, writesPerHour: 400 };

const ask = (writes: number, changes: Partial<BudgetAsk> = {}): BudgetAsk => {
  const amount = { points: writes * 5, writes };
  return { needed: amount, wanted: amount, caps, isUrgent: true, heard: unheard, ...changes };
};

/** Budgets that replicas share. */
export function describeBudgets(stage: StageOf): void {
  describe('budgets', () => {
    test('give no more than the caps to many that ask at once', async () => {
      const { store } = stage();

      const grants = await Promise.all(Array.from({ length: 25 }, () => store.budgets.take('forge:1', ask(3))));

      const given = grants.reduce((sum, grant) => sum + grant.given.writes, 0);
      expect(given).toBe(caps.writesPerMinute);
    });

    test('are one for each key', async () => {
      const { store } = stage();

      await store.budgets.take('forge:2', ask(60));

      expect((await store.budgets.take('forge:2', ask(1))).given.writes).toBe(0);
      expect((await store.budgets.take('forge:3', ask(1))).given.writes).toBe(1);
    });

    test('let all know what one of them heard', async () => {
      const { store, clock } = stage();
      const now = clock.now().getTime();
      const heard = { limit: 5000, remaining: 12, resetAt: now + 60_000, closedUntil: now + 30_000 };

      await store.budgets.take('forge:4', ask(0, { heard }));

      expect((await store.budgets.take('forge:4', ask(0))).word).toEqual(heard);
    });
  });
}
