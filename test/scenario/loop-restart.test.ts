import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startBot } from './loop/bot.ts';
import { openClusters } from './loop/clusters.ts';
import { count } from './loop/count.ts';
import { startCrashBot } from './loop/crash-bot.ts';
import { forges } from './loop/forges.ts';
import { begin, healDrift, play, type Stage } from './loop/story.ts';
import { createTable } from './loop/table.ts';

const dir = mkdtempSync(join(tmpdir(), 'fairlead-loop-restart-'));
const table = createTable('restarted at every step');
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
  table.print();
});

const ways = { stopped: startBot, killed: startCrashBot };
/** Each forge one way; `FAIRLEAD_SOAK` plays every way on every forge. */
const all = Object.keys(forges).flatMap((forge) => (['stopped', 'killed'] as const).map((how) => ({ forge, how })));
const usual = new Set(['github killed', 'gitlab stopped']);
const cases = process.env['FAIRLEAD_SOAK'] ? all : all.filter(({ forge, how }) => usual.has(`${forge} ${how}`));

describe.each(cases)('a bot that is $how between any two steps, on $forge', ({ forge, how }) => {
  test('does everything once and loses nothing', async () => {
    const clusters = await openClusters(dir);
    const hands = await (forges[forge] ?? (() => Promise.reject(new Error(forge))))();
    const bot = await ways[how](hands, clusters);
    const steps: string[] = [];
    try {
      const spec = { engine: 'apply', namespaces: clusters.namespaces };
      const between = async (step: string): Promise<void> => {
        steps.push(step);
        await bot.restart();
      };
      const stage: Stage = { hands, spec, between, liveImage: clusters.liveImage };
      await table.timed({ forge, engine: 'apply', story: how }, async () => {
        await begin(stage);
        await play(stage);
        await healDrift(stage, clusters);
      });

      const counts = await count(hands, clusters, bot);
      table.note({ forge, engine: 'apply', story: `${how} ${steps.length} times` }, JSON.stringify(counts));
      // Three pulls, each with one review and one deploy comment; one of them failed once and was taken back once.
      expect(counts).toMatchObject({
        reviewComments: 3,
        deployComments: 3,
        failureComments: 1,
        revertPulls: 1,
        boards: 1,
        deployments: 6,
      });
      // Two environments: made, changed, taken back; then one heal. The ConfigMap never changed after it was made.
      expect(counts).toMatchObject({ deploymentWrites: 7, configWrites: 2 });
      expect(hands.violations()).toEqual([]);
    } finally {
      await bot.stop();
      await hands.close();
      await clusters.close();
    }
  }, 900_000);
});
