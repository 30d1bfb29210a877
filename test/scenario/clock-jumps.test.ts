import { afterEach, describe, expect, test } from '@jest/globals';
import { steadyClock } from '../../src/tools/steady-clock.ts';
import { type OpenedStore, openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import { createDesk, deploy, keyed, untilSize } from '../contract/queue-fixtures.ts';

const minute = 60_000;
const retry = { firstWaitMs: 500 };

interface Stage extends OpenedStore {
  /** Sets the clock of the machine, which only its owner does: time passes by itself. */
  jump(milliseconds: number): void;
}

const opened: Stage[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()));
});

/** Store and queue on the clock that the server gives them. */
async function open(): Promise<Stage> {
  let offset = 0;
  const now = steadyClock({ wall: () => Date.now() + offset, monotonic: () => performance.now() });
  const store = await openSqlite({ path: ':memory:', now, random: () => 0, concurrency: 1, retry });
  const stage = {
    ...store,
    jump: (milliseconds: number) => {
      offset += milliseconds;
    },
  };
  opened.push(stage);
  return stage;
}

describe('a clock that jumps by ten minutes', () => {
  test.each([
    ['back', -10 * minute],
    ['ahead', 10 * minute],
  ])('%s: what waited in line goes on at once, and so does what comes', async (_title, jump) => {
    const { queue, ...stage } = await open();
    const desk = createDesk();
    queue.work('deploy', desk.handler);
    queue.start();
    await queue.add(null, deploy('D-1'), keyed('1'));
    await queue.add(null, deploy('D-2'), keyed('2'));
    await desk.untilBegun(1);

    stage.jump(jump);
    await queue.add(null, deploy('D-3'), keyed('3'));
    for (const [at, name] of ['D-1', 'D-2', 'D-3'].entries()) {
      await desk.untilBegun(at + 1);
      desk.end(`deploy ${name}`);
    }

    await untilSize(queue, 0);
  });

  test('back: what failed is tried again after its wait, not after ten minutes more', async () => {
    const { queue, ...stage } = await open();
    let tries = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.work('deploy', async () => {
      tries += 1;
      if (tries > 1) return resolve();
      stage.jump(-10 * minute);
      throw new Error('once');
    });
    queue.start();

    const started = performance.now();
    await queue.add(null, deploy('D-1'), keyed('1'));
    await promise;

    expect(performance.now() - started).toBeGreaterThan(350);
  }, 30_000);

  test('ahead: a lease that ran out by it is lost to its holder, who is told before the next write', async () => {
    const { store, ...stage } = await open();
    const lease = await store.leases.take('target', 'one', 30_000);
    if (lease === null) throw new Error('nobody holds it');

    stage.jump(10 * minute);
    const next = await store.leases.take('target', 'two', 30_000);

    expect(next?.fence).toBeGreaterThan(lease.fence);
    expect(await store.leases.renew(lease, 30_000)).toBe(false);
  });

  test('back: a lease is neither lost by it nor held for ten minutes more', async () => {
    const { store, ...stage } = await open();
    const lease = await store.leases.take('target', 'one', 500);
    if (lease === null) throw new Error('nobody holds it');

    stage.jump(-10 * minute);

    expect(await store.leases.take('target', 'two', 500)).toBeNull();
    const end = performance.now() + 5_000;
    let next = null;
    while (next === null && performance.now() < end) next = await store.leases.take('target', 'two', 500);
    expect(next?.fence).toBeGreaterThan(lease.fence);
  });
});
