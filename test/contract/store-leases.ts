import { describe, expect, test } from '@jest/globals';
import type { Lease } from '../../src/world/store/store.ts';
import type { StageOf } from './store-fixtures.ts';

let keys = 0;

function newKey(): string {
  keys += 1;
  return `target-${keys}`;
}

function held(lease: Lease | null): Lease {
  if (lease === null) throw new Error('the lease was not given');
  return lease;
}

export function describeLeases(stage: StageOf): void {
  describe('leases', () => {
    test('have one holder: of 20 that take it at once one gets it', async () => {
      const { store } = stage();
      const key = newKey();

      const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => store.leases.take(key, `h${n}`, 1_000)));

      expect(taken.filter((lease) => lease !== null)).toHaveLength(1);
    });

    test('are free after their time, with a higher fence, and the late holder is told', async () => {
      const { store, clock } = stage();
      const key = newKey();
      const first = held(await store.leases.take(key, 'a', 1_000));

      clock.advance(999);
      expect(await store.leases.take(key, 'b', 1_000)).toBeNull();
      clock.advance(1);
      const second = held(await store.leases.take(key, 'b', 1_000));

      expect(second.fence).toBeGreaterThan(first.fence);
      expect(await store.leases.renew(first, 1_000)).toBe(false);
      expect(await store.leases.renew(second, 1_000)).toBe(true);
    });

    test('taken again by their holder are renewed, and stay the same lease', async () => {
      const { store, clock } = stage();
      const key = newKey();
      const first = held(await store.leases.take(key, 'a', 1_000));

      clock.advance(600);
      const again = await store.leases.take(key, 'a', 1_000);
      clock.advance(600);

      expect(again).toEqual(first);
      expect(await store.leases.take(key, 'b', 1_000)).toBeNull();
    });

    test('that ran out but that nobody took since can still be renewed', async () => {
      const { store, clock } = stage();
      const key = newKey();
      const lease = held(await store.leases.take(key, 'a', 1_000));
      clock.advance(5_000);

      expect(await store.leases.renew(lease, 1_000)).toBe(true);
      expect(await store.leases.take(key, 'b', 1_000)).toBeNull();
    });

    test('released are free at once, and the released one is worth nothing, even to release again', async () => {
      const { store } = stage();
      const key = newKey();
      const first = held(await store.leases.take(key, 'a', 1_000));

      await store.leases.release(first);
      expect(await store.leases.renew(first, 1_000)).toBe(false);
      const second = held(await store.leases.take(key, 'a', 1_000));
      await store.leases.release(first);

      expect(second.fence).toBeGreaterThan(first.fence);
      expect(await store.leases.take(key, 'b', 1_000)).toBeNull();
    });
  });
}

export function describeOutbox(stage: StageOf): void {
  describe('the outbox', () => {
    const intent = (key: string) => ({ key, operation: 'comment', subject: 'github:1#17' });

    test('gives the outcome of a write that was done, and lets one that was not be tried again', async () => {
      const { store } = stage();
      const key = newKey();

      const first = await store.outbox.begin(intent(key));
      const again = await store.outbox.begin(intent(key));
      await store.outbox.finish(key, { comment: 9_007_199_254_740_993n });
      const done = await store.outbox.begin(intent(key));

      expect([first, again]).toEqual([{ done: false }, { done: false }]);
      expect(done).toEqual({ done: true, outcome: { comment: 9_007_199_254_740_993n } });
    });

    test('tells what a write came to without beginning one', async () => {
      const { store } = stage();
      const [done, begun, never] = [newKey(), newKey(), newKey()];
      for (const key of [done, begun]) await store.outbox.begin(intent(key));
      await store.outbox.finish(done, 483);

      const told = await Promise.all([done, begun, never].map((key) => store.outbox.outcome(key)));

      expect(told).toEqual([483, null, null]);
      expect((await store.outbox.open()).map(({ key }) => key)).not.toContain(never);
    });

    test('lists what is open, oldest first', async () => {
      const { store, clock } = stage();
      const [one, two, three] = [newKey(), newKey(), newKey()];
      for (const key of [one, two, three]) await store.outbox.begin(intent(key));

      await store.outbox.finish(two, null);

      const open = (await store.outbox.open()).filter(({ key }) => [one, two, three].includes(key));
      expect(open).toEqual(
        [one, three].map((key) => ({
          ...intent(key),
          at: clock.now().toISOString(),
          outcome: null,
          done: false,
          payload: null,
        })),
      );
    });

    test('opens a write anew for what is written again to one place, and still knows what it came to before', async () => {
      const { store, clock } = stage();
      const key = newKey();
      const wish = { ...intent(key), payload: { body: 'two' } };

      const first = await store.outbox.renew(wish);
      await store.outbox.finish(key, { id: 5 });
      clock.advance(1_000);
      const second = await store.outbox.renew(wish);

      expect([first, second]).toEqual([null, { id: 5 }]);
      const [open] = (await store.outbox.open()).filter((entry) => entry.key === key);
      expect(open).toEqual({ ...wish, at: clock.now().toISOString(), outcome: { id: 5 }, done: false });
      expect(await store.outbox.outcome(key)).toEqual({ id: 5 });
    });

    test('keeps nothing of what it took to write once that is done', async () => {
      const { store } = stage();
      const key = newKey();
      await store.outbox.renew({ ...intent(key), payload: { body: 'long' } });

      await store.outbox.finish(key, { id: 5 });
      const opened = await store.outbox.renew({ ...intent(key), payload: null });

      expect(opened).toEqual({ id: 5 });
      expect((await store.outbox.open()).find((entry) => entry.key === key)?.payload).toBeNull();
    });

    test('forgets what was done long ago, a few at a time, and never what is open', async () => {
      const { store, clock } = stage();
      const open = newKey();
      const done = Array.from({ length: 5 }, newKey);
      for (const key of [open, ...done]) await store.outbox.begin(intent(key));
      for (const key of done) await store.outbox.finish(key, 1);
      clock.advance(60_000);
      const [renewed = ''] = done;
      await store.outbox.renew({ ...intent(renewed), payload: null });
      await store.outbox.finish(renewed, 2);
      const before = new Date(clock.now().getTime() - 1);

      // Rows of the tests before this one go first.
      const batches: number[] = [];
      do batches.push(await store.outbox.prune(before, 2));
      while (batches.at(-1) !== 0);

      expect(Math.max(...batches)).toBe(2);
      const left = await Promise.all(done.map((key) => store.outbox.outcome(key)));
      expect(left).toEqual([2, null, null, null, null]);
      expect((await store.outbox.open()).map(({ key }) => key)).toContain(open);
    });
  });
}
