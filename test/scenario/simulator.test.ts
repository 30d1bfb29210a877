import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seedOfRun } from '../support/seeded.ts';
import { simulate } from './simulator/simulation.ts';
import { schedules } from './simulator/steps.ts';

const runs = process.env['FAIRLEAD_SOAK'] === undefined ? 1_000 : 10_000;

describe('a bot that is simulated through duplicates, lost and late webhooks, failing calls and crashes', () => {
  test(`ends ${runs} random schedules with one right comment and one right check on every open head`, async () => {
    const seed = seedOfRun();
    let [crashes, delivered] = [0, 0];
    const started = Date.now();

    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const ending = await simulate(schedule, 'looks around');
        crashes += ending.crashes;
        delivered += ending.delivered;
        expect(ending.wrong).toEqual([]);
      }),
      { seed, numRuns: runs, unbiased: true },
    );

    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(
      `simulated: seed ${seed}, ${runs} schedules, ${delivered} webhooks, ${crashes} crashes, ${seconds} s\n`,
    );
    expect(crashes).toBeGreaterThan(runs / 2);
  }, 3_600_000);

  test('finds a bot that never looks around, and shrinks what fails it to a few steps', async () => {
    const found = await fc.check(
      fc.asyncProperty(schedules, async (schedule) => (await simulate(schedule, 'is blind')).wrong.length === 0),
      { seed: 1, numRuns: 200 },
    );

    expect(found.failed).toBe(true);
    expect(found.counterexample?.[0].length).toBeLessThan(8);
  });
});
