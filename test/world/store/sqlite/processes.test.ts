import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openSqliteReadOnly } from '../../../../src/world/store/sqlite/read-only.ts';
import { type OpenedStore, openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import { untilSize } from '../../../contract/queue-fixtures.ts';
import { killChild, type StoreChild, startChild } from './child.ts';

describe('the SQLite store among processes', () => {
  let folder: string;
  let path: string;
  const children: StoreChild[] = [];
  const start = async (...options: Parameters<typeof startChild>): Promise<StoreChild> => {
    const child = await startChild(...options);
    children.push(child);
    return child;
  };
  const open = (): Promise<OpenedStore> => openSqlite({ path, now: () => new Date(), random: Math.random });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-processes-'));
    path = join(folder, 'data', 'fairlead.db');
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map(killChild));
    await rm(folder, { recursive: true });
  });

  test('refuses a second server by naming the first, lets readers in, and is free when the first is killed', async () => {
    const child = await start('hold', path);

    await expect(open()).rejects.toMatchObject({
      code: 'store-locked',
      message: expect.stringContaining(`process ${child.process.pid} on test-host`),
    });
    const reader = await openSqliteReadOnly(path);
    expect(await reader.audit.verify()).toEqual({ rows: 0, broken: null });
    await reader.close();
    await expect(open()).rejects.toMatchObject({ code: 'store-locked' });

    await killChild(child);
    const { close } = await open();
    await close();
  });

  test('loses nothing that was acknowledged to ten kills, and runs again what a kill interrupted', async () => {
    const acked: string[] = [];
    const begun: string[] = [];
    const done = new Set<string>();
    const faults: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const child = await start('work', path, `round-${round}`);
      await child.untilSaid('acked', 30 + ((round * 37) % 100));
      await killChild(child);
      faults.push(...child.said('failed'), ...child.said('fault'));
      acked.push(...child.said('acked'));
      begun.push(...child.said('begun'));
      for (const id of child.said('done')) done.add(id);
    }
    const unfinished = begun.filter((id) => !done.has(id));

    const { store, queue, close } = await open();
    queue.work('ingest', async ({ payload }) => void done.add(String(payload.delivery)));
    queue.start();
    await untilSize(queue, 0);

    expect(faults).toEqual([]);
    expect(acked.length).toBeGreaterThan(500);
    // Some were begun twice: a kill interrupted them, and the next round or the end ran them again.
    expect(unfinished.length + begun.length - new Set(begun).size).toBeGreaterThan(0);
    expect([...acked, ...begun].filter((id) => !done.has(id))).toEqual([]);
    for (const id of acked) expect(await store.deliveries.get('github', id)).not.toBeNull();
    const { rows, broken } = await store.audit.verify();
    expect(broken).toBeNull();
    expect(rows).toBeGreaterThanOrEqual(acked.length);
    await close();
    const database = new DatabaseSync(path);
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  }, 40_000);

  test('gives each lease to one of two processes that race for it', async () => {
    const { close } = await open();
    await close();
    const racers = [await start('race', path, 'a'), await start('race', path, 'b')];

    for (const racer of racers) racer.process.stdin?.write('go\n');
    await Promise.all(racers.map(({ ended }) => ended));

    const won = racers.flatMap((racer) => racer.said('won'));
    expect(won).toHaveLength(100);
    expect(new Set(won).size).toBe(100);
  });
});
