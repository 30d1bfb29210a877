import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appPrivateKey } from '../support/app-key.ts';
import { expectRefusal } from '../support/calm.ts';
import { fairlead } from '../support/command-line.ts';
import { kubeconfigAt, kubeconfigText } from '../support/kubeconfig.ts';
import { until } from '../support/until.ts';
import { json, listen } from '../world/cluster/peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-announce-'));
let forge: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  // One that could not be reached would be asked again and again, and waited for at the stop.
  forge = await listen((_, response) => json(response, { message: 'Not Found' }, 404));
});
afterAll(async () => {
  await forge.close();
  rmSync(folder, { recursive: true, force: true });
});

const [place, secret] = ['server.json', 'api-token'].map((name) => join(folder, 'data', name)) as [string, string];
const environment = () => ({
  ...kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1')),
  ...{ APP_ID: '1', PRIVATE_KEY: appPrivateKey(), WEBHOOK_SECRET: 'kq9-3mfw-7dux-2hva' },
  ...{ GHE_HOST: new URL(forge.url).host, GHE_PROTOCOL: 'http', FAIRLEAD_DATA: join(folder, 'data') },
});
const serve = ['serve', '--host', '127.0.0.1', '--port', '0'];

/** Where it listens, once it does. */
async function listening(): Promise<string> {
  await until('server.json', () => (existsSync(place) ? true : undefined));
  return JSON.parse(readFileSync(place, 'utf8')).url;
}

const ask = (url: string, bearer: string): Promise<Response> =>
  fetch(`${url}/api/v1/redeployments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ repo: 'a/b', environment: 'prod', trigger: 'command', actor: 'cli:anna' }),
  });

test('a server tells where it listens while it runs, answers only who has its token, and takes both away', async () => {
  const asked = (async () => {
    const url = await listening();
    const token = readFileSync(secret, 'utf8').trim();
    const modes = [place, secret].map((file) => statSync(file).mode & 0o777);
    return { modes, stranger: (await ask(url, 'x')).status, owner: await (await ask(url, token)).json() };
  })();

  const run = await fairlead(serve, { cwd: folder, env: environment(), interruptOn: asked });

  const { modes, stranger, owner } = await asked;
  expect(run.code).toBe(0);
  expect(modes).toEqual([0o600, 0o600]);
  expect([stranger, owner]).toEqual([
    401,
    expect.objectContaining({ status: 404, detail: expect.stringMatching(/^the server knows no repository yet/) }),
  ]);
  expect([place, secret].map((file) => existsSync(file))).toEqual([false, false]);
});

test('a token that the server was given is what it takes, and neither kept in the data folder nor said', async () => {
  const token = '5b1c9f0d7e3a48a2b6c4d8e0f1a39577';
  writeFileSync(secret, 'left behind');
  const asked = (async () => {
    const url = await listening();
    const statuses = [(await ask(url, token)).status, (await ask(url, `${token}0`)).status];
    return { statuses, isKept: existsSync(secret) };
  })();

  const env = { ...environment(), FAIRLEAD_API_TOKEN: token, LOG_LEVEL: 'trace' };
  const run = await fairlead(serve, { cwd: folder, env, interruptOn: asked });

  expect(run.code).toBe(0);
  expect(await asked).toEqual({ statuses: [404, 401], isKept: false });
  expect(run.stdout + run.stderr).not.toContain(token);
});

describe('a token that could be guessed or never be shown is refused at the start:', () => {
  test.each([
    ['a short one', 'd41d8cd98f00b204e9800998ecf8427', /is shorter than 32 characters$/],
    ['a repeated one', 'abc'.repeat(20), /repeats a few characters$/],
    ['one with a blank', `${'d41d8cd98f00b204'.repeat(2)} x`, /holds blanks/],
  ])('%s', async (_title, token, says) => {
    const run = await fairlead(serve, { cwd: folder, env: { ...environment(), FAIRLEAD_API_TOKEN: token } });

    expectRefusal(run, { code: 2, says });
    expect(run.stderr).not.toContain(token);
  });
});
