import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { argocdHome } from '../../src/cli/argocd-home.ts';
import { selfSigned } from '../support/self-signed.ts';

const { cert } = selfSigned();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-argocd-'));
  await writeFile(join(folder, 'token'), 't0ken\n');
  await writeFile(join(folder, 'ca.pem'), cert);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const home = { cluster: null, namespace: 'argocd' };
const url = 'https://argocd.example.com';
const place = () => ({ folder, file: 'server.yaml', environment: { TOKEN: 'fr0m-env' } });

test('the token and the authority of its API are read from the folder of the file and from variables', async () => {
  const file = { kind: 'file', path: 'token' } as const;
  const variable = { kind: 'variable', name: 'TOKEN' } as const;

  await expect(argocdHome({ ...home, api: { url, token: file, caFile: 'ca.pem' } }, place())).resolves.toEqual({
    ...home,
    api: { url, token: 't0ken', ca: cert },
  });
  await expect(argocdHome({ ...home, api: { url, token: variable, caFile: null } }, place())).resolves.toMatchObject({
    api: { token: 'fr0m-env', ca: null },
  });
});

test('without an API nothing is read', async () => {
  await expect(argocdHome({ ...home, api: null }, place())).resolves.toEqual({ ...home, api: null });
});

test.each([
  ['a token that is not there', { token: { kind: 'file', path: 'none' }, caFile: null }, 'argocd.tokenFile'],
  ['a variable that is not set', { token: { kind: 'variable', name: 'NONE' }, caFile: null }, 'argocd.tokenEnv'],
  ['an authority that is none', { token: { kind: 'file', path: 'token' }, caFile: 'token' }, 'argocd.caFile'],
] as const)('%s is named', async (_title, api, subject) => {
  await expect(argocdHome({ ...home, api: { url, ...api } }, place())).rejects.toMatchObject({
    code: 'usage',
    subject,
  });
});
