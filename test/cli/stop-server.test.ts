import { describe, expect, test } from '@jest/globals';
import type { RunningServer } from '../../src/cli/services.ts';
import { stopInTime, untilListening } from '../../src/cli/stop-server.ts';

function server(stop: () => Promise<void> = async () => undefined): RunningServer {
  return { url: 'http://127.0.0.1:1', broken: new Promise(() => undefined), stop };
}

/** By then a signal has been heard. */
const heard = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a signal while the server starts', () => {
  test('stops what came to listen meanwhile', async () => {
    const abort = new AbortController();
    const { promise: starting, resolve: listen } = Promise.withResolvers<RunningServer>();
    let stops = 0;
    const listening = untilListening(starting, abort.signal);

    abort.abort();
    await heard();
    listen(
      server(async () => {
        stops += 1;
      }),
    );

    expect([await listening, stops]).toEqual([null, 1]);
  });

  test('is heeded too when the start then fails', async () => {
    const abort = new AbortController();
    const { promise: starting, reject } = Promise.withResolvers<RunningServer>();
    const listening = untilListening(starting, abort.signal);

    abort.abort();
    await heard();
    reject(new Error('locked'));

    expect(await listening).toBeNull();
  });
});

test('a server that starts undisturbed is given, and its fault is thrown', async () => {
  const { signal } = new AbortController();
  const started = server();

  expect(await untilListening(Promise.resolve(started), signal)).toBe(started);
  await expect(untilListening(Promise.reject(new Error('locked')), signal)).rejects.toThrow('locked');
});

test('what cannot be closed is told and does not keep the process from ending', async () => {
  const told: string[] = [];

  await stopInTime(
    server(() => Promise.reject(new TypeError('at 10.0.0.7'))),
    (line) => told.push(line),
  );

  expect(told).toEqual(['fairlead: not everything could be closed: TypeError']);
});
