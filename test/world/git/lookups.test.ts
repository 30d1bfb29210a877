import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runProcess } from '../../../src/tools/process.ts';
import { openLookups } from '../../../src/world/git/lookups.ts';
import { openRepository } from '../../../src/world/git/repository.ts';
import { gitIn } from '../../../src/world/git/run-git.ts';
import { type TemporaryRepository, temporaryRepository } from './temporary-repository.ts';

const { signal } = new AbortController();
let source: TemporaryRepository;

beforeEach(() => {
  source = temporaryRepository();
  source.commit({ 'a.yaml': 'a: 1\n' });
  source.git('branch', 'other');
});
afterEach(() => source.remove());

/** Lookups that count their processes. */
function counted() {
  const runs: (readonly string[])[] = [];
  const run: typeof runProcess = (spec) => {
    runs.push(spec.args);
    return runProcess(spec);
  };
  return { runs, lookups: openLookups(gitIn(source.path, { run })) };
}

describe('revisions that are asked for in one moment', () => {
  test('take one process, and bring what is asked for next', async () => {
    const { runs, lookups } = counted();
    const [commit, tree] = [source.git('rev-parse', 'HEAD'), source.git('rev-parse', 'HEAD^{tree}')];

    const found = await Promise.all(
      ['HEAD', 'other'].map((name) => lookups.find(`${name}^{commit}`, `${name}^{tree}`, signal)),
    );

    expect(found).toEqual([
      { id: commit, also: tree },
      { id: commit, also: tree },
    ]);
    expect(runs).toHaveLength(1);
    expect(await lookups.find('HEAD^{tree}', null, signal)).toEqual({ id: tree, also: null });
    expect(runs).toHaveLength(2);
  });

  test('do not take each other along when one is not there', async () => {
    const { lookups } = counted();
    // To git a file of that name, when nothing says that it is to be a revision.
    writeFileSync(join(source.path, 'nowhere^{commit}'), '');

    const found = await Promise.all(
      ['HEAD^{commit}', 'nowhere^{commit}', 'gone^{commit}'].map((name) => lookups.find(name, null, signal)),
    );

    expect(found).toEqual([{ id: source.git('rev-parse', 'HEAD'), also: null }, null, null]);
  });

  test('are found for whoever did not give up', async () => {
    const { lookups } = counted();
    const given = new AbortController();
    const first = lookups.find('HEAD^{commit}', null, given.signal);
    const second = lookups.find('HEAD^{commit}', null, signal);

    given.abort(new Error('given up'));

    await expect(first).rejects.toThrow('given up');
    expect(await second).toEqual({ id: source.git('rev-parse', 'HEAD'), also: null });
  });
});

test('a repository whose ids are longer is read and merged', async () => {
  const folder = join(source.path, 'sha256');
  mkdirSync(folder);
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder })
      .toString()
      .trim();
  git('init', '--quiet', '--object-format=sha256', '--initial-branch=main');
  for (const [branch, name] of [
    ['main', 'base'],
    ['change', 'theirs'],
    ['main', 'ours'],
  ] as const) {
    if (name === 'theirs') git('checkout', '--quiet', '-b', branch);
    if (name === 'ours') git('checkout', '--quiet', branch);
    writeFileSync(join(folder, `${name}.yaml`), `name: ${name}\n`);
    git('add', '.');
    git('commit', '--quiet', '--message', name);
  }

  const repository = await openRepository({ path: folder, signal });
  try {
    const merged = await repository.merge('main', 'change', signal);
    const tree = await repository.tree(merged.kind === 'clean' ? merged.tree : '', signal);
    expect(tree.id).toHaveLength(64);
    expect(tree.entries.map(({ path }) => path)).toEqual(['base.yaml', 'ours.yaml', 'theirs.yaml']);
  } finally {
    await repository.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
