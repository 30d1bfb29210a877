import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import { newRepo } from '../../../contract/store-fixtures.ts';
import { describeShared } from '../../../contract/store-shared.ts';
import { freshDatabase, type TestDatabase } from '../../../support/postgres.ts';

describeShared('a PostgreSQL database', async () => {
  const database = await freshDatabase();
  const options = { url: database.url, now: () => new Date(), random: Math.random };
  const [one, two] = await Promise.all([openPostgres(options), openPostgres(options)]);
  return {
    one: one.store,
    two: two.store,
    close: async () => {
      await Promise.all([one.close(), two.close()]);
      await database.drop();
    },
  };
});

describe('replicas on one PostgreSQL database', () => {
  let database: TestDatabase;
  let one: OpenedStore;
  let two: OpenedStore;
  const at = (time: string) => ({ url: database.url, now: () => new Date(time), random: () => 0.5 });
  beforeAll(async () => {
    database = await freshDatabase();
    [one, two] = await Promise.all([
      openPostgres(at('2026-03-01T12:00:00Z')),
      openPostgres(at('2036-03-01T12:00:00Z')),
    ]);
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await database.drop();
  });

  const delivery = (id: string) => ({
    ...{ forge: 'github', id, event: 'push', headers: {} },
    ...{ body: new Uint8Array([1]), receivedAt: new Date('2026-03-01T12:00:00Z') },
  });

  test('time leases by the clock of the database, whatever theirs say', async () => {
    const lease = await one.store.leases.take('prod', 'one', 60_000);
    const short = await one.store.leases.take('staging', 'one', 20);

    expect(lease).not.toBeNull();
    expect(short).not.toBeNull();
    expect(await two.store.leases.take('prod', 'two', 60_000)).toBeNull();
    let taken = await two.store.leases.take('staging', 'two', 60_000);
    for (let n = 0; taken === null && n < 500; n += 1) taken = await two.store.leases.take('staging', 'two', 60_000);
    expect(taken?.fence).toBeGreaterThan(short?.fence ?? 0);
  });

  test('take webhooks in while another transaction stands still, which the rest waits for', async () => {
    const repo = newRepo();
    const { promise: end, resolve: letEnd } = Promise.withResolvers<void>();
    const { promise: begun, resolve: tellBegun } = Promise.withResolvers<void>();
    const order: string[] = [];
    const still = one.store.transaction(async (tx) => {
      await one.store.heads.set(tx, repo, 'main', 'still');
      tellBegun();
      await end;
      order.push('still');
    });
    await begun;

    const waits = two.store.heads.set(null, repo, 'main', 'after').then(() => order.push('waits'));
    for (const opened of [one, two]) {
      const keep = (tx: Parameters<typeof opened.store.deliveries.insert>[0]) =>
        opened.store.deliveries.insert(tx, delivery(`beside-${opened === one}`));
      await opened.store.transaction(keep, 'beside');
    }
    order.push('beside');
    letEnd();
    await Promise.all([still, waits]);

    expect(order).toEqual(['beside', 'still', 'waits']);
    expect(await one.store.heads.get(repo, 'main')).toBe('after');
  });

  test('make a transaction again that the database gave up for a deadlock', async () => {
    let tries = 0;
    const { promise: both, resolve: meet } = Promise.withResolvers<void>();
    const cross = async ({ store }: OpenedStore, ids: readonly [string, string]) =>
      store.transaction(async (tx) => {
        tries += 1;
        await store.deliveries.insert(tx, delivery(ids[0]));
        if (tries === 2) meet();
        await both;
        return store.deliveries.insert(tx, delivery(ids[1]));
      }, 'beside');

    const made = await Promise.all([cross(one, ['left', 'right']), cross(two, ['right', 'left'])]);

    expect(tries).toBe(3);
    expect(made.toSorted()).toEqual([false, true]);
    expect(await one.store.deliveries.get('github', 'left')).not.toBeNull();
  });
});
