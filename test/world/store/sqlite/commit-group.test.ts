import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kysely } from 'kysely';
import { type Access, createAccess } from '../../../../src/world/store/sql/access.ts';
import { createHeads } from '../../../../src/world/store/sql/heads.ts';
import type { Tables } from '../../../../src/world/store/sql/tables.ts';
import { CommitGroup } from '../../../../src/world/store/sqlite/commit-group.ts';
import { type Database, openDatabase } from '../../../../src/world/store/sqlite/database.ts';
import { sqliteDialect } from '../../../../src/world/store/sqlite/dialect.ts';
import { migrate } from '../../../../src/world/store/sqlite/migrations.ts';
import type { Heads } from '../../../../src/world/store/store.ts';
import { newRepo } from '../../../contract/store-fixtures.ts';

/** Statements as they are sent to SQLite; a commit waits for `gate`. */
interface Stage {
  readonly database: Database;
  readonly access: Access;
  readonly heads: Heads;
  readonly sent: string[];
  gate: Promise<void>;
}

const repo = newRepo();
let folder: string;
let stage: Stage;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-group-'));
  stage = await open(join(folder, 'a.db'));
});
afterEach(async () => {
  await stage.database.close();
  await rm(folder, { recursive: true });
});

async function open(path: string): Promise<Stage> {
  const database = await openDatabase({ path, readOnly: false, lock: null });
  await migrate(database, path);
  const sent: string[] = [];
  const watched: Database = {
    ...{ broken: database.broken, rollback: () => database.rollback(), close: () => database.close() },
    isInTransaction: () => database.isInTransaction(),
    run: async (sql, parameters) => {
      sent.push(sql);
      if (sql === 'commit') await made.gate;
      return database.run(sql, parameters);
    },
  };
  const group = new CommitGroup(watched);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(group, () => database.close()) });
  const access = createAccess(db, { path, readOnly: false, sharing: group });
  const made: Stage = { database, access, heads: createHeads(access), sent, gate: Promise.resolve() };
  return made;
}

const commits = (): number => stage.sent.filter((sql) => sql === 'commit').length;

/** A transaction of two statements, the second after a turn of the event loop. */
function set(branch: string, value: string): Promise<void> {
  return stage.access.transaction(async (tx) => {
    await stage.heads.set(tx, repo, branch, 'first');
    await stage.heads.set(tx, repo, branch, value);
  });
}

const names = Array.from({ length: 100 }, (_, index) => `branch-${index}`);
const kept = (): Promise<readonly (string | null)[]> => Promise.all(names.map((name) => stage.heads.get(repo, name)));

test('transactions that wait for each other share a commit', async () => {
  await Promise.all(names.map((name) => set(name, name)));

  expect(await kept()).toEqual(names);
  expect(commits()).toBeLessThanOrEqual(25);
});

test('one alone has a commit of its own, and no savepoint', async () => {
  await set('one', 'a');

  expect(stage.sent.map((sql) => sql.split(' ')[0])).toEqual(['begin', 'insert', 'insert', 'commit']);
});

test('those who only read begin no transaction, however many they are: others may write meanwhile', async () => {
  await kept();

  expect(new Set(stage.sent.map((sql) => sql.split(' ')[0]))).toEqual(new Set(['select']));
});

test('none is told of as done before the commit', async () => {
  const gate = Promise.withResolvers<void>();
  stage.gate = gate.promise;
  const done: string[] = [];
  const all = names.slice(0, 5).map((name) => set(name, name).then(() => done.push(name)));
  while (commits() === 0) await new Promise(setImmediate);
  const early = [...done];
  gate.resolve();
  await Promise.all(all);

  expect(early).toEqual([]);
  expect(done).toHaveLength(5);
});

test('one that throws takes nothing of the others with it', async () => {
  const outcomes = await Promise.allSettled(
    names.map((name, index) =>
      stage.access.transaction(async (tx) => {
        await stage.heads.set(tx, repo, name, name);
        if (index % 3 === 0) throw new Error('no');
      }),
    ),
  );

  expect(outcomes.map(({ status }) => status)).toEqual(
    names.map((_, index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
  );
  expect(await kept()).toEqual(names.map((name, index) => (index % 3 === 0 ? null : name)));
});

test('a disk that is full in the middle of a group fails all of it, and it goes on when there is room', async () => {
  const [pages] = (await stage.database.run('pragma page_count', [])).rows;
  await stage.database.run(`pragma max_page_count = ${Number(pages?.['page_count']) + 1}`, []);
  const large = 'x'.repeat(20_000);

  const outcomes = await Promise.allSettled(names.slice(0, 20).map((name) => set(name, large)));
  const there = (await kept()).slice(0, 20).map((value) => value !== null);

  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(there);
  expect(there).toContain(false);
  await stage.database.run('pragma max_page_count = 1000000', []);
  await set('later', 'b');
  expect(await stage.heads.get(repo, 'later')).toBe('b');
});

test('a transaction that SQLite gave up cannot go on as if nothing had happened', async () => {
  const [pages] = (await stage.database.run('pragma page_count', [])).rows;
  await stage.database.run(`pragma max_page_count = ${Number(pages?.['page_count'])}`, []);

  const careless = stage.access.transaction(async (tx) => {
    await stage.heads.set(tx, repo, 'one', 'x'.repeat(50_000)).catch(() => undefined);
    await stage.heads.set(tx, repo, 'two', 'b');
  });

  await expect(careless).rejects.toMatchObject({ code: 'store-failed' });
  expect(await stage.heads.get(repo, 'two')).toBeNull();
});

test('a commit that fails is told to everybody who shared it', async () => {
  stage.gate = Promise.reject(new Error('the disk is gone'));
  stage.gate.catch(() => undefined);
  const outcomes = await Promise.allSettled(names.slice(0, 5).map((name) => set(name, name)));
  stage.gate = Promise.resolve();

  expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  expect((await kept()).filter((value) => value !== null)).toEqual([]);
});

test('what reads beside a group is answered, and a group of readers leaves nothing open', async () => {
  const [, value] = await Promise.all([set('one', 'a'), stage.heads.get(repo, 'one'), set('two', 'b')]);

  expect(value === null || value === 'a').toBe(true);
  expect(await stage.database.isInTransaction()).toBe(false);
  await Promise.all(names.map((name) => stage.heads.get(repo, name)));
  expect(await stage.database.isInTransaction()).toBe(false);
});
