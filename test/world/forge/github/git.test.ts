import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gitClientVariables } from '../../../../src/pretend/github/github.ts';
import type { GitRemote, Pull } from '../../../../src/world/forge/forge.ts';
import { openPull, openStage, type Stage } from './setup.ts';

const run = promisify(execFile);

let stage: Stage;
let number: number;
let pull: Pull;
let remote: GitRemote;
let clone: string;
beforeAll(async () => {
  stage = await openStage();
  number = await openPull(stage.repo, { files: { 'apps/web.yaml': 'kind: Service\n', 'ümlaut ☃.yaml': 'a: 1\n' } });
  pull = await stage.port.pull(number);
  remote = await stage.port.gitRemote();
  clone = join(stage.dir, 'clone');
  await git('init', '--quiet', clone);
});
afterAll(() => stage.stop());

function git(...args: readonly string[]): Promise<{ stdout: string }> {
  return run('env', [...gitClientVariables, 'git', ...args]);
}

function fetchRefs(header: string | null, ...refs: readonly string[]): Promise<{ stdout: string }> {
  const extra = header === null ? [] : ['-c', `http.extraHeader=${header}`];
  return git('-C', clone, ...extra, 'fetch', '--quiet', remote.url, ...refs);
}

async function revision(name: string): Promise<string> {
  return (await git('-C', clone, 'rev-parse', name)).stdout.trim();
}

test('a real git fetches head and merge result with the minted header', async () => {
  const { head, merge } = remote.pullRefs(number);

  await fetchRefs(remote.header, `${head}:refs/test/head`, `${merge}:refs/test/merge`);

  expect(await revision('refs/test/head')).toBe(pull.head.sha);
  expect(await revision('refs/test/merge')).toBe(pull.mergeSha);
  expect(await revision('refs/test/merge^1')).toBe(pull.base.sha);
  expect(await revision('refs/test/merge^2')).toBe(pull.head.sha);
  const { stdout } = await git('-C', clone, 'show', 'refs/test/merge:ümlaut ☃.yaml');
  expect(stdout).toBe('a: 1\n');
});

test('a real git fetches by commit id', async () => {
  await fetchRefs(remote.header, `${pull.base.sha}:refs/test/base`);

  expect(await revision('refs/test/base')).toBe(pull.base.sha);
});

test('a fetch without the header is refused', async () => {
  await expect(fetchRefs(null, 'refs/heads/main')).rejects.toThrow(/could not read Username|Authentication failed/);
});

test('a fetch with a wrong token is refused', async () => {
  const wrong = `Authorization: Basic ${Buffer.from('x-access-token:ghs_nope').toString('base64')}`;

  await expect(fetchRefs(wrong, 'refs/heads/main')).rejects.toThrow(/could not read Username|Authentication failed/);
});

test('the token reaches one repository only and cannot push', async () => {
  await stage.github.createRepo({ owner: 'acme', name: 'other' });
  const other = remote.url.replace('gitops.git', 'other.git');
  const withHeader = ['-c', `http.extraHeader=${remote.header}`];
  await fetchRefs(remote.header, 'refs/heads/main:refs/test/main');

  const fetching = git('-C', clone, ...withHeader, 'fetch', '--quiet', other, 'refs/heads/main');
  const pushing = git('-C', clone, ...withHeader, 'push', '--quiet', remote.url, 'refs/test/main:refs/heads/stolen');

  await expect(fetching).rejects.toThrow(/not found|404/);
  await expect(pushing).rejects.toThrow(/403/);
  expect(await stage.repo.refSha('refs/heads/stolen')).toBeNull();
});

test('the token may read contents and nothing else', async () => {
  const token = Buffer.from(remote.header?.split(' ').at(-1) ?? '', 'base64')
    .toString()
    .split(':')[1];

  const answer = await fetch(`${stage.github.apiUrl}/repos/acme/gitops/issues/${number}/comments`, {
    method: 'POST',
    headers: { authorization: `token ${token}` },
    body: JSON.stringify({ body: 'hello' }),
  });

  expect(answer.status).toBe(403);
});

test('a new push moves the refs; in conflict the merge ref stays behind and the pull has no merge commit', async () => {
  const head = await stage.repo.pushToPull(number, { 'shared.yaml': 'a: theirs\n' });
  const merge = (await stage.port.pull(number)).mergeSha;
  expect(await stage.repo.refSha(`refs/pull/${number}/head`)).toBe(head);
  expect(await stage.repo.refSha(`refs/pull/${number}/merge`)).toBe(merge);

  await stage.repo.commit('main', { 'shared.yaml': 'a: ours\n' });

  expect(await stage.repo.refSha(`refs/pull/${number}/merge`)).toBe(merge);
  expect(await stage.port.pull(number)).toMatchObject({ mergeable: false, mergeSha: null });
});
