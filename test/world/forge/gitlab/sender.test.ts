import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import { createGuard } from '../../../../src/world/forge/calls/guard.ts';
import { ownSource } from '../../../../src/world/forge/calls/shared-budget.ts';
import { withUrgency } from '../../../../src/world/forge/calls/urgency.ts';
import { createSender } from '../../../../src/world/forge/gitlab/sender.ts';

const host = 'https://gitlab.example';
const given = { method: 'GET', prefixUrl: `${host}/api/v4/`, headers: {}, searchParams: 'page=2' };

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
// The next test file of this process makes real requests.
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

/** A sender whose time only passes where it sleeps. */
function stage({ start = Date.parse('2026-03-01T12:00:00Z'), isGuarded = false } = {}) {
  const slept: number[] = [];
  let at = start;
  const clock = {
    now: () => at,
    sleep: async (ms: number) => {
      slept.push(ms);
      at += ms;
    },
  };
  const pace = { write: 200, retry: 1000, deadline: 30_000, patience: 5000, settle: 1 };
  const errors = { now: () => new Date(at), redact: (text: string) => text };
  const caps = { pointsPerMinute: 1e9, writesPerMinute: 1e9, writesPerHour: 1e9 };
  const { now } = errors;
  const guarding = { forge: 'gitlab', installation: null, source: ownSource(now), caps, now, deadline: 30_000 };
  const guard = createGuard({ ...guarding, sleep: clock.sleep });
  const guarded = isGuarded ? { guard } : {};
  const pass = (ms: number): void => {
    at += ms;
  };
  return { slept, pass, guard, send: createSender({ pace, errors, clock, ...guarded }) };
}

test('waits as long as Retry-After says before it reads again', async () => {
  const { slept, send } = stage();
  nock(host)
    .get('/api/v4/a?page=2')
    .reply(429, '', { 'retry-after': '3' })
    .get('/api/v4/a?page=2')
    .reply(200, { a: 1 });

  const answer = await send('a', given);

  expect(answer).toMatchObject({ status: 200, body: { a: 1 } });
  expect(slept).toEqual([3000]);
});

test('leaves a wait beyond its patience to the queue', async () => {
  const { slept, send } = stage();
  nock(host).get('/api/v4/a?page=2').reply(503, '', { 'retry-after': '6' });

  await expect(send('a', given)).rejects.toMatchObject({ retryAt: new Date('2026-03-01T12:00:06Z') });
  expect(slept).toEqual([]);
});

test('pauses longer before every further try of a read, and gives up', async () => {
  const { slept, send } = stage();
  nock(host).get('/api/v4/a?page=2').times(4).reply(502, '');

  await expect(send('a', given)).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
  expect(slept).toEqual([1000, 4000, 9000]);
});

test.each(['POST', 'PUT', 'DELETE'])('sends %s once, whatever the answer', async (method) => {
  const { slept, send } = stage();
  const scope = nock(host).intercept('/api/v4/a?page=2', method).reply(429, '', { 'retry-after': '1' });

  await expect(send('a', { ...given, method })).rejects.toMatchObject({ kind: 'limited' });
  expect(scope.isDone()).toBe(true);
  expect(slept).toEqual([]);
});

test.each(['POST', 'PUT', 'DELETE'])(
  'does not send %s again after a 502 or an answer that is no JSON',
  async (method) => {
    for (const status of [502, 504, 200]) {
      const { slept, send } = stage();
      const scope = nock(host).intercept('/api/v4/a?page=2', method).reply(status, '<html>');

      await expect(send('a', { ...given, method })).rejects.toMatchObject({ kind: 'unavailable' });
      expect(scope.isDone()).toBe(true);
      expect(slept).toEqual([]);
    }
  },
);

test('spaces writes, and does not hold up reads for them', async () => {
  const { slept, send } = stage();
  nock(host).post('/api/v4/a?page=2').times(2).reply(201, {}).get('/api/v4/a?page=2').reply(200, {});

  await send('a', { ...given, method: 'POST' });
  await send('a', given);
  await send('a', { ...given, method: 'POST' });

  expect(slept).toEqual([200]);
});

describe('with a guard', () => {
  const reset = String(Date.parse('2026-03-01T12:01:00Z') / 1000);
  const left = (remaining: number) => {
    return { 'ratelimit-limit': '100', 'ratelimit-remaining': String(remaining), 'ratelimit-reset': reset };
  };

  test('keeps the reserve that the headers leave for what is urgent, until the reset', async () => {
    const { send, guard, pass } = stage({ isGuarded: true });
    const scope = nock(host).get('/api/v4/a?page=2').times(3).reply(200, {}, left(20));
    await send('a', given);

    await expect(send('a', given)).rejects.toMatchObject({
      code: 'gitlab-held-back',
      retryAt: new Date(Number(reset) * 1000),
    });
    expect(guard.figure()).toMatchObject({ forge: 'gitlab', limit: 100, remaining: 20, isDegraded: true });
    await withUrgency('urgent', () => send('a', given));
    pass(61_000);
    await send('a', given);

    expect(scope.isDone()).toBe(true);
    expect(guard.figure().isDegraded).toBe(false);
  });

  test('sends nothing before the time that Retry-After names', async () => {
    const { send, pass } = stage({ isGuarded: true });
    const scope = nock(host)
      .post('/api/v4/a?page=2')
      .reply(429, '', { 'retry-after': '40' })
      .get('/api/v4/a?page=2')
      .reply(200, {});
    await expect(send('a', { ...given, method: 'POST' })).rejects.toMatchObject({ kind: 'limited' });

    pass(30_000);
    await expect(withUrgency('urgent', () => send('a', given))).rejects.toMatchObject({ kind: 'limited' });
    expect(scope.isDone()).toBe(false);
    pass(11_000);
    await send('a', given);

    expect(scope.isDone()).toBe(true);
  });
});
