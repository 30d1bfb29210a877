import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Repository } from '../../../src/world/git/git.ts';
import { openRepository } from '../../../src/world/git/repository.ts';
import { type TemporaryRepository, temporaryRepository } from './temporary-repository.ts';

const { signal } = new AbortController();
const text = (content: Uint8Array | undefined) => Buffer.from(content ?? []).toString('utf8');

let source: TemporaryRepository;
const opened: Repository[] = [];

async function open(path = source.path): Promise<Repository> {
  const repository = await openRepository({ path, signal });
  opened.push(repository);
  return repository;
}

beforeEach(() => {
  source = temporaryRepository();
});

afterEach(async () => {
  for (const repository of opened.splice(0)) await repository.close();
  source.remove();
});

describe('a tree', () => {
  test('lists files, links and submodules by path and reads them as they are', async () => {
    const odd = ['a b.yaml', 'line\nbreak', 'tab\there', 'é/日本.txt', '"quoted".yaml', "it's", 'back\\slash', '-dash'];
    symlinkSync('../secret', join(source.path, 'link'));
    source.commit(Object.fromEntries(odd.map((name) => [name, `content of ${name}`])));
    source.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
    source.git('commit', '--quiet', '--message', 'submodule');
    chmodSync(join(source.path, '-dash'), 0o755);
    source.git('commit', '--quiet', '--message', 'mode', '--', './-dash');

    const repository = await open();
    const tree = await repository.tree('HEAD', signal);

    expect(tree.entries.map(({ path }) => path)).toEqual([...odd, 'link', 'sub'].sort());
    const modes = new Map(tree.entries.map(({ path, mode }) => [path, mode]));
    expect([modes.get('link'), modes.get('sub'), modes.get('-dash'), modes.get('a b.yaml')]).toEqual([
      '120000',
      '160000',
      '100755',
      '100644',
    ]);
    const contents = await tree.read([...odd, 'link'], signal);
    for (const name of odd) expect(text(contents.get(name))).toBe(`content of ${name}`);
    expect(text(contents.get('link'))).toBe('../secret');
    await expect(tree.read(['sub'], signal)).rejects.toMatchObject({ code: 'file-missing', subject: 'sub' });
    await expect(tree.read(['nowhere'], signal)).rejects.toMatchObject({ code: 'file-missing' });
  });

  test('of 2,000 files is read in one go, also binary and empty ones and many readers at once', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`d${index % 20}/f${index}`, `${index}\n`]),
    );
    source.commit({ ...files, empty: '', binary: Buffer.from([0, 10, 255, 0, 10]), big: 'x'.repeat(3_000_000) });
    const repository = await open();
    const tree = await repository.tree('main', signal);
    const paths = tree.entries.map(({ path }) => path);
    const start = performance.now();

    const [all, again] = await Promise.all([tree.read(paths, signal), tree.read(['big', 'empty', 'binary'], signal)]);

    expect(performance.now() - start).toBeLessThan(5_000);
    expect(all.size).toBe(2_003);
    expect(text(all.get('d7/f1987'))).toBe('1987\n');
    expect(all.get('binary')).toEqual(Buffer.from([0, 10, 255, 0, 10]));
    expect([again.get('big')?.length, again.get('empty')?.length]).toEqual([3_000_000, 0]);
  });

  test('keeps its limits', async () => {
    source.commit({ a: 'x'.repeat(101), b: 'x'.repeat(60), c: 'x'.repeat(60) });
    const repository = await openRepository({ path: source.path, signal, limits: { fileBytes: 100, readBytes: 100 } });
    opened.push(repository);
    const tree = await repository.tree('HEAD', signal);

    await expect(tree.read(['a'], signal)).rejects.toMatchObject({ code: 'file-too-large', subject: 'a' });
    await expect(tree.read(['b', 'c'], signal)).rejects.toMatchObject({ code: 'file-too-large', subject: 'c' });
    await expect(tree.read(['b'], signal)).resolves.toHaveProperty('size', 1);
  });

  test('stops reading when the signal says so, and reads on afterwards', async () => {
    source.commit({ a: 'x'.repeat(5_000_000), b: 'b' });
    const repository = await open();
    const tree = await repository.tree('HEAD', signal);
    const controller = new AbortController();

    const reading = tree.read(['a'], controller.signal);
    controller.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
    expect(text((await tree.read(['b'], signal)).get('b'))).toBe('b');
  });
});

