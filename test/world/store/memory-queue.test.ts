import { describe, expect, test } from '@jest/globals';
import { createMemoryQueue, type MemoryQueueOptions } from '../../../src/world/store/memory-queue.ts';
import type { Queue } from '../../../src/world/store/queue.ts';

function open(options: Partial<MemoryQueueOptions> = {}): { queue: Queue; failures: unknown[] } {
  const failures: unknown[] = [];
  const onFailure = (_job: unknown, error: unknown): void => void failures.push(error);
  return { queue: createMemoryQueue({ concurrency: 2, capacity: 10, onFailure, ...options }), failures };
}

const review = (head: string) => ({ kind: 'review', payload: { head } });

/** A handler that waits until it is let go, and notes what it saw. */
function gate(): { handler: Parameters<Queue['work']>[1]; started: string[]; aborted: string[]; open: () => void } {
  const started: string[] = [];
  const aborted: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const handler: Parameters<Queue['work']>[1] = async (job, signal) => {
    started.push(String(job.payload['head']));
    signal.addEventListener('abort', () => aborted.push(String(job.payload['head'])));
    await promise;
  };
  return { handler, started, aborted, open: resolve };
}

describe('the memory queue', () => {
  test('runs one job per key, and the newest replaces those that wait', async () => {
    const { queue } = open();
    const { handler, started, aborted, open: release } = gate();
    queue.work('review', handler);

    for (const head of ['a', 'b', 'c']) queue.add(review(head), { key: 'pull-1', replace: true });
    expect(started).toEqual(['a']);
    expect(aborted).toEqual(['a']);
    release();
    await queue.drain(1_000);

    expect(started).toEqual(['a']);
  });

  test('after the running job ends, the newest waiting one runs', async () => {
    const { queue } = open();
    const { handler, started, open: release } = gate();
    queue.work('review', handler);
    for (const head of ['a', 'b', 'c']) queue.add(review(head), { key: 'pull-1', replace: true });

    release();
    await new Promise((resolve) => setImmediate(resolve));

    expect(started).toEqual(['a', 'c']);
  });

  test('different keys run side by side up to the limit', () => {
    const { queue } = open();
    const { handler, started } = gate();
    queue.work('review', handler);

    for (const key of ['1', '2', '3']) queue.add(review(key), { key, replace: false });

    expect(started).toEqual(['1', '2']);
  });

  test('a failing job is told and does not stop the next', async () => {
    const { queue, failures } = open({ concurrency: 1 });
    const done: string[] = [];
    queue.work('review', async (job) => {
      if (job.payload['head'] === 'bad') throw new Error('broken');
      done.push(String(job.payload['head']));
    });

    queue.add(review('bad'), { key: '1', replace: false });
    queue.add(review('good'), { key: '2', replace: false });
    await new Promise((resolve) => setImmediate(resolve));

    expect(done).toEqual(['good']);
    expect(failures).toHaveLength(1);
  });

  test('refuses jobs over its capacity and while draining', async () => {
    const { queue } = open({ concurrency: 1, capacity: 1 });
    const { handler, open: release } = gate();
    queue.work('review', handler);
    queue.add(review('a'), { key: '1', replace: false });
    queue.add(review('b'), { key: '2', replace: false });

    expect(() => queue.add(review('c'), { key: '3', replace: false })).toThrow(/refused/);
    release();
    await queue.drain(1_000);
    expect(() => queue.add(review('d'), { key: '4', replace: false })).toThrow(/shutting down/);
  });
});
