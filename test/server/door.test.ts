import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Job } from '../../src/model/jobs.ts';
import type { AnswerOthers } from '../../src/server/asked.ts';
import { type DoorEars, doorOnThread } from '../../src/server/door.ts';
import { defaultDeadlines, type RunningServer } from '../../src/server/http.ts';
import { openChosenStore, type StorePlace } from '../../src/server/open-store.ts';
import { receiverSpecs } from '../../src/server/receivers.ts';
import type { OpenedStore } from '../../src/world/store/opened-store.ts';
import { freshDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const secret = 'b3f1c2d4e5a697887766554433221100';
const receivers = receiverSpecs({
  github: { appId: '1', privateKey: '', webhookSecrets: [secret], baseUrl: null },
  gitlab: { url: '', token: '', webhookSecrets: [secret], signingSecrets: [] },
});
const body = JSON.stringify({ action: 'opened', number: 3 });

interface Line {
  readonly level: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly fields: object;
}

/** What the main thread heard. */
interface Heard {
  readonly lines: Line[];
  readonly counted: (readonly unknown[])[];
  readonly added: Job[];
  readonly broken: string[];
}

let closing: (() => Promise<void>)[] = [];
let heard: Heard;
beforeEach(() => {
  heard = { lines: [], counted: [], added: [], broken: [] };
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

const databases: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const drop of databases) await drop();
});

const places: Readonly<Record<string, () => Promise<StorePlace>>> = {
  SQLite: async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'fairlead-door-'));
    closing.unshift(() => rm(dataDir, { recursive: true, force: true }));
    return { dataDir };
  },
  PostgreSQL: async () => {
    const database = await freshDatabase();
    databases.push(database.drop);
    return { dataDir: '', databaseUrl: database.url };
  },
};

function ears(): DoorEars {
  let fields: object = {};
  const line =
    (level: string) =>
    (facts: object, message: string): void =>
      void heard.lines.push({ level, facts: { ...facts }, message, fields });
  return {
    log: {
      logger: { info: line('info'), warn: line('warn'), error: line('error') },
      within: (around, work) => {
        fields = around;
        return work();
      },
    },
    meter: {
      count: (...told) => void heard.counted.push(told),
      observe: (...told) => void heard.counted.push(told.slice(0, 1)),
    },
    queue: { added: (job) => void heard.added.push(job) },
    onBroken: (why) => void heard.broken.push(why.code),
  };
}

const nothingElse: AnswerOthers = async () => ({ status: 404, body: {}, isUnread: true });

async function openDoor(
  store: StorePlace,
  { others = nothingElse, port = 0 }: { readonly others?: AnswerOthers; readonly port?: number } = {},
): Promise<RunningServer> {
  const open = doorOnThread({ receivers, store, traces: null }, ears());
  const door = await open({ host: '127.0.0.1', port, deadlines: { ...defaultDeadlines, drain: 200 }, others });
  closing.push(door.close);
  return door;
}

/** A store as a server has it, and a door beside it. */
async function openBoth(name: string): Promise<{ readonly opened: OpenedStore; readonly door: RunningServer }> {
  const place = await (places[name] as () => Promise<StorePlace>)(); // of the list the test is made for
  const options = { now: () => new Date(), random: () => 0 };
  const opened = await openChosenStore(place, options, { learn: () => undefined });
  closing.push(opened.close);
  return { opened, door: await openDoor(place) };
}

const sign = (text: string): string => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;

function headersOf(id: string, text = body): Readonly<Record<string, string>> {
  const names = { 'x-github-event': 'pull_request', 'x-github-delivery': id };
  return { 'content-type': 'application/json', ...names, 'x-hub-signature-256': sign(text) };
}

function post(door: RunningServer, id: string, headers: Readonly<Record<string, string>> = headersOf(id)) {
  return fetch(`${door.url}/hooks/github`, { method: 'POST', body, headers });
}