describe('a merge', () => {
  test('gives the tree of both sides, renames followed', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
    source.commit({ 'a.yaml': lines, 'b.yaml': 'b\n' });
    source.git('switch', '--quiet', '--create', 'head');
    source.commit({ 'a.yaml': null, 'moved/a.yaml': lines });
    source.git('switch', '--quiet', 'main');
    source.commit({ 'a.yaml': `${lines}\nadded`, 'c.yaml': 'c\n' });

    const repository = await open();
    const merged = await repository.merge('main', 'head', signal);

    if (merged.kind !== 'clean') throw new Error('conflict');
    const tree = await repository.tree(merged.tree, signal);
    expect(tree.entries.map(({ path }) => path)).toEqual(['b.yaml', 'c.yaml', 'moved/a.yaml']);
    expect(text((await tree.read(['moved/a.yaml'], signal)).get('moved/a.yaml'))).toMatch(/added$/);
    expect(await repository.changedFiles('main', merged.tree, signal)).toEqual(['a.yaml', 'moved/a.yaml']);
  });

  test('in conflict names the files', async () => {
    source.commit({ 'odd\nname': 'a\n', other: 'a\n' });
    source.git('switch', '--quiet', '--create', 'head');
    source.commit({ 'odd\nname': 'b\n', other: 'b\n' });
    source.git('switch', '--quiet', 'main');
    source.commit({ 'odd\nname': 'c\n' });

    const repository = await open();

    expect(await repository.merge('main', 'head', signal)).toEqual({ kind: 'conflict', files: ['odd\nname'] });
  });

  test('where both sides renamed one file names all three paths', async () => {
    source.commit({ a: 'a\n'.repeat(30) });
    source.git('switch', '--quiet', '--create', 'head');
    source.commit({ a: null, b: 'a\n'.repeat(30) });
    source.git('switch', '--quiet', 'main');
    source.commit({ a: null, c: 'a\n'.repeat(30) });

    const repository = await open();

    expect(await repository.merge('main', 'head', signal)).toEqual({ kind: 'conflict', files: ['a', 'b', 'c'] });
  });

  test('leaves no trace in the repository', async () => {
    source.commit({ a: 'a\n', b: 'b\n' });
    source.git('switch', '--quiet', '--create', 'head');
    source.commit({ a: 'changed\n' });
    source.git('switch', '--quiet', 'main');
    source.commit({ b: 'changed\n' });
    const before = filesOf(join(source.path, '.git'));

    const repository = await open();
    const merged = await repository.merge('main', 'head', signal);
    if (merged.kind === 'clean') await (await repository.tree(merged.tree, signal)).read(['a', 'b'], signal);

    expect(merged.kind).toBe('clean');
    expect(filesOf(join(source.path, '.git'))).toEqual(before);
    expect(source.git('status', '--porcelain')).toBe('');
  });

  test('of histories without a common commit says so', async () => {
    source.commit({ a: 'a' });
    source.git('checkout', '--quiet', '--orphan', 'other');
    source.commit({ a: 'b' });

    const repository = await open();

    expect(await repository.mergeBase('main', 'other', signal)).toBeNull();
    await expect(repository.merge('main', 'other', signal)).rejects.toThrow(/no common ancestor/);
  });
});

describe('revisions', () => {
  test('are branches, tags, ids and what git derives from them', async () => {
    const first = source.commit({ a: '1' });
    source.git('tag', '--annotate', '--message', 'x', 'v1');
    const next = source.commit({ a: '2' });

    const repository = await open(join(source.path, '.git'));

    expect(await repository.resolve('HEAD', signal)).toBe(next);
    expect(await repository.resolve('main~1', signal)).toBe(first);
    expect(await repository.resolve('v1', signal)).toBe(first);
    expect(await repository.resolve(first.slice(0, 8), signal)).toBe(first);
    expect(await repository.mergeBase('main', 'v1', signal)).toBe(first);
  });

  test.each(['nowhere', '--all', '', 'a\nb', 'HEAD:a', '0'.repeat(40)])(
    '%j is unknown, with a remedy',
    async (revision) => {
      source.commit({ a: '1' });
      const repository = await open();

      const failure = expect(repository.resolve(revision, signal)).rejects;

      await failure.toMatchObject({ code: 'unknown-revision', remedy: expect.stringContaining('history') });
    },
  );
});

