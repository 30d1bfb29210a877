import { afterEach, describe, expect, test } from '@jest/globals';
import { createPool, type Pool, workerScript } from '../../src/tools/pool.ts';
import type { Order } from './pool-script.ts';

const calm = new AbortController().signal;
const script = workerScript(import.meta.url, './pool-script');
const usual = { signal: calm, deadlineMs: 30_000 };
const pools: Pool<Order, unknown>[] = [];

function openPool(size = 1, resourceLimits = {}): Pool<Order, unknown> {
  const pool = createPool<Order, unknown>({ script, size, workerData: { given: true }, resourceLimits });
  pools.push(pool);
  return pool;
}

afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

describe('a pool', () => {
  test('gives back what the worker answers, and each caller its own answer', async () => {
    const pool = openPool(2);

    const answers = await Promise.all([1, 2, 3, 4, 5].map((value) => pool.run({ kind: 'echo', value }, usual)));

    expect(answers).toEqual([1, 2, 3, 4, 5]);
  });

  test('gives its workers their data', async () => {
    await expect(openPool().run({ kind: 'data' }, usual)).resolves.toEqual({ given: true });
  });

  test('runs as many tasks at once as it has workers', async () => {
    const pool = openPool(2);
    const shared = new SharedArrayBuffer(4);

    const answers = await Promise.all([
      pool.run({ kind: 'meet', shared }, usual),
      pool.run({ kind: 'meet', shared }, usual),
    ]);

    expect(answers).toEqual([true, true]);
  });

  test('stops a task that overruns its deadline, and the next task runs in a new worker', async () => {
    const pool = openPool();

    const endless = pool.run({ kind: 'spin' }, { signal: calm, deadlineMs: 100 });
    const waiting = pool.run({ kind: 'echo', value: 'next' }, usual);

    await expect(endless).rejects.toMatchObject({ code: 'worker-timeout' });
    await expect(waiting).resolves.toBe('next');
  });

  test('stops a running task when its signal aborts, with the reason given', async () => {
    const pool = openPool();
    const abort = new AbortController();
    await pool.run({ kind: 'echo', value: 'warm' }, usual);

    const endless = pool.run({ kind: 'spin' }, { signal: abort.signal, deadlineMs: 30_000 });
    const waiting = pool.run({ kind: 'echo', value: 'next' }, usual);
    abort.abort(new Error('no longer wanted'));

    await expect(endless).rejects.toThrow('no longer wanted');
    await expect(waiting).resolves.toBe('next');
  });

  test('drops a waiting task whose signal aborts without disturbing the running one', async () => {
    const pool = openPool();
    const abort = new AbortController();

    const running = pool.run({ kind: 'echo', value: 'kept' }, usual);
    const waiting = pool.run({ kind: 'spin' }, { signal: abort.signal, deadlineMs: 30_000 });
    abort.abort(new Error('never started'));

    await expect(waiting).rejects.toThrow('never started');
    await expect(running).resolves.toBe('kept');
  });

  test('does not start a task whose signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'));

    await expect(openPool().run({ kind: 'spin' }, { signal, deadlineMs: 30_000 })).rejects.toThrow('too late');
  });

  test('replaces a worker that dies', async () => {
    const pool = openPool();

    await expect(pool.run({ kind: 'exit' }, usual)).rejects.toMatchObject({ code: 'worker-died' });
    await expect(pool.run({ kind: 'echo', value: 1 }, usual)).resolves.toBe(1);
  });

  test('names memory when a worker dies of it, and goes on', async () => {
    const pool = openPool(1, { maxOldGenerationSizeMb: 32 });

    await expect(pool.run({ kind: 'eat' }, usual)).rejects.toMatchObject({ code: 'worker-memory' });
    await expect(pool.run({ kind: 'echo', value: 1 }, usual)).resolves.toBe(1);
  });

  test('carries domain errors across the thread with all their facts', async () => {
    await expect(openPool().run({ kind: 'fault' }, usual)).rejects.toMatchObject({
      name: 'FairleadError',
      code: 'some-code',
      message: 'A sentence.',
      subject: 'a.yaml:3',
      remedy: 'Do this.',
    });
  });

  test('carries other errors by name and message, and keeps the worker', async () => {
    const pool = openPool();

    await expect(pool.run({ kind: 'fail' }, usual)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'plain failure',
    });
    await expect(pool.run({ kind: 'echo', value: 1 }, usual)).resolves.toBe(1);
  });

  test('moves buffers that the worker gives away', async () => {
    await expect(openPool().run({ kind: 'move' }, usual)).resolves.toEqual(new Uint8Array([1, 2, 3]));
  });

  test('refuses every task once it is closed, running ones too', async () => {
    const pool = openPool();
    const running = pool.run({ kind: 'spin' }, usual);
    const waiting = pool.run({ kind: 'echo', value: 1 }, usual);
    const outcomes = Promise.allSettled([running, waiting]);

    await pool.close();

    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run({ kind: 'echo', value: 1 }, usual)).rejects.toMatchObject({ code: 'pool-closed' });
  });
});

test('a worker script is found beside its module, as source and compiled', () => {
  expect(workerScript('file:///a/b/pool.ts', './work').href).toBe('file:///a/b/work.ts');
  expect(workerScript('file:///a/b/pool.js', './work').href).toBe('file:///a/b/work.js');
});
