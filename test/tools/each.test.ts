import { expect, test } from '@jest/globals';
import { mapConcurrently, mapInTurns, takeTurn } from '../../src/tools/each.ts';

/** Keeps the thread for so many milliseconds. */
function toil(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

/** Counts how often others had their turn while the work was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const next = (): void => {
    turns += 1;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  await work();
  isOver = true;
  return turns;
}

const items = Array.from({ length: 40 }, (_, index) => index);

test('long work in turns lets others have the thread, and gives its results in order', async () => {
  const results: (readonly number[])[] = [];
  const turns = await turnsDuring(async () => {
    const work = (item: number): number => {
      toil(3);
      return item * 2;
    };
    results.push(await mapInTurns(items, work));
  });

  expect(results).toEqual([items.map((item) => item * 2)]);
  expect(turns).toBeGreaterThanOrEqual(6);
});

test('work that waits for nothing gives way as well, with several under way', async () => {
  const turns = await turnsDuring(() => mapConcurrently(items, 4, async () => toil(3)));

  expect(turns).toBeGreaterThanOrEqual(3);
});

test('at most so many are under way, and the first failure leaves the rest undone', async () => {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (item === 5) throw new Error('broken');
  };

  await expect(mapConcurrently(items, 3, work)).rejects.toThrow('broken');

  expect(most).toBe(3);
  expect(begun.length).toBeLessThan(items.length);
});

test('of those who wait for their turn, one goes on in each turn of the event loop, in the order they came', async () => {
  const order: string[] = [];
  let isOver = false;
  const other = (): void => {
    order.push('other');
    if (!isOver) setImmediate(other);
  };
  setImmediate(other);

  await Promise.all(
    ['one', 'two', 'three'].map(async (name) => {
      await takeTurn();
      await Promise.resolve();
      order.push(name);
    }),
  );
  isOver = true;

  const between = ['one', 'two', 'three'].map((name) => order.indexOf(name));
  expect(between).toEqual(between.toSorted((a, b) => a - b));
  expect(order.slice(between[0], between[1]).includes('other')).toBe(true);
  expect(order.slice(between[1], between[2]).includes('other')).toBe(true);
});
