import { describe, expect, test } from '@jest/globals';
import type { Tree } from '../../src/model/tree.ts';
import { mountTrees, overlayFiles } from '../../src/tools/mount-trees.ts';
import { treeFiles } from '../../src/tools/tree-files.ts';
import { memoryTree } from '../support/memory-tree.ts';

const calm = new AbortController().signal;
const repository = memoryTree({ 'a/x.yaml': 'x', 'vendor/old.yaml': 'old', 'z.yaml': 'z' });

async function textOf(tree: Tree, path: string): Promise<string> {
  return new TextDecoder().decode((await tree.read([path], calm)).get(path));
}

describe('mounted trees', () => {
  test('are read below their folders, the repository beside them', async () => {
    const tree = mountTrees(repository, [{ path: 'vendor', tree: memoryTree({ 'c/Chart.yaml': 'chart' }) }]);

    expect(tree.entries.map(({ path }) => path)).toEqual(['a/x.yaml', 'vendor/c/Chart.yaml', 'z.yaml']);
    expect(await textOf(tree, 'vendor/c/Chart.yaml')).toBe('chart');
    expect(await textOf(tree, 'a/x.yaml')).toBe('x');
    await expect(tree.read(['vendor/old.yaml'], calm)).rejects.toMatchObject({ code: 'file-missing' });
  });

  test('are all read at once, in one answer', async () => {
    const other = { path: 'two', tree: memoryTree({ b: '2' }) };
    const tree = mountTrees(repository, [{ path: 'one', tree: memoryTree({ a: '1' }) }, other]);

    const contents = await tree.read(['one/a', 'two/b', 'z.yaml'], calm);

    expect([...contents.keys()].sort()).toEqual(['one/a', 'two/b', 'z.yaml']);
  });

  test('leave the tree as it is where there are none', () => {
    expect(mountTrees(repository, [])).toBe(repository);
  });

  test.each([
    ['x/y.yaml', 'file'],
    ['../inner/y.yaml', 'missing'],
    ['../../a/x.yaml', 'outside'],
    ['self/../../z.yaml', 'outside'],
    ['/etc/passwd', 'outside'],
  ])('with a link to %s never lead out of themselves', async (link, kind) => {
    const fetched = memoryTree({ 'deep/link': { link }, 'deep/x/y.yaml': 'y', 'deep/self': { link: '..' } });

    const tree = mountTrees(repository, [{ path: 'b', tree: fetched }]);

    expect(await treeFiles(tree).resolve('b/deep/link', calm)).toMatchObject({ kind });
  });
});

test('files are laid over a tree, in place of others or beside them', async () => {
  const laid = new Map([
    ['z.yaml', new TextEncoder().encode('new')],
    ['b.yaml', new TextEncoder().encode('added')],
  ]);

  const tree = overlayFiles(repository, laid);

  expect(tree.entries.map(({ path }) => path)).toEqual(['a/x.yaml', 'b.yaml', 'vendor/old.yaml', 'z.yaml']);
  expect(await textOf(tree, 'z.yaml')).toBe('new');
  expect(await textOf(tree, 'a/x.yaml')).toBe('x');
  expect(tree.id).not.toBe(repository.id);
});
