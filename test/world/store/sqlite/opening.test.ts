import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Job } from '../../../../src/model/jobs.ts';
import { openDatabase } from '../../../../src/world/store/sqlite/database.ts';
import { openSqliteReadOnly } from '../../../../src/world/store/sqlite/read-only.ts';
import { type OpenedStore, openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import { keyed, review } from '../../../contract/queue-fixtures.ts';
import { newRepo } from '../../../contract/store-fixtures.ts';

let folder: string;
let path: string;
const open = (): Promise<OpenedStore> => openSqlite({ path, now: () => new Date(), random: Math.random });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-opening-'));
  path = join(folder, 'data', 'fairlead.db');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('opening the SQLite store', () => {
  test('makes folder and file for its owner only, and finds everything again', async () => {
    const repo = newRepo();
    const first = await open();
    await first.store.heads.set(null, repo, 'main', 'one');
    await first.queue.add(null, review(1), keyed('1'));
    for (const file of [path, `${path}-wal`, `${path}.lock`]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    await first.close();

    const { store, queue, close } = await open();

    expect(await store.heads.get(repo, 'main')).toBe('one');
    expect(await queue.size()).toBe(1);
    await close();
  });

  test('writes through to the disk: WAL, synchronous FULL, foreign keys', async () => {
    const database = await openDatabase({ path: join(folder, 'a.db'), readOnly: false, lock: null });
    const pragma = async (name: string) => Object.values((await database.run(`pragma ${name}`, [])).rows[0] ?? {})[0];

    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('busy_timeout')).toBe(5_000);
    await database.close();
  });

  test('is refused a second time in the same process, until the first is closed', async () => {
    const first = await open();

    await expect(open()).rejects.toMatchObject({ code: 'store-locked' });
    await first.close();

    const second = await open();
    await second.close();
  });

  test('refuses the store of a newer Fairlead, and leaves it as it is', async () => {
    await (await open()).close();
    const database = new DatabaseSync(path);
    database.exec('pragma user_version = 999');

    await expect(open()).rejects.toMatchObject({ code: 'store-newer', message: expect.stringContaining('999') });
    await expect(openSqliteReadOnly(path)).rejects.toMatchObject({ code: 'store-newer' });

    expect(database.prepare('pragma user_version').get()).toEqual({ user_version: 999 });
    database.close();
  });

  test('names a file that is no database, and a folder that cannot be made', async () => {
    await writeFile(join(folder, 'text.db'), 'this is no database, only a text that is long enough\n'.repeat(100));
    await writeFile(join(folder, 'data'), '');
    const openAt = (file: string) => openSqlite({ path: file, now: () => new Date(), random: Math.random });

    await expect(openAt(join(folder, 'text.db'))).rejects.toMatchObject({
      code: 'store-failed',
      subject: join(folder, 'text.db'),
      remedy: expect.stringContaining('no SQLite database'),
    });
    await expect(openAt(path)).rejects.toMatchObject({ code: 'store-failed', subject: path });
  });
});

describe('a SQLite store that is closed or broken', () => {
  test('lets a transaction that is open come to its end, and refuses what comes later', async () => {
    const { store, queue, close } = await open();
    const repo = newRepo();
    const written = store.heads.set(null, repo, 'main', 'one');

    await Promise.all([written, close(), close()]);

    await expect(store.heads.get(repo, 'main')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(queue.add(null, review(1), keyed('1'))).rejects.toMatchObject({ code: 'store-failed' });
    const again = await open();
    expect(await again.store.heads.get(repo, 'main')).toBe('one');
    await again.close();
  });

  test('says so to everybody who waits, and to all who come later, when its thread dies', async () => {
    const script = new URL('./dying-worker.ts', import.meta.url);
    const database = await openDatabase({ path, readOnly: false, lock: null }, script);

    const waiting = [database.run('one', []), database.run('two', [])];

    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'store-failed' });
    await expect(database.run('three', [])).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('its thread ended'),
    });
    expect(await database.broken).toMatchObject({ code: 'store-failed' });
    await database.close();
  });

  test('is not called broken when it was only closed', async () => {
    const { broken, close } = await open();

    await close();

    expect(await Promise.race([broken, 'nothing'])).toBe('nothing');
  });

  test('sets a job aside that its process did not survive ten times, and says so', async () => {
    const first = await open();
    for (const pull of [1, 2]) await first.queue.add(null, review(pull), keyed(`pull-${pull}`));
    await first.close();
    const database = new DatabaseSync(path);
    database.exec("update jobs set state = 'running', interruptions = 8 + (key = 'pull-1')");
    database.close();
    const told: unknown[] = [];
    const onFailure = (job: Job, error: unknown, _attempt: number, dead: boolean) => told.push([job, error, dead]);
    const { queue, close } = await openSqlite({ path, now: () => new Date(), random: Math.random, onFailure });
    const { promise, resolve } = Promise.withResolvers<Job>();

    queue.work('review', async (job) => resolve(job));
    queue.start();

    expect(await promise).toEqual(review(2));
    expect(told).toEqual([[review(1), expect.objectContaining({ code: 'job-interrupted', subject: 'pull-1' }), true]]);
    await close();
  });

  test('hands jobs that run back when it is closed', async () => {
    const first = await open();
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    first.queue.work('review', async (_job, signal) => {
      resolve();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    first.queue.start();
    await first.queue.add(null, review(1), keyed('1'));
    await begun;

    await first.close();

    const { queue, close } = await open();
    expect(await queue.size()).toBe(1);
    await close();
  });
});

describe('a SQLite store that is open for reading', () => {
  test('is missing where no server ever ran, and is not made then', async () => {
    await expect(openSqliteReadOnly(path)).rejects.toMatchObject({ code: 'store-missing', subject: path });

    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('shows what a running server writes, and refuses to write', async () => {
    const { store, close } = await open();
    const repo = newRepo();
    const reader = await openSqliteReadOnly(path);

    await store.heads.set(null, repo, 'main', 'one');

    expect(await reader.heads.get(repo, 'main')).toBe('one');
    const refused = { code: 'store-read-only' };
    await expect(reader.heads.set(null, repo, 'main', 'two')).rejects.toMatchObject(refused);
    await expect(reader.transaction(async () => {})).rejects.toMatchObject(refused);
    await expect(reader.leases.take('k', 'h', 1)).rejects.toMatchObject(refused);
    await expect(reader.audit.append(null, { actor: 'a', action: 'b', subject: 'c', data: {} })).rejects.toMatchObject(
      refused,
    );
    await reader.close();
    await close();
  });

  test('can be looked into when no server runs', async () => {
    const { store, close } = await open();
    await store.audit.append(null, { actor: 'a', action: 'b', subject: 'c', data: {} });
    await close();

    const reader = await openSqliteReadOnly(path);

    expect(await reader.audit.verify()).toEqual({ rows: 1, broken: null });
    await reader.close();
  });

  test('asks for the server to run once when the schema is older', async () => {
    await (await open()).close();
    const database = new DatabaseSync(path);
    database.exec('pragma user_version = 0');
    database.close();

    await expect(openSqliteReadOnly(path)).rejects.toMatchObject({ code: 'store-older' });
  });
});
