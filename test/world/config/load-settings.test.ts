import { expect, test } from '@jest/globals';
import type { Tree } from '../../../src/model/tree.ts';
import { loadSettings } from '../../../src/world/config/load-settings.ts';
import { memoryTree } from '../../support/memory-tree.ts';

const load = (tree: Tree): ReturnType<typeof loadSettings> =>
  loadSettings({ tree, commit: 'c0ffee', engines: ['apply'], clusters: null, signal: AbortSignal.timeout(10_000) });

test('the file at the root of the tree holds, and the commit is told', async () => {
  const loaded = await load(memoryTree({ '.fairlead.yaml': 'version: 1\nmode: enforce\n' }));

  expect(loaded).toMatchObject({ settings: { mode: 'enforce' }, problems: [], commit: 'c0ffee', isWritten: true });
});

test('without a file Fairlead observes, and no other name is read', async () => {
  const broken = { '.fairlead.yml': 'mode: [', 'sub/.fairlead.yaml': 'mode: [', 'fairlead.yaml': 'mode: [' };

  const loaded = await load(memoryTree(broken));

  expect(loaded).toMatchObject({ settings: { mode: 'observe', environments: new Map() }, isWritten: false });
});

test('a broken file gives problems and no settings', async () => {
  const loaded = await load(memoryTree({ '.fairlead.yaml': 'version: 1\nmode: [\n' }));

  expect(loaded.settings).toBeNull();
  expect(loaded.problems[0]).toMatchObject({ file: '.fairlead.yaml', line: 3, column: 1 });
});

test('a link in its place is refused, wherever it leads', async () => {
  const loaded = await load(memoryTree({ '.fairlead.yaml': { link: 'other.yaml' }, 'other.yaml': 'version: 1\n' }));

  expect(loaded.settings).toBeNull();
  expect(loaded.problems.map(({ message }) => message)).toEqual(['the file is no regular file']);
});

test('a file over the limit is refused before it is read', async () => {
  const tree = memoryTree({ '.fairlead.yaml': `version: 1 #${'x'.repeat(256 * 1024)}` });
  const unreadable: Tree = { ...tree, read: () => Promise.reject(new Error('was read')) };

  const loaded = await load(unreadable);

  expect(loaded.problems.map(({ message }) => message)).toEqual(['the file has 262156 bytes; the limit is 262144']);
});
