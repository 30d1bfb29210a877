import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Repository } from '../../../src/world/git/git.ts';
import { openRepository } from '../../../src/world/git/repository.ts';
import { type TemporaryRepository, temporaryRepository } from './temporary-repository.ts';

const { signal } = new AbortController();
let source: TemporaryRepository;
let repository: Repository;

beforeEach(async () => {
  source = temporaryRepository();
  source.commit({ 'a.yaml': 'image: 1\nreplicas: 2\n\n\nport: 80\n', 'b.yaml': 'b\n' }, 'first');
  repository = await openRepository({ path: source.path, signal });
});

afterEach(async () => {
  await repository.close();
  source.remove();
});

/** Merges a branch that changes files; gives the merge commit. */
function mergeOf(name: string, files: Readonly<Record<string, string | null>>): string {
  source.git('checkout', '--quiet', '-b', name);
  source.commit(files, `work on ${name}`);
  source.git('checkout', '--quiet', 'main');
  source.git('merge', '--quiet', '--no-ff', '--message', `Merge ${name}\n\nSigned: \u001f odd`, name);
  return source.git('rev-parse', 'HEAD');
}

describe('history', () => {
  test('lists merges on the first-parent line, oldest first, without what came through them', async () => {
    const start = source.git('rev-parse', 'HEAD');
    const one = mergeOf('one', { 'one.yaml': '1' });
    const two = mergeOf('two', { 'two.yaml': '2' });

    const commits = await repository.firstParents(start, two, signal);

    expect(commits.map(({ id, subject }) => [id, subject])).toEqual([
      [one, 'Merge one'],
      [two, 'Merge two'],
    ]);
    expect(commits[0]?.parents).toEqual([start, source.git('rev-parse', 'one')]);
    expect(commits[0]?.message).toBe('Merge one\n\nSigned: \u001f odd');
    expect(await repository.firstParents(null, two, signal)).toMatchObject([{ id: two }]);
    expect((await repository.commitsBetween(start, two, signal)).map(({ subject }) => subject).sort()).toEqual(
      ['Merge one', 'Merge two', 'work on one', 'work on two'].sort(),
    );
  });

  test('tells ancestors from others, and takes no option for a commit', async () => {
    const start = source.git('rev-parse', 'HEAD');
    const merge = mergeOf('one', { 'one.yaml': '1' });

    expect(await repository.isAncestor(start, merge, signal)).toBe(true);
    expect(await repository.isAncestor(merge, merge, signal)).toBe(true);
    expect(await repository.isAncestor(merge, start, signal)).toBe(false);
    expect(await repository.isAncestor('--all', start, signal)).toBe(false);
    expect(await repository.isAncestor('f'.repeat(40), start, signal)).toBe(false);
  });

  test('takes a merge back out of later work', async () => {
    const bad = mergeOf('bad', { 'a.yaml': 'image: 2\nreplicas: 2\n\n\nport: 80\n' });
    source.commit({ 'a.yaml': 'image: 2\nreplicas: 2\n\n\nport: 81\n', 'c.yaml': 'c\n' }, 'later');

    const undone = await repository.applyBetween({ base: bad, ours: 'HEAD', theirs: `${bad}^1` }, signal);

    expect(undone.kind).toBe('clean');
    const tree = await repository.tree(undone.kind === 'clean' ? undone.tree : '', signal);
    const files = await tree.read(['a.yaml', 'c.yaml'], signal);
    expect(Buffer.from(files.get('a.yaml') ?? []).toString()).toBe('image: 1\nreplicas: 2\n\n\nport: 81\n');
    expect(files.has('c.yaml')).toBe(true);
  });

  test('says which files stand in the way of an inverse', async () => {
    const bad = mergeOf('bad', { 'a.yaml': 'image: 2\nreplicas: 2\n\n\nport: 80\n' });
    source.commit({ 'a.yaml': 'image: 3\nreplicas: 2\n\n\nport: 80\n' }, 'later');

    const undone = await repository.applyBetween({ base: bad, ours: 'HEAD', theirs: `${bad}^1` }, signal);

    expect(undone).toEqual({ kind: 'conflict', files: ['a.yaml'] });
  });
});
