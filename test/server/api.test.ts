import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createApi } from '../../src/server/api.ts';
import { type RunningServer, startServer } from '../../src/server/http.ts';
import { answerOthers } from '../../src/server/others.ts';

const token = 'b3f1c2d4e5a697887766554433221100';
let server: RunningServer;
let asked: unknown[];
beforeEach(async () => {
  asked = [];
  const logger = pino({ level: 'silent' });
  const route = async (body: unknown) => {
    asked.push(body);
    return { status: 202, body: { ok: true } };
  };
  const api = createApi({ token, logger, redact: (text) => text, routes: { '/api/v1/things': route } });
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    hooks: [],
    logger,
    others: answerOthers({ fault: () => null, api }),
  });
});
afterEach(() => server.close());

const json = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

function post(init: RequestInit = {}, path = '/api/v1/things'): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', body: '{"a":1}', headers: json, ...init });
}

test('who shows the token is answered', async () => {
  const answer = await post();

  expect([answer.status, await answer.json()]).toEqual([202, { ok: true }]);
  expect(asked).toEqual([{ a: 1 }]);
});

describe('a refusal is a problem, and does nothing:', () => {
  test.each([
    ['no token', { headers: { 'content-type': 'application/json' } }, 401],
    ['another token', { headers: { ...json, authorization: `Bearer ${token}0` } }, 401],
    ['the beginning of the token', { headers: { ...json, authorization: `Bearer ${token.slice(0, 31)}` } }, 401],
    ['the token by another scheme', { headers: { ...json, authorization: `Basic ${token}` } }, 401],
    ['a web page', { headers: { ...json, origin: 'https://example.com' } }, 403],
    ['another method', { method: 'PUT' }, 405],
    ['a form', { headers: { ...json, 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['what is no JSON', { body: '{' }, 400],
    ['more than 64 KiB', { body: JSON.stringify('x'.repeat(64 * 1024)) }, 413],
  ])('%s', async (_title, init: RequestInit, status) => {
    const answer = await post(init);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: expect.any(String),
    });
    expect(asked).toEqual([]);
  });

  test('a path that is not there, told only to who shows the token', async () => {
    const [known, stranger] = [await post({}, '/api/nothing'), await post({ headers: {} }, '/api/nothing')];

    expect([known.status, stranger.status]).toEqual([404, 401]);
  });

  test('a name every object has is no route', async () => {
    expect((await post({}, '/api/constructor')).status).toBe(404);
  });
});
