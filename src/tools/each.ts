import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work may keep the thread before others have their turn, in milliseconds. */
const slice = 10;

/**
 * For long work on a thread that also answers others: waits for the next turn of the event loop where it has had this one for long.
 * Awaiting promises alone does not give way to them.
 */
function createTurns(): () => Promise<void> {
  let end = performance.now() + slice;
  return async () => {
    if (performance.now() < end) return;
    await nextTurn();
    end = performance.now() + slice;
  };
}

/**
 * Does something for every item with at most `limit` in flight, and gives the results in order. The first failure rejects; items
 * not yet started are then left undone.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const giveWay = createTurns();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
      await giveWay();
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}

/** Does something for every item, in order, on this thread, and lets others have their turn meanwhile. */
export async function mapInTurns<T, R>(items: readonly T[], work: (item: T) => R): Promise<readonly R[]> {
  const results: R[] = [];
  const giveWay = createTurns();
  for (const item of items) {
    results.push(work(item));
    await giveWay();
  }
  return results;
}

const line: (() => void)[] = [];

/**
 * Waits in one line with everybody else on this thread who asked, so that of what arrives at once one is worked on in each turn of
 * the event loop, and others are answered in between.
 */
export function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    line.push(resolve);
    if (line.length === 1) void moveOn();
  });
}

async function moveOn(): Promise<void> {
  while (line.length > 0) {
    line[0]?.();
    await nextTurn();
    line.shift();
  }
}
