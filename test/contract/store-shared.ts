import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Store } from '../../src/world/store/store.ts';
import { newDeployment, newRepo } from './store-fixtures.ts';

/** Two handles on one database, as two processes have them. */
export interface SharedStage {
  readonly one: Store;
  readonly two: Store;
  close(): Promise<void>;
}

/** What holds for every store that several handles can have open. */
export function describeShared(name: string, open: () => Promise<SharedStage>): void {
  describe(`${name} shared by two`, () => {
    let opened: SharedStage | null = null;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });
    const stage = (): SharedStage => {
      if (opened === null) throw new Error('the stores are not open yet');
      return opened;
    };
    const both = (): readonly Store[] => [stage().one, stage().two];

    test('what one wrote the other reads at once', async () => {
      const repo = newRepo();

      await stage().one.heads.set(null, repo, 'main', 'one');

      expect(await stage().two.heads.get(repo, 'main')).toBe('one');
    });

    test('transactions run one after another: a counter both read and write loses nothing', async () => {
      const repo = newRepo();
      const increase = (store: Store) =>
        store.transaction(async (tx) => {
          const count = Number((await store.heads.get(repo, 'count')) ?? 0);
          await store.heads.set(tx, repo, 'count', String(count + 1));
        });

      await Promise.all(Array.from({ length: 10 }, () => both().map(increase)).flat());

      expect(await stage().one.heads.get(repo, 'count')).toBe('20');
    });

    test('a write by itself does not come between what a transaction reads and writes', async () => {
      const repo = newRepo();
      const { promise: hasRead, resolve: tellRead } = Promise.withResolvers<void>();
      const { promise: mayWrite, resolve: letWrite } = Promise.withResolvers<void>();

      const first = stage().one.transaction(async (tx) => {
        const before = await stage().one.heads.get(repo, 'main');
        tellRead();
        await mayWrite;
        await stage().one.heads.set(tx, repo, 'main', `${before} and one`);
      });
      await hasRead;
      const second = stage().two.heads.set(null, repo, 'main', 'two');
      letWrite();
      await Promise.all([first, second]);

      expect(await stage().one.heads.get(repo, 'main')).toBe('two');
    });

    test('a transaction beside others waits for them once it reads', async () => {
      const repo = newRepo();
      const increase = (store: Store) => async (tx: Parameters<Store['heads']['set']>[0]) => {
        const count = Number((await store.heads.get(repo, 'count')) ?? 0);
        await store.heads.set(tx, repo, 'count', String(count + 1));
      };

      await Promise.all(
        (['alone', 'beside', 'beside', 'alone'] as const).flatMap((how) =>
          both().map((store) => store.transaction(increase(store), how)),
        ),
      );

      expect(await stage().two.heads.get(repo, 'count')).toBe('8');
    });

    test('a lease both want is given to one', async () => {
      const keys = Array.from({ length: 20 }, (_, n) => `shared-${n}`);

      const taken = await Promise.all(
        keys.flatMap((key) => both().map((store, n) => store.leases.take(key, `holder-${n}`, 60_000))),
      );

      const given = taken.filter((lease) => lease !== null).map(({ key }) => key);
      expect(given.toSorted()).toEqual(keys.toSorted());
    });

    test('the audit of two writers is one chain without gaps', async () => {
      const { rows: before } = await stage().one.audit.verify();
      const entry = (n: number) => ({ actor: 'mona', action: `many-${n}`, subject: 'D-17', data: { n } });

      await Promise.all(
        Array.from({ length: 15 }, (_, n) => both().map((store) => store.audit.append(null, entry(n)))).flat(),
      );

      expect(await stage().two.audit.verify()).toEqual({ rows: before + 30, broken: null });
      const rows = await stage().one.audit.read({ after: before, limit: 100 });
      expect(rows.map(({ sequence }) => sequence - before)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    });

    test('of the same deployment both make there is one, and one of two movers moves it', async () => {
      const wanted = newDeployment();

      const made = await Promise.all(both().map((store) => store.deployments.create(null, wanted)));
      const id = made[0]?.id ?? '';
      const moved = await Promise.all(
        both().map((store) => store.deployments.update(null, id, { state: 'applying' }, ['accepted', 'waiting'])),
      );

      expect(new Set(made.map((each) => each.id)).size).toBe(1);
      expect(moved.toSorted()).toEqual([false, true]);
    });

    test('a webhook both are sent comes once', async () => {
      const delivery = {
        ...{ forge: 'github', id: 'sent-to-both', event: 'push', headers: {} },
        ...{ body: new Uint8Array([1]), receivedAt: new Date('2026-03-01T12:00:00Z') },
      };

      const answers = await Promise.all(
        [...both(), ...both()].map((store) =>
          store.transaction((tx) => store.deliveries.insert(tx, delivery), 'beside'),
        ),
      );

      expect(answers.filter((isNew) => isNew)).toHaveLength(1);
    });

    test('a write both begin is done once: the second is told what the first came to', async () => {
      const intent = { key: 'shared-write', operation: 'comment', subject: 'github:1#17' };

      await stage().one.outbox.begin(intent);
      await stage().one.outbox.finish(intent.key, 483);

      expect(await stage().two.outbox.begin(intent)).toEqual({ done: true, outcome: 483 });
    });
  });
}
