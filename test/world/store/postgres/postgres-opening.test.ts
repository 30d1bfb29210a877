import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import { openPostgresReadOnly } from '../../../../src/world/store/postgres/read-only.ts';
import { sharedKey } from '../../../../src/world/store/postgres/shared-key.ts';
import { keyed, review } from '../../../contract/queue-fixtures.ts';
import { newRepo } from '../../../contract/store-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../../../support/postgres.ts';

let database: TestDatabase;
const opened: OpenedStore[] = [];
const open = async (url = database.url): Promise<OpenedStore> => {
  const one = await openPostgres({ url, now: () => new Date(), random: Math.random });
  opened.push(one);
  return one;
};
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()));
  await database.drop();
});

describe('opening the PostgreSQL store', () => {
  test('makes the schema once where three start at once, and finds everything again', async () => {
    const repo = newRepo();
    const [first] = await Promise.all([open(), open(), open()]);
    await first?.store.heads.set(null, repo, 'main', 'one');
    await first?.queue.add(null, review(1), keyed('1'));
    await Promise.all(opened.splice(0).map(({ close }) => close()));

    const { store, queue } = await open();

    expect(await store.heads.get(repo, 'main')).toBe('one');
    expect(await queue.size()).toBe(1);
  });

  test('killed in the middle of making the schema leaves nothing, and the next one makes it whole', async () => {
    // The first trigger of the schema waits for a lock that another session holds.
    await database.query(`
      create function stop_here() returns event_trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(7); end $$;
      create event trigger stop_here on ddl_command_end when tag in ('CREATE TRIGGER') execute function stop_here()`);
    const holding = database.query('begin; select pg_advisory_xact_lock(7); select pg_sleep(60)').catch(() => 'ended');
    const waiting = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

    const making = open().catch((error) => error);
    const pid = await untilRow(waiting);
    await database.query('select pg_terminate_backend($1)', [pid]);
    const fault = await making;
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()",
    );
    await holding;

    expect(fault).toMatchObject({ code: 'store-failed' });
    const tables = "select 1 from information_schema.tables where table_schema = 'fairlead'";
    expect(await database.query(tables)).toEqual([]);
    await database.query('drop event trigger stop_here');
    const { store } = await open();
    expect(await store.audit.verify()).toEqual({ rows: 0, broken: null });
  });

  test('refuses the store of a newer Fairlead, and leaves it as it is', async () => {
    await (await open()).close();
    await database.query('update fairlead.schema_version set version = 999');

    await expect(open()).rejects.toMatchObject({ code: 'store-newer', message: expect.stringContaining('999') });
    await expect(openPostgresReadOnly(database.url)).rejects.toMatchObject({ code: 'store-newer' });

    expect(await database.query('select version::int from fairlead.schema_version')).toEqual([{ version: 999 }]);
  });

  test('cannot be emptied: the audit refuses to be truncated', async () => {
    const { store } = await open();
    await store.audit.append(null, { actor: 'a', action: 'b', subject: 'c', data: {} });

    await expect(database.query('truncate fairlead.audit')).rejects.toThrow('audit rows are never deleted');
    await expect(database.query('truncate fairlead.audit_head')).rejects.toThrow(/audit/);

    expect(await store.audit.verify()).toEqual({ rows: 1, broken: null });
  });

  test.each(['no address at all', 'https://example.org/x', 'postgres://mona:hunter2@[broken/x'])(
    'refuses %s as an address, without quoting it',
    async (url) => {
      const fault = await open(url).catch((error) => error);

      expect(fault).toMatchObject({ code: 'usage', subject: 'DATABASE_URL' });
      expect(`${fault.message} ${fault.remedy}`).not.toContain('hunter2');
    },
  );

  test('with a wrong password says so, without it', async () => {
    const url = new URL(database.url);
    url.password = 'hunter2-hunter2';

    const fault = await open(url.href).catch((error) => error);

    expect(fault).toMatchObject({ code: 'store-failed', remedy: expect.stringContaining('password in DATABASE_URL') });
    expect(`${fault.message} ${fault.subject}`).not.toContain('hunter2');
  });

  test('gives all who share the database one installation key', async () => {
    await open();

    const [one, two] = await Promise.all([sharedKey(database.url), sharedKey(database.url)]);

    expect(one).toHaveLength(32);
    expect(two).toEqual(one);
  });
});

describe('a PostgreSQL store that is closed', () => {
  test('lets what is open come to its end, and refuses what comes later', async () => {
    const { store, queue, broken, close } = await open();
    const repo = newRepo();
    const written = store.heads.set(null, repo, 'main', 'one');

    await Promise.all([written, close(), close()]);

    await expect(store.heads.get(repo, 'main')).rejects.toMatchObject({ code: 'store-failed' });
    await expect(queue.add(null, review(1), keyed('1'))).rejects.toMatchObject({ code: 'store-failed' });
    expect(await Promise.race([broken, 'nothing'])).toBe('nothing');
    expect(await (await open()).store.heads.get(repo, 'main')).toBe('one');
  });
});

describe('a PostgreSQL store that is open for reading', () => {
  test('is missing where no server ever ran, and is not made then', async () => {
    await expect(openPostgresReadOnly(database.url)).rejects.toMatchObject({ code: 'store-missing' });

    expect(await database.query("select 1 from pg_namespace where nspname = 'fairlead'")).toEqual([]);
  });

  test('shows what a running server writes, and refuses to write', async () => {
    const { store } = await open();
    const repo = newRepo();
    const reader = await openPostgresReadOnly(database.url);

    await store.heads.set(null, repo, 'main', 'one');

    expect(await reader.heads.get(repo, 'main')).toBe('one');
    const refused = { code: 'store-read-only' };
    await expect(reader.heads.set(null, repo, 'main', 'two')).rejects.toMatchObject(refused);
    await expect(reader.transaction(async () => {})).rejects.toMatchObject(refused);
    await expect(reader.leases.take('k', 'h', 1)).rejects.toMatchObject(refused);
    await reader.close();
  });

  test('asks for the server to run once when the schema is older', async () => {
    await (await open()).close();
    await database.query('update fairlead.schema_version set version = 0');

    await expect(openPostgresReadOnly(database.url)).rejects.toMatchObject({ code: 'store-older' });
  });
});

/** The first column of the first row a statement gives, once it gives one. */
async function untilRow(statement: string): Promise<unknown> {
  const end = Date.now() + 20_000;
  for (;;) {
    const [row] = await database.query(statement);
    if (row !== undefined) return Object.values(row)[0];
    if (Date.now() > end) throw new Error(`no row came: ${statement}`);
  }
}