describe.each(Object.keys(places))('a door of its own thread beside %s', (name) => {
  test('a webhook is in the store when it is acknowledged, and the queue hears of the job', async () => {
    const { opened, door } = await openBoth(name);

    const answer = await post(door, 'd-1');

    expect([answer.status, await answer.json()]).toEqual([202, { delivery: 'd-1', duplicate: false }]);
    const kept = await opened.store.deliveries.get('github', 'd-1');
    expect([kept?.event, kept?.state, Buffer.from(kept?.body ?? []).toString()]).toEqual([
      'pull_request',
      'received',
      body,
    ]);
    expect(await opened.queue.size()).toBe(1);
    await until('the queue hears', async () => heard.added.length > 0 || undefined);
    expect(heard.added).toMatchObject([{ kind: 'ingest', payload: { forge: 'github', delivery: null } }]);
    expect(heard.lines).toContainEqual({
      level: 'info',
      facts: { path: '/hooks/github', delivery: 'd-1', event: 'pull_request', isNew: true },
      message: 'webhook taken in',
      fields: {},
    });
    expect(heard.counted).toContainEqual(['fairlead_webhooks_total', { event: 'pull_request', result: 'accepted' }]);
  });

  test('one that comes again changes nothing; one that is forged leaves no trace', async () => {
    const { opened, door } = await openBoth(name);
    await post(door, 'd-1');

    const again = await post(door, 'd-1');
    const forged = await post(door, 'd-2', headersOf('d-2', 'another body'));

    expect([await again.json(), forged.status]).toEqual([{ delivery: 'd-1', duplicate: true }, 401]);
    expect(await opened.store.deliveries.get('github', 'd-2')).toBeNull();
    expect(await opened.queue.size()).toBe(1);
  });

  test('many at once are all kept, each once, while the server itself writes to the store', async () => {
    const { opened, door } = await openBoth(name);
    const ids = Array.from({ length: 100 }, (_, index) => `d-${index}`);
    const repo = { forge: 'github', id: 1, fullName: 'acme/gitops', installation: 7 };
    let isOver = false;
    const writing = (async () => {
      while (!isOver) await opened.store.transaction((tx) => opened.store.repos.see(tx, repo));
    })();

    const answers = await Promise.all([...ids, ...ids].map(async (id) => (await post(door, id)).json()));
    isOver = true;
    await writing;

    expect(answers.filter((answer) => (answer as { duplicate: boolean }).duplicate)).toHaveLength(100);
    const { deliveries } = await opened.store.deliveries.received('github', { count: 500, bytes: 1e9 });
    expect(deliveries.map(({ id }) => id).sort()).toEqual(ids.toSorted());
  });

  test('a webhook is acknowledged while the main thread does something else', async () => {
    const { door } = await openBoth(name);
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const told = { url: `${door.url}/hooks/github`, body, headers: headersOf('d-1'), flag };
    // Fetches from a third thread, and says by the flag what it was answered.
    const script = `
      const { workerData } = require('node:worker_threads');
      const { url, body, headers, flag } = workerData;
      fetch(url, { method: 'POST', body, headers }).then(({ status }) => {
        Atomics.store(flag, 0, status);
        Atomics.notify(flag, 0);
      });`;
    const sender = new Worker(script, { eval: true, workerData: told });

    const waited = Atomics.wait(flag, 0, 0, 30_000);

    expect([waited === 'timed-out', Atomics.load(flag, 0)]).toEqual([false, 202]);
    await sender.terminate();
  });
});

