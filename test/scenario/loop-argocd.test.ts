import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { addApplications } from './loop/argocd.ts';
import { startBot } from './loop/bot.ts';
import { openClusters } from './loop/clusters.ts';
import { forges } from './loop/forges.ts';
import { begin, play, type Stage } from './loop/story.ts';
import { createTable } from './loop/table.ts';

const dir = mkdtempSync(join(tmpdir(), 'fairlead-loop-argocd-'));
const table = createTable('story');
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
  table.print();
});

describe.each(Object.keys(forges))('the loop on %s with a real Argo CD', (name) => {
  test('goes from a merge to a cluster that is healthy again', async () => {
    const clusters = await openClusters(dir);
    const hands = await (forges[name] ?? (() => Promise.reject(new Error(name))))({ isPrivate: false });
    const bot = await startBot(hands, clusters);
    const removeApplications = await addApplications(hands, clusters);
    try {
      const spec = { engine: 'argocd', namespaces: clusters.namespaces };
      const stage: Stage = { hands, spec, between: async () => undefined, liveImage: clusters.liveImage };
      const row = (story: string) => ({ forge: name, engine: 'argocd', story });
      await table.timed(row('first deploy'), () => begin(stage));
      await table.timed(row('pull to healthy again'), () => play(stage));
      expect(hands.violations()).toEqual([]);
    } finally {
      await removeApplications();
      await bot.stop();
      await hands.close();
      await clusters.close();
    }
  }, 600_000);
});
