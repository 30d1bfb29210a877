import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sourceHosts } from '../../src/cli/source-hosts.ts';
import type { SourceHostEntry } from '../../src/model/server-settings.ts';
import { selfSigned } from '../support/self-signed.ts';

const { cert } = selfSigned();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-hosts-'));
  await writeFile(join(folder, 'password'), 'hunter22\n');
  await writeFile(join(folder, 'ca.pem'), cert);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (entry: Partial<SourceHostEntry>) =>
  sourceHosts(
    {
      allow: [],
      private: [],
      argocd: null,
      flux: null,
      cacheBytes: 1,
      hosts: new Map([
        ['a.example', { username: null, password: null, token: null, caFile: null, secret: null, ...entry }],
      ]),
    },
    { folder, file: 'server.yaml', environment: { TOKEN: 't0ken' } },
  );

test('secrets and authorities are read from the folder of the file and from variables', async () => {
  await expect(
    read({ username: 'bot', password: { kind: 'file', path: 'password' }, caFile: 'ca.pem' }),
  ).resolves.toEqual([
    { host: 'a.example', username: 'bot', password: 'hunter22', token: null, ca: cert, secret: null },
  ]);
  await expect(read({ token: { kind: 'variable', name: 'TOKEN' } })).resolves.toMatchObject([{ token: 't0ken' }]);
});

test.each([
  ['a file that is not there', { password: { kind: 'file', path: 'none' } }, 'sources.hosts.a.example.passwordFile'],
  ['a variable that is not set', { token: { kind: 'variable', name: 'NONE' } }, 'sources.hosts.a.example.tokenEnv'],
  ['an authority that is none', { caFile: 'password' }, 'sources.hosts.a.example.caFile'],
] as const)('%s is named', async (_title, entry, subject) => {
  await expect(read(entry)).rejects.toMatchObject({ code: 'usage', subject });
});
