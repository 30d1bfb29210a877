import { createHmac } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Logger, pino } from 'pino';
import { type RunningServer, type ServerDeadlines, startServer } from '../../src/server/http.ts';
import { answerOthers, type Others } from '../../src/server/others.ts';
import type { Hook } from '../../src/server/webhook.ts';
import { createReceiver } from '../../src/world/forge/github/receiver.ts';

const secret = 'b3f1c2d4e5a697887766554433221100';
const older = 'c4a2b1d0e9f8a7b6c5d4e3f2a1b0c9d8';
const payload = JSON.stringify({
  action: 'opened',
  number: 3,
  pull_request: { head: { sha: 'abc' } },
  repository: { id: 42, full_name: 'acme/gitops' },
  installation: { id: 7 },
});

let server: RunningServer;
let kept: { readonly id: string; readonly event: string; readonly body: string }[];
let lines: string[];
let reason: string | null;
let keep: Hook['keep'];
beforeEach(async () => {
  lines = [];
  reason = null;
  kept = [];
  keep = async (delivery) => {
    kept.push({ id: delivery.id, event: delivery.event, body: Buffer.from(delivery.body).toString() });
    return kept.filter(({ id }) => id === delivery.id).length === 1;
  };
  server = await start();
});
afterEach(() => server.close());

function start(deadlines: Partial<ServerDeadlines> = {}, others: Partial<Others> = {}): Promise<RunningServer> {
  const hook = {
    path: '/hooks/github',
    receiver: createReceiver([secret, older]),
    keep: (delivery: Parameters<Hook['keep']>[0]) => keep(delivery),
  };
  return startServer({
    host: '127.0.0.1',
    port: 0,
    hooks: [hook],
    others: answerOthers({ fault: () => reason, ...others }),
    logger: logInto(lines),
    deadlines: { headers: 10_000, request: 30_000, drain: 10_000, ...deadlines },
  });
}

function logInto(into: string[]): Logger {
  return pino({ level: 'debug' }, { write: (line: string) => into.push(line) });
}

const sign = (body: string, key: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

function post(body: string, changes: Record<string, string | null> = {}): Promise<Response> {
  const headers: Record<string, string | null> = {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': 'd-1',
    'x-hub-signature-256': sign(body, secret),
    ...changes,
  };
  const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null);
  return fetch(`${server.url}/hooks/github`, { method: 'POST', body, headers: Object.fromEntries(sent) });
}

describe('webhooks', () => {
  test('a signed webhook is kept as it came, then answered 202', async () => {
    const answer = await post(payload);

    expect([answer.status, await answer.json()]).toEqual([202, { delivery: 'd-1', duplicate: false }]);
    expect(kept).toEqual([{ id: 'd-1', event: 'pull_request', body: payload }]);
  });

  test('one that comes again is answered 202 too', async () => {
    await post(payload);

    expect(await (await post(payload)).json()).toEqual({ delivery: 'd-1', duplicate: true });
  });

  test('a secret that is being phased out still lets in', async () => {
    expect((await post(payload, { 'x-hub-signature-256': sign(payload, older) })).status).toBe(202);
  });

  test.each([
    ['a missing signature', { 'x-hub-signature-256': null }, 401],
    ['a wrong secret', { 'x-hub-signature-256': sign(payload, 'another-secret-0123456789') }, 401],
    ['a signature of another body', { 'x-hub-signature-256': sign(`${payload} `, secret) }, 401],
    ['a missing event name', { 'x-github-event': null }, 400],
    ['a missing delivery id', { 'x-github-delivery': null }, 400],
    ['a form instead of JSON', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
  ])('%s is not kept', async (_what, headers, status) => {
    const answer = await post(payload, headers);

    expect([answer.status, kept]).toEqual([status, []]);
  });

  test('other methods are refused', async () => {
    const answer = await fetch(`${server.url}/hooks/github`);

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a store that does not take it is 503, never a false success, and the caller is told nothing of it', async () => {
    keep = () => Promise.reject(new Error('the store is at 10.1.2.3'));

    const answer = await post(payload);

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await answer.text()).not.toContain('10.1.2.3');
    expect(lines.join()).toContain('webhook not kept');
  });

  test('a body announced as larger than 26 MB is refused before it is read', async () => {
    const { status, sent } = await stream({ announced: 30 * 1024 * 1024, total: 30 * 1024 * 1024 });

    expect(status).toBe(413);
    expect(sent).toBeLessThan(8 * 1024 * 1024);
  });

  test('a body that grows beyond 26 MB without saying so is refused at the limit', async () => {
    const { status, sent } = await stream({ announced: null, total: 200 * 1024 * 1024 });

    expect(status).toBe(413);
    expect(sent).toBeLessThan(60 * 1024 * 1024);
  });

  test('what is refused leaves no trace of its body in the log', async () => {
    const body = JSON.stringify({ token: 'hunter2hunter2' });

    await post(body, { 'x-hub-signature-256': 'sha256=00' });
    await post(body);

    expect(lines.join()).toMatch(/webhook refused/);
    expect(lines.join()).not.toMatch(/hunter2/);
  });
});

