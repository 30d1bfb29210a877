import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { expectRefusal } from '../support/calm.ts';
import { fairlead } from '../support/command-line.ts';
import { kubeconfigAt, kubeconfigText } from '../support/kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-serve-'));
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const credentials = { APP_ID: '1', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: 'kq9-3mfw-7dux-2hva' };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function serve(env: Readonly<Record<string, string>>, interruptAt?: RegExp) {
  const all = {
    ...kubeconfigAt(join(folder, 'config'), kubeconfigText('https://127.0.0.1:1')),
    ...credentials,
    ...env,
  };
  const args = [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--data',
    join(folder, interruptAt === undefined ? 'refused' : 'data'),
  ];
  return fairlead(args, { cwd: folder, env: all, ...(interruptAt === undefined ? {} : { interruptAt }) });
}

describe('serve refuses to start', () => {
  test.each([
    ['with an empty secret', { WEBHOOK_SECRET: '' }, /webhook secret is empty/],
    ['with a short secret', { WEBHOOK_SECRET: 'abc123' }, /shorter than 16/],
    ['with the default secret', { WEBHOOK_SECRET: 'development-development' }, /well-known word/],
    ['with a key that is none', { PRIVATE_KEY: 'nonsense' }, /private key/i],
    ['for a context that is not there', { FAIRLEAD_CLUSTERS: 'prod=nowhere' }, /nowhere/],
    ['for clusters that are none', { FAIRLEAD_CLUSTERS: 'one two' }, /stands alone/],
  ])('%s', async (_title, env, says) => {
    expectRefusal(await serve(env), { code: 2, says });
  });
});

test('serve listens, makes its key once for its owner only, and ends on a signal', async () => {
  const key = join(folder, 'data', 'key');

  const run = await serve({ FAIRLEAD_CLUSTERS: 'prod=prod' }, /listens on/);

  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/fairlead listens on http:\/\/127\.0\.0\.1:\d+/);
  expect(statSync(key).mode & 0o777).toBe(0o600);
});