describe('what is no webhook', () => {
  async function anywhere(): Promise<StorePlace> {
    const place = await (places['SQLite'] as () => Promise<StorePlace>)();
    const opened = await openChosenStore(place, { now: () => new Date(), random: () => 0 }, { learn: () => undefined });
    closing.push(opened.close);
    return place;
  }

  test('is answered by the main thread, which reads the body only where it wants to', async () => {
    const others: AnswerOthers = async (asked) => {
      const read = asked.path === '/api/x' ? await asked.readBody(10) : null;
      const said = read?.kind === 'read' ? read.body.toString('utf8') : (read?.kind ?? 'unread');
      return { status: 200, body: { said, method: asked.method, token: asked.headers.authorization ?? null } };
    };
    const door = await openDoor(await anywhere(), { others });
    const ask = async (path: string, init: RequestInit = {}) => (await fetch(`${door.url}${path}`, init)).json();

    expect(await ask('/healthz?x=1')).toEqual({ said: 'unread', method: 'GET', token: null });
    const authorization = { headers: { authorization: 'Bearer t' } };
    expect(await ask('/api/x', { method: 'POST', body: 'short', ...authorization })).toEqual({
      said: 'short',
      method: 'POST',
      token: 'Bearer t',
    });
    expect(await ask('/api/x', { method: 'POST', body: 'x'.repeat(11) })).toMatchObject({ said: 'too-large' });
  });

  test('a fault of the main thread is told in the log, not to the caller', async () => {
    const door = await openDoor(await anywhere(), { others: () => Promise.reject(new Error('at 10.1.2.3')) });

    const answer = await fetch(`${door.url}/healthz`);

    expect([answer.status, await answer.json()]).toEqual([500, { error: 'internal error' }]);
    expect(heard.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('a server that retires says so with each question, and takes nothing after its end', async () => {
    const said: boolean[] = [];
    const others: AnswerOthers = async (_asked, isDraining) => {
      said.push(isDraining);
      return { status: 200, body: {} };
    };
    const door = await openDoor(await anywhere(), { others });

    await fetch(`${door.url}/readyz`);
    door.retire();
    const last = await fetch(`${door.url}/readyz`);
    await door.close();

    expect([said, last.headers.get('connection')]).toEqual([[false, true], 'close']);
    await expect(fetch(`${door.url}/readyz`)).rejects.toThrow();
    expect(heard.broken).toEqual([]);
  });

  test('requests that hang are cut when the door closes', async () => {
    const door = await openDoor(await anywhere());
    const { promise, resolve } = Promise.withResolvers<string>();
    const hanging = request(`${door.url}/hooks/github`, { method: 'POST', headers: { 'content-length': 9 } });
    hanging.on('error', () => resolve('cut'));
    await new Promise<void>((sent) => void hanging.write('x', () => sent()));
    await fetch(`${door.url}/healthz`);

    await door.close();

    expect(await promise).toBe('cut');
  });

  test('a port that is taken is said plainly', async () => {
    const place = await anywhere();
    const door = await openDoor(place);
    const port = Number(new URL(door.url).port);

    await expect(openDoor(place, { port })).rejects.toMatchObject({
      code: 'listen-failed',
      subject: `127.0.0.1:${port}`,
    });
    expect(heard.broken).toEqual([]);
  });

  test('a store that cannot be opened is said as the store says it', async () => {
    await expect(openDoor({ dataDir: '/dev/null/folder' })).rejects.toMatchObject({ code: 'store-failed' });
  });

  test('a thread that breaks is told, before and after it listened', async () => {
    const script = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const options = { host: '127.0.0.1', port: 0, deadlines: defaultDeadlines, others: nothingElse };
    const open = (code: string) =>
      doorOnThread({ receivers, store: { dataDir: '' }, traces: null }, ears(), script(code))(options);

    await expect(open('throw new Error("no memory")')).rejects.toMatchObject({ code: 'door-broken' });
    await open(`import { parentPort } from 'node:worker_threads';
      parentPort.postMessage({ kind: 'listens', url: 'http://127.0.0.1:1' });
      setImmediate(() => process.exit(1));`);

    await until('the second one is told', async () => heard.broken.length > 1 || undefined);
    expect(heard.broken).toEqual(['door-broken', 'door-broken']);
  });
});
