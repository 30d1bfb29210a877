import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeAudit } from './store-audit.ts';
import { describeBudgets } from './store-budgets.ts';
import { describeDeployments } from './store-deployments.ts';
import { newRepo, type StageOf, type StoreStage } from './store-fixtures.ts';
import { describeLeases, describeOutbox } from './store-leases.ts';
import { describeMemory } from './store-memory.ts';

/** What every store does alike. `open` is called once; the tests share the store and use repositories of their own. */
export function describeStore(name: string, open: () => Promise<StoreStage>): void {
  describe(`${name} as a store`, () => {
    let opened: StoreStage | null = null;
    const stage: StageOf = () => {
      if (opened === null) throw new Error('the store is not open yet');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });

    describeTransactions(stage);
    describeDeliveries(stage);
    describeMemory(stage);
    describeDeployments(stage);
    describeLeases(stage);
    describeOutbox(stage);
    describeBudgets(stage);
    describeAudit(stage);
  });
}

function describeTransactions(stage: StageOf): void {
  describe('a transaction', () => {
    test('gives what its work gives, and keeps what was written', async () => {
      const { store } = stage();
      const repo = newRepo();

      const result = await store.transaction(async (tx) => {
        await store.heads.set(tx, repo, 'main', 'one');
        return 'done';
      });

      expect(result).toBe('done');
      expect(await store.heads.get(repo, 'main')).toBe('one');
    });

    test('takes back everything when its work throws, and passes the error on', async () => {
      const { store } = stage();
      const repo = newRepo();
      await store.heads.set(null, repo, 'main', 'one');

      const failing = store.transaction(async (tx) => {
        await store.heads.set(tx, repo, 'main', 'two');
        await store.heads.set(tx, repo, 'next', 'two');
        throw new Error('changed my mind');
      });

      await expect(failing).rejects.toThrow('changed my mind');
      expect(await store.heads.get(repo, 'main')).toBe('one');
      expect(await store.heads.get(repo, 'next')).toBeNull();
    });

    test('runs after those before it: a counter that is read and written by many loses nothing', async () => {
      const { store } = stage();
      const repo = newRepo();
      const increase = () =>
        store.transaction(async (tx) => {
          const count = Number((await store.heads.get(repo, 'count')) ?? 0);
          await store.heads.set(tx, repo, 'count', String(count + 1));
        });

      await Promise.all(Array.from({ length: 20 }, increase));

      expect(await store.heads.get(repo, 'count')).toBe('20');
    });

    test('is not joined by others: they see what was there before', async () => {
      const { store } = stage();
      const repo = newRepo();
      const { promise: written, resolve: tellWritten } = Promise.withResolvers<void>();
      const failing = store.transaction(async (tx) => {
        await store.heads.set(tx, repo, 'main', 'one');
        tellWritten();
        throw new Error('rolled back');
      });

      const seen = written.then(() => store.heads.get(repo, 'main'));

      await expect(failing).rejects.toThrow('rolled back');
      expect(await seen).toBeNull();
    });

    test('is refused after its end, and when something is written beside it from within', async () => {
      const { store } = stage();
      const repo = newRepo();

      const kept = await store.transaction(async (tx) => tx);
      const late = store.heads.set(kept, repo, 'main', 'late');
      const beside = store.transaction(async () => store.heads.set(null, repo, 'main', 'beside'));

      await expect(late).rejects.toMatchObject({ code: 'store-failed' });
      await expect(beside).rejects.toMatchObject({ code: 'store-failed' });
      expect(await store.heads.get(repo, 'main')).toBeNull();
    });
  });
}

