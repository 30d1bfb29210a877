import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSqliteReadOnly } from '../../src/world/store/sqlite/read-only.ts';
import type { Delivery } from '../../src/world/store/store.ts';
import { fairlead } from '../support/command-line.ts';
import { type KilledBot, startKilledBot } from './killed/bot.ts';
import { type ForgeSide, openForgeSide, type Webhook } from './killed/forge-side.ts';
import { type KilledStore, killedStores } from './killed/stores.ts';
import { eventually } from './loop/eventually.ts';

/** The numbers are those of the list of hostile webhooks that these tests answer to. */
const gitlab = { token: '7d1f6b0f2a9c47e0b5', signing: `whsec_${Buffer.alloc(24, 'k9s-').toString('base64')}` };
const deadlines = { headers: 1_000, request: 2_000, drain: 1_000 };
const mebibyte = 1024 * 1024;

let side: ForgeSide;
let store: KilledStore;
let bot: KilledBot;
let memory: number;

beforeAll(async () => {
  store = await (killedStores['sqlite'] ?? (() => Promise.reject(new Error('no SQLite'))))();
  side = await openForgeSide(1);
  bot = await startKilledBot({ ...side.told, store: store.address, gitlab, deadlines, logLevel: 'info' });
  memory = await bot.ask('memory');
});
afterAll(async () => {
  await bot.kill();
  await side.close();
  await store.close();
});

/** The row of a delivery; null when there is none. */
async function row(id: string, forge = 'github'): Promise<Delivery | null> {
  if (!('path' in store.address)) throw new Error('these tests look into a file');
  const opened = await openSqliteReadOnly(store.address.path);
  try {
    return await opened.deliveries.get(forge, id);
  } finally {
    await opened.close();
  }
}

/** What became of a delivery that was taken in. */
const settled = (id: string): Promise<string> =>
  eventually(
    `the end of ${id}`,
    async () => {
      const kept = await row(id);
      return kept === null || kept.state === 'received' ? undefined : kept.state;
    },
    5_000,
  );

const sign = (body: string | Buffer): string =>
  `sha256=${createHmac('sha256', side.told.secret).update(body).digest('hex')}`;

