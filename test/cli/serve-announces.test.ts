import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { appPrivateKey } from '../support/app-key.ts';
import { fairlead } from '../support/command-line.ts';
import { kubeconfigAt, kubeconfigText } from '../support/kubeconfig.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-announce-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a server tells where it listens while it runs, answers only who has its token, and takes both away', async () => {
  const env = {
    ...kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1')),
    ...{
      APP_ID: '1',
      PRIVATE_KEY: appPrivateKey(),
      WEBHOOK_SECRET: 'kq9-3mfw-7dux-2hva',
      FAIRLEAD_DATA: join(folder, 'data'),
    },
  };
  const [place, secret] = ['server.json', 'api-token'].map((name) => join(folder, 'data', name)) as [string, string];
  const asked = (async () => {
    await until('server.json', () => (existsSync(place) ? true : undefined));
    const { url } = JSON.parse(readFileSync(place, 'utf8'));
    const token = readFileSync(secret, 'utf8').trim();
    const modes = [place, secret].map((file) => statSync(file).mode & 0o777);
    const ask = (bearer: string) =>
      fetch(`${url}/api/v1/redeployments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify({ repo: 'a/b', environment: 'prod', trigger: 'command', actor: 'cli:anna' }),
      });
    return { modes, stranger: (await ask('x')).status, owner: await (await ask(token)).json() };
  })();

  const run = await fairlead(['serve', '--host', '127.0.0.1', '--port', '0'], { cwd: folder, env, interruptOn: asked });

  const { modes, stranger, owner } = await asked;
  expect(run.code).toBe(0);
  expect(modes).toEqual([0o600, 0o600]);
  expect([stranger, owner]).toEqual([
    401,
    expect.objectContaining({ status: 404, detail: 'the server knows no repository a/b' }),
  ]);
  expect([place, secret].map((file) => existsSync(file))).toEqual([false, false]);
});
