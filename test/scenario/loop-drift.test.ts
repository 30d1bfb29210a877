import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Bot, startBot } from './loop/bot.ts';
import { type Clusters, openClusters } from './loop/clusters.ts';
import { eventually } from './loop/eventually.ts';
import { forges, type Hands } from './loop/forges.ts';
import { settings } from './loop/repository.ts';
import { adoptDrift, begin, command, healDrift, inSync, type Stage, seeDrift } from './loop/story.ts';
import { createTable } from './loop/table.ts';

const dir = mkdtempSync(join(tmpdir(), 'fairlead-loop-drift-'));
const table = createTable('edited by hand');
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
  table.print();
});

describe.each(Object.keys(forges))('drift on %s with engine apply', (name) => {
  let clusters: Clusters;
  let hands: Hands;
  let bot: Bot;
  let stage: Stage;
  const row = (story: string) => ({ forge: name, engine: 'apply', story });

  beforeEach(async () => {
    clusters = await openClusters(dir);
    hands = await (forges[name] ?? (() => Promise.reject(new Error(name))))();
    bot = await startBot(hands, clusters);
    const spec = { engine: 'apply', namespaces: clusters.namespaces };
    stage = { hands, spec, between: async () => undefined, liveImage: clusters.liveImage };
  }, 60_000);

  afterEach(async () => {
    await bot.stop();
    await hands.close();
    await clusters.close();
  }, 60_000);

  test('is told on the board within seconds, and put right by a command, by itself, or not at all', async () => {
    await begin(stage);

    const { milliseconds } = await table.timed(row('healed by a command'), () => healDrift(stage, clusters));
    const seen = [milliseconds];
    for (const replicas of [6, 7]) seen.push((await seeDrift(stage, clusters, replicas)).milliseconds);
    const last = await seeDrift(stage, clusters, 8);
    seen.push(last.milliseconds);
    table.note(row('seen on the board'), `${seen.map((one) => `${one} ms`).join(', ')}`);
    expect(Math.max(...seen)).toBeLessThan(30_000);

    await table.timed(row('adopted into Git'), () => adoptDrift(stage, last));
    expect((await clusters.live('prod'))?.spec.replicas).toBe(8);

    await hands.commit('main', { '.fairlead.yaml': settings({ ...stage.spec, onDrift: 'heal' }) }, 'heal by itself');
    await table.timed(row('healed by itself'), async () => {
      await clusters.edit('prod', { spec: { replicas: 9 } });
      await eventually('what Git says again', async () =>
        (await clusters.live('prod'))?.spec.replicas === 8 ? true : undefined,
      );
    });
    await inSync(stage);

    await hands.commit(
      'main',
      { '.fairlead.yaml': settings({ ...stage.spec, onDrift: 'heal', mode: 'observe' }) },
      'only observe',
    );
    // What was begun under the settings before may be ended by them.
    await eventually('the new mode', async () => {
      const answer = await command(hands, { kind: 'issue', number: last.board }, `/fairlead heal ${last.id}`);
      return /mode is `observe`/.test(answer) ? true : undefined;
    });
    const { board, id } = await seeDrift(stage, clusters, 4);
    const told = await command(hands, { kind: 'issue', number: board }, `/fairlead heal ${id}`);
    expect(told).toMatch(/mode is `observe`/);
    expect((await clusters.live('prod'))?.spec.replicas).toBe(4);
    expect(hands.violations()).toEqual([]);
  }, 600_000);
});
