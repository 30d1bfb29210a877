import { beforeEach, describe, expect, test } from '@jest/globals';
import { BorderError } from '../../src/model/error.ts';
import { createReadiness, type ReadinessParts } from '../../src/server/readiness.ts';
import { noMeter } from '../../src/tools/metrics/no-meter.ts';
import type { KindStats } from '../../src/world/store/queue.ts';

const hang = (): Promise<never> => new Promise(() => undefined);

function refused(kind: BorderError['kind']): BorderError {
  const facts = { message: 'api.internal.example said no', subject: 'api.internal.example', remedy: 'Look.' };
  return new BorderError({ code: `forge-${kind}`, kind, status: 401, ...facts });
}

let asked: Record<string, number>;
let store: () => Promise<unknown>;
let stats: readonly KindStats[];
let forge: () => Promise<void>;
beforeEach(() => {
  asked = { store: 0, forge: 0 };
  store = async () => null;
  stats = [];
  forge = async () => undefined;
});

function readiness(changes: Partial<ReadinessParts> = {}) {
  const count = <T>(what: string, work: () => Promise<T>): Promise<T> => {
    asked[what] = (asked[what] ?? 0) + 1;
    return work();
  };
  const parts = {
    store: { deployments: { get: () => count('store', store) }, repos: { list: async () => [] } },
    queue: { stats: async () => stats },
    forges: [{ name: 'github', proveAccess: () => count('forge', forge), repo: hang }],
    isWorker: true,
    meter: noMeter,
    ...changes,
  };
  return createReadiness(parts as unknown as ReadinessParts); // of the store only what is asked
}

const due = (oldestDueMs: number): KindStats => ({ kind: 'review', waiting: 1, running: 0, dead: 0, oldestDueMs });

describe('/readyz', () => {
  test('names each part', async () => {
    const { status, body } = await readiness()(false);

    expect([status, body]).toEqual([
      200,
      {
        status: 'ready',
        parts: {
          intake: { status: 'ok' },
          store: { status: 'ok' },
          queue: { status: 'ok' },
          'forge github': { status: 'ok' },
        },
      },
    ]);
  });

  test('a server that shuts down is not ready, and says so', async () => {
    expect(await readiness()(true)).toMatchObject({
      status: 503,
      body: { status: 'not ready', parts: { intake: { status: 'failed', reason: 'shutting down' } } },
    });
  });

  test('a store that hangs is an answer within a second, and is asked once, however many ask', async () => {
    store = hang;
    const ready = readiness();
    const began = performance.now();

    const answers = await Promise.all(Array.from({ length: 20 }, () => ready(false)));

    expect(performance.now() - began).toBeLessThan(1_000);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 503));
    expect(answers[0]?.body).toMatchObject({ parts: { store: { status: 'failed', reason: 'it does not answer' } } });
    await ready(false);
    expect(asked['store']).toBe(1);
  });

  test('a store that answers is asked once a second at most', async () => {
    const ready = readiness();

    for (let index = 0; index < 10; index += 1) await ready(false);

    expect(asked).toEqual({ store: 1, forge: 1 });
  });

  test('a queue that stands still is named with its age', async () => {
    stats = [due(299_000), { ...due(301_000), kind: 'deploy' }];

    expect(await readiness()(false)).toMatchObject({
      status: 503,
      body: { parts: { queue: { status: 'failed', reason: 'a deploy job has waited for 301 s, the limit is 300 s' } } },
    });
  });

  test('one that only takes webhooks in is not at fault for what waits', async () => {
    stats = [due(3_600_000)];

    const { status, body } = await readiness({ isWorker: false })(false);

    expect([status, Object.keys(body['parts'] as object)]).toEqual([200, ['intake', 'store', 'forge github']]);
  });

  test('a forge that never took our credentials keeps it out of service, and no address is told', async () => {
    forge = () => Promise.reject(refused('unauthorized'));

    const { status, body } = await readiness()(false);

    expect([status, body]).toMatchObject([
      503,
      { parts: { 'forge github': { status: 'failed', reason: 'forge-unauthorized' } } },
    ]);
    expect(JSON.stringify(body)).not.toContain('internal.example');
  });

  test('a forge that is down later is told, but what it sends meanwhile is still taken in', async () => {
    let now = 0;
    const real = performance.now.bind(performance);
    performance.now = () => real() + now;
    try {
      const ready = readiness();
      await ready(false);
      forge = () => Promise.reject(refused('unavailable'));
      now = 61_000;

      expect(await ready(false)).toMatchObject({
        status: 200,
        body: { status: 'ready', parts: { 'forge github': { status: 'degraded', reason: 'forge-unavailable' } } },
      });
    } finally {
      performance.now = real;
    }
  });
});