async function post(webhook: Partial<Webhook>, changes: Readonly<Record<string, string | null>> = {}): Promise<number> {
  const { id = 'w', event = 'pull_request', body = '{}' } = webhook;
  const headers: Record<string, string | null> = {
    ...{ 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': id },
    'x-hub-signature-256': sign(body),
    ...changes,
  };
  const sent = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  const answer = await fetch(`${bot.url}/hooks/github`, { method: 'POST', body, headers: sent });
  await answer.arrayBuffer();
  return answer.status;
}

const logged = (pattern: RegExp): readonly string[] => bot.log.filter((line) => pattern.test(line));

/** The webhook of the pull, changed. */
function changed(id: string, change: (payload: Record<string, unknown>) => void): Webhook {
  const payload = JSON.parse(side.webhook(side.pulls[0] ?? 0, id).body) as Record<string, unknown>;
  change(payload);
  return { id, event: 'pull_request', body: JSON.stringify(payload) };
}

describe('a webhook that is not authentic is refused, and leaves no row:', () => {
  const body = '{"action":"opened",  "number":1}';
  const signature = (text: string) => (): string => sign(text);
  test.each([
    ['1: no signature', 'h1', () => null],
    ['2: a wrong signature of the right length', 'h2', () => `sha256=${'0'.repeat(64)}`],
    ['2: a signature of another length', 'h2-short', () => 'sha256=00'],
    ['4: a signature of the same JSON written otherwise', 'h4', signature(JSON.stringify(JSON.parse(body)))],
  ])('%s', async (_title, id, signed) => {
    expect(await post({ id, body }, { 'x-hub-signature-256': signed() })).toBe(401);
    expect(await row(id)).toBeNull();
  });

  test('3: only the old signature by SHA-1', async () => {
    const old = createHmac('sha1', side.told.secret).update(body).digest('hex');

    expect(await post({ id: 'h3', body }, { 'x-hub-signature-256': null, 'x-hub-signature': `sha1=${old}` })).toBe(401);
    expect(await row('h3')).toBeNull();
  });

  test('14: a signature of GitLab that is ten minutes old', async () => {
    const sent = (at: number, id: string): Promise<number> => {
      const time = String(Math.floor(at / 1_000));
      const key = Buffer.from(gitlab.signing.slice(6), 'base64');
      const mac = createHmac('sha256', key).update(`${id}.${time}.{}`).digest('base64');
      const signed = { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${mac}` };
      const headers = { 'content-type': 'application/json', 'x-gitlab-event': 'Note Hook', ...signed };
      return fetch(`${bot.url}/hooks/gitlab/gitlab`, { method: 'POST', body: '{}', headers }).then(
        ({ status }) => status,
      );
    };

    expect(await sent(Date.now() - 600_000, 'h14-old')).toBe(401);
    expect(await row('h14-old', 'gitlab')).toBeNull();
    expect(await sent(Date.now(), 'h14-new')).toBe(202);
  });
});

describe('a body without end', () => {
  test.each([
    ['5: one announced as larger than 26 MB is refused unread', 30 * mebibyte, 24 * mebibyte],
    ['6: one that never ends is refused at 26 MB', null, 64 * mebibyte],
  ])('%s', async (_title, announced, most) => {
    const { status, sent } = await pour(announced);

    expect(status).toBe(413);
    expect(sent).toBeLessThan(most);
    expect(await row('poured')).toBeNull();
  });

  test('6: one that drips is cut off at the deadline', async () => {
    const started = Date.now();

    expect(await drip()).toMatch(/^(HTTP\/1\.1 408|$)/);
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(await row('dripped')).toBeNull();
  });
});

describe('a webhook that is authentic and broken is set aside, told once, and the next one is worked on:', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  test.each([
    ['7: no JSON', 'h7', '{"action":'],
    ['8: JSON nested 100,000 deep', 'h8-deep', deep],
    ['8: JSON nested 100,000 deep in what is read', 'h8-in', `{"action":"opened","pull_request":${deep}}`],
    ['8: a prototype that says what the webhook does not', 'h8-proto', '{"__proto__":{"action":"closed","number":1}}'],
    ['10: no repository', 'h10-repository', '{"action":"opened","number":1,"pull_request":{"head":{"sha":"a"}}}'],
    ['10: no pull', 'h10-pull', '{"action":"opened","number":1,"repository":{"id":1,"full_name":"a/b"}}'],
  ])('%s', async (_title, id, body) => {
    expect(await post({ id, body })).toBe(202);

    expect(await settled(id)).toBe('poison');
    expect(logged(new RegExp(`"level":50.*"delivery":"${id}"`))).toHaveLength(1);
    const next = side.webhook(side.pulls[0] ?? 0, `${id}-next`);
    expect(await post(next)).toBe(202);
    expect(await settled(next.id)).toBe('processed');
  });

  test.each([
    ['no sender and no installation', 'h10-installation', { installation: undefined, sender: undefined }],
    ['the repository of a fork that was deleted', 'h10-fork', null],
  ])('10: %s is no fault', async (_title, id, change) => {
    const webhook = changed(id, (payload) => {
      if (change === null) Object.assign(payload['pull_request'] as object, { head: { sha: 'a', repo: null } });
      else Object.assign(payload, change);
    });

    expect(await post(webhook)).toBe(202);
    expect(await settled(id)).toBe('processed');
  });
});

describe('a webhook nobody asked for', () => {
  test.each([
    ['an unknown event', 'h9-event', 'quantum_leap', '{"action":"opened"}'],
    ['an unknown event that is a name every object has', 'h9-name', 'constructor', '{}'],
    ['an unknown action', 'h9-action', 'pull_request', '{"action":"enchanted"}'],
  ])('9: %s is taken and dropped', async (_title, id, event, body) => {
    expect(await post({ id, event, body })).toBe(202);
    expect(await settled(id)).toBe('ignored');
  });

  test('13: one that comes again is answered alike and has one effect', async () => {
    const webhook = side.webhook(side.pulls[0] ?? 0, 'h13');
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(webhook)));

    expect(new Set(answers)).toEqual(new Set([202]));
    await settled('h13');
    expect(logged(/"delivery":"h13".*webhook understood/)).toHaveLength(1);
  });

  test('12: one under the id of another is not taken for it: the first stays, and it is told', async () => {
    const webhook = side.webhook(side.pulls[0] ?? 0, 'h12');
    await post(webhook);
    await settled('h12');

    expect(await post({ ...webhook, body: '{"action":"closed"}' })).toBe(202);

    expect(Buffer.from((await row('h12'))?.body ?? []).toString()).toBe(webhook.body);
    expect(logged(/"level":40.*"delivery":"h12".*another body/)).toHaveLength(1);
    await post(webhook);
    expect(logged(/another body/)).toHaveLength(1);
  });
});

describe('15: a secret that a stranger could guess', () => {
  test.each([
    ['none', ''],
    ['a short one', 'kq9-3mfw'],
    ['the default of a framework', 'development'],
    ['one character many times', 'a'.repeat(40)],
  ])('%s keeps the server from starting, and is not shown', async (_title, secret) => {
    const { privateKey } = side.told;
    const run = await fairlead(['serve', '--port', '0'], {
      env: { APP_ID: '1', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret },
    });

    expect(run.code).not.toBe(0);
    expect(run.stderr).toMatch(/webhook secret|WEBHOOK_SECRET/);
    expect(run.stderr).toMatch(/openssl rand|Set the GitHub App credentials/);
    if (secret !== '') expect(run.stderr).not.toContain(secret);
  });
});

test('after all of this the same process serves, and has not grown by more than 256 MiB', async () => {
  expect(bot.isAlive()).toBe(true);
  expect(bot.failures).toEqual([]);
  expect((await fetch(`${bot.url}/healthz`)).status).toBe(200);
  expect((await bot.ask('memory')) - memory).toBeLessThan(256 * mebibyte);
});

/** Sends zeros until the server answers; how far it came. */
function pour(announced: number | null): Promise<{ readonly status: number; readonly sent: number }> {
  const chunk = Buffer.alloc(64 * 1024);
  const length = announced === null ? {} : { 'content-length': String(announced) };
  return new Promise((resolve, reject) => {
    let sent = 0;
    let isAnswered = false;
    const headers = {
      ...length,
      'x-github-delivery': 'poured',
      'x-github-event': 'push',
      'content-type': 'application/json',
    };
    const outgoing = request(`${bot.url}/hooks/github`, { method: 'POST', headers });
    outgoing.on('response', (answer) => {
      isAnswered = true;
      answer.resume();
      outgoing.destroy();
      resolve({ status: answer.statusCode ?? 0, sent });
    });
    outgoing.on('error', (error) => (isAnswered ? undefined : reject(error)));
    const pump = (): void => {
      if (isAnswered || sent > 200 * mebibyte) return;
      sent += chunk.length;
      if (outgoing.write(chunk)) setImmediate(pump);
      else outgoing.once('drain', pump);
    };
    outgoing.flushHeaders();
    setImmediate(pump);
  });
}

/** Sends a byte now and then; all that the server says until it closes the connection. */
function drip(): Promise<string> {
  const { hostname, port } = new URL(bot.url);
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => {
      const head = [
        'POST /hooks/github HTTP/1.1',
        'host: x',
        'x-github-delivery: dripped',
        'transfer-encoding: chunked',
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      const timer = setInterval(() => socket.write('1\r\nx\r\n'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    socket.on('data', (data) => {
      heard += data.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}
