import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../../src/formats/json.ts';
import type { OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import { newRepo } from '../../../contract/store-fixtures.ts';
import { firstSchema } from './first-schema.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-first-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = (file: string): Promise<OpenedStore> =>
  openSqlite({ path: join(folder, file), now: () => new Date('2026-12-01T00:00:00Z'), random: () => 0.5 });

/** A store as the first servers left it. */
function firstStore(file: string, rows: readonly string[] = []): void {
  const database = new DatabaseSync(join(folder, file));
  for (const statement of [...firstSchema, ...rows, 'pragma user_version = 1']) database.exec(statement);
  database.close();
}

/** What a database is made of, however it is broken into lines. */
function shapeOf(file: string): readonly string[] {
  const database = new DatabaseSync(join(folder, file));
  const rows = database.prepare('select type, name, sql from sqlite_master order by type, name').all();
  database.close();
  return rows.map(({ type, name, sql }) =>
    canonicalJson([type, name, sql === null ? null : tight(String(sql))].map(String)),
  );
}

const tight = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/ ?([(),]) ?/g, '$1');

describe('a SQLite store the first servers wrote', () => {
  test('is opened with all that is in it, and goes on where it was', async () => {
    const repo = newRepo();
    const key = `github:${repo.id}`;
    firstStore('old.db', [
      `insert into heads values ('${key}', 'main', 'one')`,
      `insert into leases values ('prod', 'somebody', 41, 0)`,
      `insert into intents (key, operation, subject, at, outcome, done) values ('k', 'comment', 's', 't', '483', 1)`,
      `insert into jobs (kind, key, priority, payload, replaces, state, run_at, attempts, interruptions)
         values ('ingest', 'i', 0, '{"forge":"github","delivery":"d"}', 0, 'waiting', 0, 0, 0)`,
      `insert into deliveries values ('github', 'd', 'push', '{}', x'00ff', '2026-11-30T00:00:00.000Z', 'received')`,
    ]);

    const { store, queue, close } = await open('old.db');

    expect(await store.heads.get(repo, 'main')).toBe('one');
    expect((await store.leases.take('prod', 'me', 1_000))?.fence).toBe(42);
    expect(await store.outbox.outcome('k')).toBe(483);
    expect(await queue.size()).toBe(1);
    expect([...((await store.deliveries.get('github', 'd'))?.body ?? [])]).toEqual([0, 255]);
    await store.audit.append(null, { actor: 'a', action: 'b', subject: 'c', data: {} });
    expect(await store.audit.verify()).toEqual({ rows: 1, broken: null });
    await close();
  });

  test('is of the same shape afterwards as one that was made today', async () => {
    firstStore('old.db');
    for (const file of ['old.db', 'new.db']) await (await open(file)).close();

    expect(shapeOf('old.db')).toEqual(shapeOf('new.db'));
  });
});
