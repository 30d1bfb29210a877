import { expect, test } from '@jest/globals';
import type { Tree } from '../../../src/model/tree.ts';
import { overlayTree } from '../../../src/world/git/overlay.ts';

const { signal } = new AbortController();
const bytes = (text: string) => new TextEncoder().encode(text);

const below: Tree = {
  id: 'below',
  entries: ['a', 'c'].map((path) => ({ path, mode: '100644', oid: path, size: 1 })),
  read: async (paths) => new Map(paths.map((path) => [path, bytes(`below ${path}`)])),
};

test('files laid over a tree win, are listed in order and leave the others as they are', async () => {
  const tree = overlayTree(
    below,
    new Map([
      ['b', bytes('over b')],
      ['c', bytes('over c')],
    ]),
  );

  const contents = await tree.read(['a', 'b', 'c'], signal);

  expect(tree.entries.map(({ path, size }) => [path, size])).toEqual([
    ['a', 1],
    ['b', 6],
    ['c', 6],
  ]);
  expect([...contents].map(([path, content]) => [path, new TextDecoder().decode(content)])).toEqual([
    ['a', 'below a'],
    ['b', 'over b'],
    ['c', 'over c'],
  ]);
});
