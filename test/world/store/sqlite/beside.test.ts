import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Job, JobOptions } from '../../../../src/model/jobs.ts';
import type { BesideStore, OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openSqliteBeside } from '../../../../src/world/store/sqlite/beside.ts';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';

const job: Job = { kind: 'ingest', payload: { forge: 'github', delivery: null } };
const options: JobOptions = { key: 'ingest:github', replace: false, runAt: null };

let folder: string;
let path: string;
let opened: OpenedStore;
let beside: BesideStore;
let added: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-beside-'));
  path = join(folder, 'fairlead.db');
  added = [];
  const now = (): Date => new Date();
  opened = await openSqlite({ path, now, random: () => 0 });
  beside = await openSqliteBeside(path, { now, onAdded: (_job, { key }) => void added.push(key) });
});
afterEach(async () => {
  await beside.close();
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

test('what is added by the second way is there for the first, and told once it is durable', async () => {
  await beside.store.transaction(async (tx) => {
    await beside.queue.add(tx, job, options);
    expect(added).toEqual([]);
  });

  expect(added).toEqual(['ingest:github']);
  expect(await opened.queue.stats()).toMatchObject([{ kind: 'ingest', waiting: 1 }]);
});

test('a transaction that fails leaves nothing and tells nothing', async () => {
  const failing = beside.store.transaction(async (tx) => {
    await beside.queue.add(tx, job, options);
    throw new Error('no');
  });

  await expect(failing).rejects.toThrow('no');
  expect([added, await opened.queue.size()]).toEqual([[], 0]);
});

test('while another connection writes it waits, and the thread goes on', async () => {
  const other = new DatabaseSync(path);
  other.exec('begin immediate');
  let isDone = false;
  const adding = beside.queue.add(null, job, options).then(() => {
    isDone = true;
  });

  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  expect(isDone).toBe(false);
  other.exec('commit');
  other.close();
  await adding;

  expect(await opened.queue.size()).toBe(1);
});

test('its end waits for the transaction that is open', async () => {
  const writing = beside.store.transaction((tx) => beside.queue.add(tx, job, options));

  await Promise.all([writing, beside.close()]);

  expect(await opened.queue.size()).toBe(1);
});
