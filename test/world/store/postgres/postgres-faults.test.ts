import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openPostgres, type PostgresOptions } from '../../../../src/world/store/postgres/postgres.ts';
import { newRepo } from '../../../contract/store-fixtures.ts';
import { type OwnPostgres, ownPostgres, type TestDatabase } from '../../../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy.ts';
import { until } from '../../../support/until.ts';

describe('a PostgreSQL store whose database fails', () => {
  let server: OwnPostgres;
  let database: TestDatabase;
  let proxy: TcpProxy;
  const opened: OpenedStore[] = [];
  const openOnce = (options: Partial<PostgresOptions>): Promise<OpenedStore> =>
    openPostgres({ url: database.url, now: () => new Date(), random: () => 0.5, ...options });
  const open = async (options: Partial<PostgresOptions> = {}): Promise<OpenedStore> => {
    // The tables are made without the short deadlines of a test.
    if (options.deadlines !== undefined) await (await openOnce({})).close();
    const one = await openOnce(options);
    opened.push(one);
    return one;
  };
  const through = (port: number): string => {
    const url = new URL(database.url);
    url.port = String(port);
    return url.href;
  };
  beforeAll(async () => {
    server = await ownPostgres();
    proxy = await startTcpProxy(server.port);
  });
  afterAll(async () => {
    await proxy.close();
    await server.remove();
  });
  beforeEach(async () => {
    database = await server.freshDatabase();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ close }) => close()));
    await database.drop();
  });

  test('says where nothing listens, without the password', async () => {
    const url = through(1);

    const fault = await openPostgres({ url, now: () => new Date(), random: () => 0.5 }).catch((error) => error);

    expect(fault).toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('127.0.0.1:1'),
      remedy: expect.stringContaining('can be reached'),
    });
    const { password } = new URL(url);
    expect(`${fault.message} ${fault.subject} ${fault.remedy}`).not.toContain(password);
  });

  test('that was stopped fails each call, and is used again when it is back', async () => {
    const { store, broken } = await open();
    const repo = newRepo();
    await store.heads.set(null, repo, 'main', 'one');

    await server.stop();
    const faults = await Promise.allSettled([
      store.heads.get(repo, 'main'),
      store.heads.set(null, repo, 'main', 'two'),
      store.transaction(async () => {}),
      store.leases.take('prod', 'me', 1_000),
    ]);
    await server.start();

    for (const fault of faults) expect(fault).toMatchObject({ reason: { code: 'store-failed' } });
    expect(await store.heads.get(repo, 'main')).toBe('one');
    await store.heads.set(null, repo, 'main', 'three');
    expect(await store.heads.get(repo, 'main')).toBe('three');
    expect(await Promise.race([broken, 'not broken'])).toBe('not broken');
  });

  test('that is ended in the middle of a transaction wrote nothing of it, and says so', async () => {
    const { store } = await open();
    const repo = newRepo();

    const failing = store.transaction(async (tx) => {
      await store.heads.set(tx, repo, 'main', 'one');
      await server.stop();
      await store.heads.set(tx, repo, 'main', 'two');
    });

    await expect(failing).rejects.toMatchObject({ code: 'store-failed' });
    await server.start();
    expect(await store.heads.get(repo, 'main')).toBeNull();
  });

  test('keeps what was acknowledged through a crash, and the audit is whole', async () => {
    const { store } = await open();
    const acknowledged: string[] = [];
    const { promise: enough, resolve: tellEnough } = Promise.withResolvers<void>();
    const keep = async (id: string): Promise<void> => {
      await store.transaction(async (tx) => {
        const body = new Uint8Array(2_000);
        const receivedAt = new Date();
        await store.deliveries.insert(tx, { forge: 'github', id, event: 'push', headers: {}, body, receivedAt });
        await store.audit.append(tx, { actor: 'test', action: 'kept', subject: id, data: {} });
      });
      acknowledged.push(id);
      if (acknowledged.length === 40) tellEnough();
    };
    /** Until the first fault, which it gives. */
    const line = async (lane: number): Promise<unknown> => {
      try {
        for (let n = 0; ; n += 1) await keep(`${lane}-${n}`);
      } catch (error) {
        return error;
      }
    };

    const lines = [1, 2, 3, 4].map(line);
    await enough;
    await server.crash();
    const faults = await Promise.all(lines);
    await server.start();

    for (const fault of faults) expect(fault).toMatchObject({ code: 'store-failed' });
    for (const id of acknowledged) expect(await store.deliveries.get('github', id)).not.toBeNull();
    const { rows, broken } = await store.audit.verify();
    expect(broken).toBeNull();
    expect(rows).toBeGreaterThanOrEqual(acknowledged.length);
  });

  test('that is read-only is read, says what to do about writes, and is written again later', async () => {
    const { store } = await open();
    const repo = newRepo();
    await store.heads.set(null, repo, 'main', 'one');
    const name = new URL(database.url).pathname.slice(1);

    await database.query(`alter database ${name} set default_transaction_read_only = on`);
    await endSessions(database);
    // The first one may still be sent by a session that has ended.
    const refused = await until('a refusal by the database', async () => {
      const error = await store.heads.set(null, repo, 'main', 'two').catch((reason) => reason);
      return error?.remedy.includes('read-only') ? error : undefined;
    });
    const read = await store.heads.get(repo, 'main');
    await database.query(`begin read write; alter database ${name} reset all; commit`);

    expect(refused).toMatchObject({ code: 'store-failed' });
    expect(read).toBe('one');
    await store.heads.set(null, repo, 'main', 'three');
    expect(await store.heads.get(repo, 'main')).toBe('three');
  });

  test('with too many connections says so, and serves again with fewer', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.query("create role few login password 'few' connection limit 3");
    await database.query(`alter database ${name} owner to few`);
    const url = new URL(database.url);
    [url.username, url.password] = ['few', 'few'];
    const { store } = await open({ url: url.href });
    const repo = newRepo();

    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => store.heads.get(repo, 'main')));

    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'store-failed', remedy: expect.stringContaining('max_connections') });
    await store.heads.set(null, repo, 'main', 'one');
    expect(await store.heads.get(repo, 'main')).toBe('one');
  });

  test('behind connections that lead nowhere is noticed in time, and none of them is used again', async () => {
    const deadlines = { connect: 500, statement: 500, idle: 500 };
    const { store } = await open({ url: through(proxy.port), deadlines });
    const repo = newRepo();
    await store.heads.set(null, repo, 'main', 'one');
    await Promise.all(Array.from({ length: 6 }, () => store.heads.get(repo, 'main')));

    proxy.freeze();
    const begun = performance.now();
    await expect(store.heads.get(repo, 'main')).rejects.toMatchObject({ code: 'store-failed' });
    const noticed = performance.now() - begun;
    const again = await Promise.all(Array.from({ length: 6 }, () => store.heads.get(repo, 'main')));

    expect(noticed).toBeLessThan(3_000);
    expect(again).toEqual(Array.from({ length: 6 }, () => 'one'));
    proxy.freeze();
    proxy.freezeNew();
    for (const _ of [1, 2])
      await expect(store.heads.set(null, repo, 'main', 'two')).rejects.toMatchObject({ code: 'store-failed' });
    proxy.thaw();
    await store.heads.set(null, repo, 'main', 'three');
    expect(await store.heads.get(repo, 'main')).toBe('three');
  });

  test('that is slow fails by its deadline, and a process that stands still does not hold up the others', async () => {
    const deadlines = { connect: 500, statement: 500, idle: 500 };
    const one = await open({ deadlines });
    const two = await open({ deadlines: { ...deadlines, statement: 5_000 } });
    const repo = newRepo();
    const { promise: standing, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: tellBegun } = Promise.withResolvers<void>();
    const still = one.store.transaction(async (tx) => {
      await one.store.heads.set(tx, repo, 'main', 'still');
      tellBegun();
      await standing;
      await one.store.heads.set(tx, repo, 'main', 'late');
    });
    await begun;

    await two.store.heads.set(null, repo, 'main', 'two');
    goOn();

    await expect(still).rejects.toMatchObject({ code: 'store-failed' });
    expect(await one.store.heads.get(repo, 'main')).toBe('two');
    await one.store.heads.set(null, repo, 'main', 'three');
  });

  test('that takes too long for a statement says so', async () => {
    const { store } = await open({ deadlines: { statement: 300 } });
    const sleepy = `create function fairlead.sleepy() returns trigger language plpgsql as
      $$ begin perform pg_sleep(30); return new; end $$`;
    await database.query(sleepy);
    await database.query(
      'create trigger slow before insert on fairlead.heads for each row execute function fairlead.sleepy()',
    );

    await expect(store.heads.set(null, newRepo(), 'main', 'one')).rejects.toMatchObject({
      code: 'store-failed',
      remedy: expect.stringContaining('took too long'),
    });

    expect(await store.audit.verify()).toEqual({ rows: 0, broken: null });
  });
});

/** As a restart of the server would. */
async function endSessions(database: TestDatabase): Promise<void> {
  await database.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
}
