import { describe, expect, test } from '@jest/globals';
import { joinPath, treeFiles } from '../../src/tools/tree-files.ts';
import { memoryTree } from '../support/memory-tree.ts';

const calm = new AbortController().signal;

const tree = memoryTree({
  'a/file.yaml': 'x',
  'a/b/deep.yaml': 'x',
  'near.yaml': { link: 'a/file.yaml' },
  'a/up.yaml': { link: '../a/b/deep.yaml' },
  folder: { link: 'a/b' },
  'a/twice': { link: '../folder' },
  absolute: { link: '/etc/passwd' },
  climbing: { link: '../../etc/passwd' },
  circle: { link: 'other' },
  other: { link: 'circle' },
  dangling: { link: 'nowhere' },
});

describe('a path of a tree', () => {
  test.each([
    ['', 'folder', ''],
    ['a', 'folder', 'a'],
    ['./a//b/../file.yaml', 'file', 'a/file.yaml'],
    ['near.yaml', 'file', 'a/file.yaml'],
    ['a/up.yaml', 'file', 'a/b/deep.yaml'],
    ['folder/deep.yaml', 'file', 'a/b/deep.yaml'],
    ['folder/../file.yaml', 'file', 'a/file.yaml'],
    ['a/twice', 'folder', 'a/b'],
    ['nothing', 'missing', 'nothing'],
    ['dangling', 'missing', 'nowhere'],
    ['a/file.yaml/below', 'missing', 'a/file.yaml/below'],
  ])('%s is a %s at %s', async (path, kind, real) => {
    await expect(treeFiles(tree).resolve(path, calm)).resolves.toMatchObject({ kind, path: real });
  });

  test.each(['..', 'a/../../b', 'absolute', 'climbing', 'circle', 'folder/../../..'])(
    '%s leads outside',
    async (path) => {
      await expect(treeFiles(tree).resolve(path, calm)).resolves.toMatchObject({ kind: 'outside' });
    },
  );

  test('names the links it went through', async () => {
    await expect(treeFiles(tree).resolve('a/twice/deep.yaml', calm)).resolves.toMatchObject({
      links: ['a/twice', 'folder'],
    });
  });
});

test('a folder lists its own names once', () => {
  expect([...treeFiles(tree).list('a')].sort()).toEqual(['b', 'file.yaml', 'twice', 'up.yaml']);
  expect(treeFiles(tree).list('nothing')).toEqual([]);
});

test('joined paths stay inside the root or are null', () => {
  expect(joinPath('a/b', '../c')).toBe('a/c');
  expect(joinPath('', 'a/./b/')).toBe('a/b');
  expect(joinPath('a', '../..')).toBeNull();
});