describe('opening', () => {
  test('works from a folder inside, and in a shallow clone', async () => {
    source.commit({ 'sub/a': '1' });
    source.commit({ 'sub/a': '2' });
    const shallow = temporaryRepository();
    shallow.git('fetch', '--quiet', '--depth=1', `file://${source.path}`, 'main');
    shallow.git('reset', '--quiet', '--hard', 'FETCH_HEAD');

    const inside = await open(join(source.path, 'sub'));
    const cut = await open(shallow.path);

    expect(inside.path).toBe(source.path);
    expect((await cut.tree('HEAD', signal)).entries).toHaveLength(1);
    expect(await cut.mergeBase('HEAD', 'HEAD', signal)).toBe(await inside.resolve('main', signal));
    await cut.close();
    shallow.remove();
  });

  test('a folder that is no repository is refused', async () => {
    await expect(open('/')).rejects.toMatchObject({ code: 'not-a-repository' });
    await expect(open('/nowhere')).rejects.toMatchObject({ code: 'not-a-repository', subject: '/nowhere' });
  });

  // Only root may give a folder away; for everybody else the case cannot be made.
  (process.getuid?.() === 0 ? test : test.failing)(
    'a repository of another user is refused with a clear sentence',
    async () => {
      source.commit({ a: '1' });
      chownSync(source.path, 65_534, 65_534);

      await expect(open()).rejects.toMatchObject({
        code: 'unsafe-repository',
        remedy: expect.stringContaining('owner'),
      });
    },
  );
});

test('hooks, filters, merge drivers, monitors and replaced objects planted in a repository do not run', async () => {
  const trap = join(source.path, 'trapped');
  const program = join(source.path, 'trap.sh');
  writeFileSync(program, `#!/bin/sh\ntouch ${trap}\ncat\n`, { mode: 0o755 });
  for (const name of ['post-checkout', 'reference-transaction', 'pre-merge-commit', 'fsmonitor-watchman']) {
    writeFileSync(join(source.path, '.git', 'hooks', name), `#!/bin/sh\ntouch ${trap}\n`, { mode: 0o755 });
  }
  const first = source.commit({ '.gitattributes': '* merge=trap filter=trap diff=trap\n', a: 'a\n' });
  for (const [key, value] of [
    ['merge.trap.driver', `${program} %A`],
    ['filter.trap.smudge', program],
    ['filter.trap.clean', program],
    ['filter.trap.required', 'true'],
    ['diff.trap.command', program],
    ['diff.trap.textconv', program],
    ['diff.external', program],
    ['core.fsmonitor', program],
    ['core.pager', program],
    ['core.sshCommand', program],
    ['core.gitProxy', program],
  ] as const) {
    source.git('config', key, value);
  }
  const ours = commitOf(source, first, 'a', 'ours\n');
  const theirs = commitOf(source, first, 'a', 'theirs\n');
  // The traps are real: git itself springs one.
  source.git('status');
  expect(existsSync(trap)).toBe(true);
  rmSync(trap);

  const repository = await open();
  const merged = await repository.merge(ours, theirs, signal);
  await repository.changedFiles(ours, theirs, signal);
  const tree = await repository.tree(ours, signal);
  const content = text((await tree.read(['a'], signal)).get('a'));

  expect(merged).toEqual({ kind: 'conflict', files: ['a'] });
  expect(content).toBe('ours\n');
  expect(existsSync(trap)).toBe(false);
});

test('the scratch repository is gone after close', async () => {
  source.commit({ a: '1' });
  const scratch = join(source.path, 'scratch');
  mkdirSync(scratch);

  const repository = await openRepository({ path: source.path, signal, tempDir: scratch });
  const during = readdirSync(scratch);
  await repository.close();

  expect(during).toHaveLength(1);
  expect(readdirSync(scratch)).toEqual([]);
});

/** A commit that changes one file, made without the work tree so that no filter of the test's own runs. */
function commitOf(repository: TemporaryRepository, parent: string, name: string, content: string): string {
  writeFileSync(join(repository.path, '.git', 'content'), content);
  const blob = repository.git('hash-object', '-w', '--no-filters', join(repository.path, '.git', 'content'));
  repository.git('update-index', '--cacheinfo', `100644,${blob},${name}`);
  return repository.git('commit-tree', '-p', parent, '-m', content, repository.git('write-tree'));
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}
