import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FairleadError } from '../../../src/model/error.ts';
import type { Repository } from '../../../src/world/git/git.ts';
import { openMirror, openRepository } from '../../../src/world/git/repository.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { type TemporaryRepository, temporaryRepository } from './temporary-repository.ts';

const { signal } = new AbortController();
const token = 'ghs_0123456789abcdefghij';
const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
const header = `Authorization: Basic ${basic}`;

let source: TemporaryRepository;
let server: GitServer;
let dir: string;
let mirror: Repository;

beforeEach(async () => {
  source = temporaryRepository();
  server = await startGitServer(tmpdir(), `Basic ${basic}`);
  dir = join(mkdtempSync(join(tmpdir(), 'fairlead-test-mirror-')), 'repo.git');
  mirror = await openMirror({ dir, signal });
});

afterEach(async () => {
  await mirror.close();
  await server.close();
  source.remove();
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

const remote = () => `${server.url}/${basename(source.path)}/.git`;

test('refs are fetched with the header, read, merged and updated', async () => {
  source.commit({ 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' });
  source.git('switch', '--quiet', '--create', 'head');
  const head = source.commit({ 'a.yaml': 'a: 2\n' });
  source.git('update-ref', 'refs/pull/1/head', head);
  const refs = ['refs/heads/main', 'refs/pull/1/head'];

  await mirror.fetch({ url: remote(), header, refs }, signal);
  const merged = await mirror.merge('refs/heads/main', 'refs/pull/1/head', signal);

  expect(await mirror.resolve('refs/pull/1/head', signal)).toBe(head);
  expect(merged.kind === 'clean' && (await mirror.tree(merged.tree, signal)).entries.length).toBe(2);
  expect(server.seen.every((seen) => seen === `Basic ${basic}`)).toBe(true);

  const rewritten = source.git('commit-tree', '-m', 'other', `${head}^{tree}`);
  source.git('update-ref', 'refs/pull/1/head', rewritten);
  const fetches = [1, 2, 3].map(() => mirror.fetch({ url: remote(), header, refs }, signal));
  await Promise.all(fetches);
  expect(await mirror.resolve('refs/pull/1/head', signal)).toBe(rewritten);
});

test('a commit that no branch holds is fetched by its id', async () => {
  const first = source.commit({ a: '1' });
  const loose = source.git('commit-tree', '-m', 'loose', '-p', first, `${first}^{tree}`);

  await mirror.fetch({ url: remote(), header, refs: [loose] }, signal);

  expect(await mirror.resolve(loose, signal)).toBe(loose);
});

test('branches and tags of a server are listed with their commits, and nothing is fetched', async () => {
  const first = source.commit({ a: '1' });
  source.git('tag', '-a', '-m', 'x', 'v1.0.0');
  const second = source.commit({ a: '2' });
  source.git('update-ref', 'refs/pull/1/head', second);

  const refs = await mirror.remoteRefs({ url: remote(), header }, signal);

  expect([...refs]).toEqual([
    ['refs/heads/main', second],
    ['refs/tags/v1.0.0', first],
  ]);
  await expect(mirror.resolve(first, signal)).rejects.toMatchObject({ code: 'unknown-revision' });
  await expect(mirror.remoteRefs({ url: remote(), header: null }, signal)).rejects.toMatchObject({
    code: 'fetch-failed',
    remedy: expect.stringContaining('credentials'),
  });
});

test('an opened mirror is opened again with what it holds', async () => {
  const head = source.commit({ a: '1' });
  await mirror.fetch({ url: remote(), header, refs: ['refs/heads/main'] }, signal);

  const again = await openMirror({ dir, signal });

  expect(await again.resolve('main', signal)).toBe(head);
  await again.close();
});

test('wrong credentials fail without showing them, and leave none behind', async () => {
  source.commit({ a: '1' });
  const wrong = Buffer.from('x-access-token:wrong-secret-token').toString('base64');

  const failure = await mirror
    .fetch({ url: remote(), header: `Authorization: Basic ${wrong}`, refs: ['refs/heads/main'] }, signal)
    .catch((error: unknown) => error);

  if (!(failure instanceof FairleadError)) throw new Error('it was let in');
  expect(failure.code).toBe('fetch-failed');
  expect(failure.remedy).toContain('credentials');
  const said = `${failure.message} ${failure.subject} ${failure.remedy} ${failure.stack}`;
  for (const secret of [wrong, 'wrong-secret-token']) {
    expect(said).not.toContain(secret);
    expect(everythingIn(dir)).not.toContain(secret);
  }
});

test('a missing branch, a server that is gone and an odd URL are named', async () => {
  source.commit({ a: '1' });
  const fetching = (url: string, ref: string) => mirror.fetch({ url, header, refs: [ref] }, signal);

  await expect(fetching(remote(), 'refs/heads/nowhere')).rejects.toMatchObject({
    code: 'fetch-failed',
    message: expect.stringContaining('refs/heads/nowhere'),
    remedy: expect.stringContaining('branch'),
  });
  await expect(fetching('http://127.0.0.1:1/x', 'refs/heads/main')).rejects.toMatchObject({ code: 'fetch-failed' });
  for (const url of ['ext::sh -c "touch x"', 'file:///etc', '/etc', '--upload-pack=x', 'http://user:secret@host/x']) {
    const failure = await fetching(url, 'refs/heads/main').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'fetch-failed', message: expect.stringContaining('http') });
    expect(String(failure)).not.toContain('secret');
  }
  await expect(fetching(remote(), '--all')).rejects.toMatchObject({ code: 'fetch-failed', subject: '--all' });
});

test('fetching into a repository of the user adds nothing to it', async () => {
  const head = source.commit({ a: '1' });
  const own = temporaryRepository();
  own.commit({ b: '1' });
  const before = readdirSync(join(own.path, '.git'), { recursive: true }).sort();

  const repository = await openRepository({ path: own.path, signal });
  await repository.fetch({ url: remote(), header, refs: ['refs/heads/main'] }, signal);

  expect(await repository.resolve(head, signal)).toBe(head);
  expect(readdirSync(join(own.path, '.git'), { recursive: true }).sort()).toEqual(before);
  await repository.close();
  own.remove();
});

test('a fetch that is given up ends', async () => {
  source.commit({ a: '1' });
  const controller = new AbortController();
  const fetching = mirror.fetch({ url: remote(), header, refs: ['refs/heads/main'] }, controller.signal);
  controller.abort(new Error('enough'));

  await expect(fetching).rejects.toThrow('enough');
});

function everythingIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return files
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

test('what a git that was killed left is gone when the mirror is opened again, and it fetches', async () => {
  const first = source.commit({ 'a.yaml': 'a: 1\n' });
  await mirror.fetch({ url: remote(), header, refs: ['refs/heads/main'] }, signal);
  const left = [
    'refs/heads/main.lock',
    'packed-refs.lock',
    'objects/pack/tmp_pack_x7Yz',
    'objects/tmp_objdir-incoming-a/x',
  ];
  const long = new Date(Date.now() - 3_600_000);
  for (const file of left) {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    writeFileSync(join(dir, file), '');
    utimesSync(join(dir, file), long, long);
  }
  utimesSync(join(dir, 'objects/tmp_objdir-incoming-a'), long, long);
  const head = source.commit({ 'a.yaml': 'a: 2\n' });
  const held = mirror.fetch({ url: remote(), header, refs: ['refs/heads/main'] }, signal);
  await expect(held).rejects.toMatchObject({ code: 'fetch-failed' });

  const again = await openMirror({ dir, signal });
  await again.fetch({ url: remote(), header, refs: ['refs/heads/main'] }, signal);

  expect(await again.resolve('refs/heads/main', signal)).toBe(head);
  expect(first).not.toBe(head);
  for (const file of left) expect(existsSync(join(dir, file))).toBe(false);
  await again.close();
});

test('a lock that is held now is left alone', async () => {
  writeFileSync(join(dir, 'packed-refs.lock'), '');

  await (await openMirror({ dir, signal })).close();

  expect(existsSync(join(dir, 'packed-refs.lock'))).toBe(true);
});