/** Sends zeros until the server answers; how far it came. */
function stream(spec: { announced: number | null; total: number }): Promise<{ status: number; sent: number }> {
  const chunk = Buffer.alloc(64 * 1024);
  const length = spec.announced === null ? {} : { 'content-length': String(spec.announced) };
  return new Promise((resolve, reject) => {
    let sent = 0;
    let isAnswered = false;
    const outgoing = request(`${server.url}/hooks/github`, { method: 'POST', headers: length, agent: new Agent() });
    outgoing.on('response', (answer: IncomingMessage) => {
      isAnswered = true;
      answer.resume();
      outgoing.destroy();
      resolve({ status: answer.statusCode ?? 0, sent });
    });
    outgoing.on('error', (error) => (isAnswered ? undefined : reject(error)));
    const pump = () => {
      if (isAnswered || sent >= spec.total) return;
      sent += chunk.length;
      if (outgoing.write(chunk)) setImmediate(pump);
      else outgoing.once('drain', pump);
    };
    // A polite client waits a moment for a refusal; the announced one comes at once.
    outgoing.flushHeaders();
    setImmediate(pump);
  });
}

describe('probes', () => {
  test('healthz says whether the process is of use, readyz whether it takes work in', async () => {
    const probe = async (path: string) => (await fetch(`${server.url}${path}`)).status;

    expect([await probe('/healthz'), await probe('/readyz')]).toEqual([200, 200]);
    reason = 'the store is broken';
    expect([await probe('/healthz'), await probe('/readyz')]).toEqual([500, 503]);
  });

  test('while a server retires, readyz says so first; webhooks are still taken in, and then nothing', async () => {
    server.retire();

    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { error: 'shutting down' }]);
    expect((await post(payload)).status).toBe(202);
  });

  test('the figures are at /metrics where there are any, as text', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    await server.close();
    const plain = { type: 'text/plain; version=0.0.4; charset=utf-8', text: 'fairlead_x_total 1\n' };
    server = await start({}, { metrics: async () => ({ status: 200, body: {}, plain }) });

    const answer = await fetch(`${server.url}/metrics`);

    expect([answer.headers.get('content-type'), await answer.text()]).toEqual([plain.type, plain.text]);
  });

  test.each(['/', '/hooks', '/hooks/github/', '/hooks/gitlab/x', '/.env', '/healthz/..'])(
    '%s is not there',
    async (path) => {
      expect((await rawGet(path)).split('\r\n')[0]).toBe('HTTP/1.1 404 Not Found');
    },
  );

  test('every answer is safe to show and names no software', async () => {
    for (const answer of [
      await fetch(`${server.url}/nothing`),
      await fetch(`${server.url}/healthz`),
      await post('x'),
    ]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      for (const name of ['server', 'x-powered-by', 'via']) expect(answer.headers.get(name)).toBeNull();
      expect(await answer.text()).not.toMatch(/fairlead|node|\d+\.\d+\.\d+|at .*\.ts/i);
    }
  });
});

/** A GET whose path no client library tidies up. */
function rawGet(path: string): Promise<string> {
  return converse((socket) => socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`));
}

/** Everything the server says until it closes the connection. */
function converse(begin: (socket: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => begin(socket));
    socket.on('data', (data) => {
      heard += data.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

describe('slow clients', () => {
  beforeEach(async () => {
    await server.close();
    server = await start({ headers: 300, request: 600 });
  });

  test('headers that drip in are cut off at their deadline', async () => {
    const heard = await converse((socket) => {
      socket.write('POST /hooks/github HTTP/1.1\r\nhost: x\r\n');
      const drip = setInterval(() => socket.write('x-a: b\r\n'), 50);
      socket.on('close', () => clearInterval(drip));
    });

    expect(heard).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  test('a body that drips in is cut off at its deadline and makes no event', async () => {
    const heard = await converse((socket) => {
      socket.write('POST /hooks/github HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 50);
      socket.on('close', () => clearInterval(drip));
    });

    expect(heard).toMatch(/^(HTTP\/1\.1 408|$)/);
    expect(kept).toEqual([]);
  });

  test('others are served meanwhile', async () => {
    const slow = converse((socket) => socket.write('POST /hooks/github HTTP/1.1\r\n'));

    expect((await post(payload)).status).toBe(202);
    await slow;
  });
});

describe('closing', () => {
  test('lets a request under way finish and takes no new one', async () => {
    const { hostname, port } = new URL(server.url);
    const body = Buffer.from(payload);
    const head = [
      'POST /hooks/github HTTP/1.1',
      'host: x',
      'content-type: application/json',
      'x-github-event: pull_request',
      'x-github-delivery: d-9',
      `x-hub-signature-256: ${sign(payload, secret)}`,
      `content-length: ${body.length}`,
    ];
    let closing = Promise.resolve();
    const heard = await converse((socket) => {
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      socket.write(body.subarray(0, 10), () => {
        // A round trip on another connection: by then the server holds the first part.
        void rawGet('/healthz').then(() => {
          closing = server.close();
          socket.write(body.subarray(10));
        });
      });
    });
    await closing;

    expect(heard).toMatch(/^HTTP\/1\.1 202/);
    expect(kept.map(({ id }) => id)).toEqual(['d-9']);
    await expect(fetch(`http://${hostname}:${port}/healthz`)).rejects.toThrow();
  });

  test('cuts off what does not finish in time', async () => {
    await server.close();
    server = await start({ drain: 100 });
    const hanging = converse((socket) =>
      socket.write('POST /hooks/github HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n'),
    );
    await rawGet('/healthz');

    await server.close();

    expect(await hanging).toBe('');
  });

  test('a port that is taken is said plainly', async () => {
    const { port } = new URL(server.url);
    const options = { host: '127.0.0.1', port: Number(port), hooks: [], others: async () => null, logger: logInto([]) };

    await expect(startServer(options)).rejects.toMatchObject({ code: 'listen-failed', subject: `127.0.0.1:${port}` });
  });
});
