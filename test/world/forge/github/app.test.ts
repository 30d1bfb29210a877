import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RepoPort } from '../../../../src/world/forge/forge.ts';
import { createGitHub, type GitHubOptions } from '../../../../src/world/forge/github/github.ts';
import { fast, openPull, openStage, quiet, redacted, type Stage, webhookSecret } from './setup.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.stop());

function forgeWith(changes: Partial<GitHubOptions>) {
  const { github } = stage;
  const { id: appId, privateKey } = github.app;
  const common = { logger: quiet, now: () => new Date(), redact: (text: string) => text, pace: fast };
  const baseUrl = github.apiUrl;
  return createGitHub({ appId, privateKey, baseUrl, webhookSecrets: [webhookSecret], ...common, ...changes });
}
const refOf = ({ repo }: Stage) => ({
  forge: 'github',
  id: repo.id,
  fullName: repo.fullName,
  installation: repo.installation,
});
const minted = () => stage.github.requests.filter(({ path }) => path.endsWith('/access_tokens')).length;

function otherKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

test('finds the installation of a repository whose event named none', async () => {
  const port = await stage.forge.repo({ ...refOf(stage), installation: null });

  expect(port.ref.installation).toBe(stage.repo.installation);
  expect(await port.openPulls(null)).toEqual([]);
});

test('says not-found of a repository without the app', async () => {
  const opening = stage.forge.repo({ forge: 'github', id: 1, fullName: 'acme/elsewhere', installation: null });

  await expect(opening).rejects.toMatchObject({ kind: 'not-found' });
});

test('mints one token for many calls and one more for each Git remote', async () => {
  const number = await openPull(stage.repo);

  for (let at = 0; at < 5; at += 1) await (await stage.forge.repo(refOf(stage))).pull(number);
  expect(minted()).toBe(1);
  await stage.port.gitRemote();
  expect(minted()).toBe(2);
});

test('asks who its own user is once', async () => {
  const number = await openPull(stage.repo);

  for (const body of ['one', 'two']) {
    const port = await stage.forge.repo(refOf(stage));
    await port.ensureComment(number, 'review', redacted(body), null);
  }

  expect(stage.github.requests.filter(({ path }) => path === '/app' || path.startsWith('/users/'))).toHaveLength(2);
});

test('writes of one installation keep their distance, those of another do not wait for them', async () => {
  const pause = 3000;
  const paced = forgeWith({ pace: { ...fast, write: pause } });
  const other = await stage.github.createRepo({ owner: 'other', name: 'gitops' });
  const one = await paced.repo(refOf(stage));
  const two = await paced.repo({
    forge: 'github',
    id: other.id,
    fullName: other.fullName,
    installation: other.installation,
  });
  const check = {
    state: 'running',
    conclusion: null,
    title: redacted('t'),
    summary: redacted('s'),
    annotations: [],
  } as const;
  const [ours, theirs] = [await stage.repo.refSha('refs/heads/main'), await other.refSha('refs/heads/main')].map(
    String,
  );
  const done: string[] = [];
  const write = async (name: string, port: RepoPort, sha = '') => {
    await port.report(sha, { ...check, name });
    done.push(name);
  };

  await write('ours, first', one, ours);
  const begun = performance.now();
  await Promise.all([write('ours, second', one, ours), write('theirs', two, theirs)]);

  expect(done).toEqual(['ours, first', 'theirs', 'ours, second']);
  expect(performance.now() - begun).toBeGreaterThan(pause / 2);
});

test('gets in although its clock and that of GitHub differ', async () => {
  const skewed = await openStage({ now: () => new Date('2026-01-02T03:04:05Z') });
  const number = await openPull(skewed.repo);

  expect((await skewed.port.pull(number)).number).toBe(number);
  await skewed.stop();
});

test('takes the private key as it is downloaded, in base64 and with written-out line ends', async () => {
  const { privateKey } = stage.github.app;
  const number = await openPull(stage.repo);

  for (const text of [privateKey, Buffer.from(privateKey).toString('base64'), privateKey.replaceAll('\n', '\\n')]) {
    const port = await forgeWith({ privateKey: text }).repo(refOf(stage));
    expect((await port.pull(number)).number).toBe(number);
  }
});

test.each(['', 'not a key', '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----'])(
  'refuses the private key %j at once and does not repeat it',
  (privateKey) => {
    expect(() => forgeWith({ privateKey })).toThrow(expect.objectContaining({ code: 'bad-private-key' }));
    expect(() => forgeWith({ privateKey })).not.toThrow(/hunter2/);
  },
);

test('says unauthorized with the key of another app', async () => {
  const port = await forgeWith({ privateKey: otherKey() }).repo(refOf(stage));

  await expect(port.pull(1)).rejects.toMatchObject({ kind: 'unauthorized', status: 401 });
});