function describeDeliveries(stage: StageOf): void {
  describe('deliveries', () => {
    const delivery = (id: string) => ({
      forge: 'github',
      id,
      event: 'push',
      headers: { 'x-github-event': 'push' },
      body: new Uint8Array([0, 255, 128, 10]),
      receivedAt: new Date('2026-03-01T12:00:00.123Z'),
    });

    test('are kept as they came, byte for byte', async () => {
      const { store } = stage();

      const isNew = await store.transaction((tx) => store.deliveries.insert(tx, delivery('as-it-came')));
      const kept = await store.deliveries.get('github', 'as-it-came');

      expect(isNew).toBe(true);
      expect(kept).toMatchObject({ event: 'push', headers: { 'x-github-event': 'push' }, state: 'received' });
      expect([...(kept?.body ?? [])]).toEqual([0, 255, 128, 10]);
      expect(kept?.receivedAt).toEqual(new Date('2026-03-01T12:00:00.123Z'));
    });

    test('come once: of 50 duplicates at the same time one is new, and another forge may use the id', async () => {
      const { store } = stage();
      const insert = (forge: string) =>
        store.transaction((tx) => store.deliveries.insert(tx, { ...delivery('twice'), forge }));

      const answers = await Promise.all(Array.from({ length: 50 }, () => insert('github')));

      expect(answers.filter((isNew) => isNew)).toHaveLength(1);
      expect(await insert('gitlab')).toBe(true);
    });

    test('a duplicate does not touch what the first became', async () => {
      const { store } = stage();
      await store.transaction((tx) => store.deliveries.insert(tx, delivery('settled')));
      await store.deliveries.settle('github', 'settled', 'processed');

      await store.transaction((tx) => store.deliveries.insert(tx, { ...delivery('settled'), event: 'other' }));

      expect(await store.deliveries.get('github', 'settled')).toMatchObject({ event: 'push', state: 'processed' });
    });

    test('are taken in together: those that are there already are told from the new ones', async () => {
      const { store } = stage();
      const insert = (ids: readonly string[]) =>
        store.transaction((tx) => store.deliveries.insertAll(tx, ids.map(delivery)), 'beside');

      const first = await insert(['one', 'two', 'one']);
      const second = await insert(['two', 'three']);

      expect([...first].toSorted()).toEqual(['one', 'two']);
      expect([...second]).toEqual(['three']);
      expect(await store.transaction((tx) => store.deliveries.insertAll(tx, []), 'beside')).toEqual(new Set());
    });

    test('that wait are read in the order they came, as many as are asked for', async () => {
      const { store } = stage();
      const at = (id: string, second: number) => ({
        ...delivery(id),
        ...{ forge: 'order', body: new Uint8Array(10), receivedAt: new Date(Date.UTC(2026, 2, 1, 12, 0, second)) },
      });
      const rows = [at('c', 3), at('a', 1), at('done', 0), at('b', 2)];
      await store.transaction((tx) => store.deliveries.insertAll(tx, rows), 'beside');
      await store.deliveries.settle('order', 'done', 'ignored');
      const read = async (count: number, bytes: number) => {
        const { deliveries, isAll } = await store.deliveries.received('order', { count, bytes });
        return [...deliveries.map(({ id }) => id), isAll];
      };

      expect(await read(5, 1_000)).toEqual(['a', 'b', 'c', true]);
      expect(await read(2, 1_000)).toEqual(['a', 'b', false]);
      expect(await read(5, 29)).toEqual(['a', 'b', false]);
      expect(await read(5, 1)).toEqual(['a', false]);
      expect(await store.deliveries.received('nobody', { count: 5, bytes: 1_000 })).toEqual({
        deliveries: [],
        isAll: true,
      });
    });

    test('are settled together, each once', async () => {
      const { store } = stage();
      const rows = ['good', 'idle', 'bad', 'left'].map(delivery);
      await store.transaction((tx) => store.deliveries.insertAll(tx, rows), 'beside');
      await store.deliveries.settle('github', 'idle', 'ignored');
      const outcomes = [
        { id: 'good', state: 'processed' },
        { id: 'idle', state: 'processed' },
        { id: 'bad', state: 'poison' },
        { id: 'unknown', state: 'poison' },
      ] as const;

      const settled = await store.transaction((tx) => store.deliveries.settleAll(tx, 'github', outcomes));

      expect([...settled].toSorted()).toEqual(['bad', 'good']);
      const states = rows.map(async ({ id }) => (await store.deliveries.get('github', id))?.state);
      expect(await Promise.all(states)).toEqual(['processed', 'ignored', 'poison', 'received']);
    });

    test('an unknown one is null', async () => {
      expect(await stage().store.deliveries.get('github', 'never')).toBeNull();
    });

    test('that were settled more than a week ago are forgotten, those never settled are not', async () => {
      const { store } = stage();
      const later = { ...delivery('a-week-later'), receivedAt: new Date('2026-03-09T12:00:00Z') };
      const ids = ['old', 'stuck', 'apart'];
      await store.transaction((tx) => store.deliveries.insertAll(tx, ids.map(delivery)));
      await store.deliveries.settle('github', 'old', 'ignored');
      await store.deliveries.settle('github', 'apart', 'apart');

      await store.transaction((tx) => store.deliveries.insert(tx, later));

      expect(await store.deliveries.get('github', 'old')).toBeNull();
      expect(await store.deliveries.get('github', 'stuck')).not.toBeNull();
      expect(await store.deliveries.get('github', 'apart')).not.toBeNull();
      expect(await store.deliveries.get('github', 'a-week-later')).not.toBeNull();
    });
  });
}
