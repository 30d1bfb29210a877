import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { directoryTree } from '../../../src/world/git/directory.ts';

const { signal } = new AbortController();
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fairlead-test-dir-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, content: string): void {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), content);
}

test('a folder is a tree: files by path, links unfollowed, .git and node_modules left out', async () => {
  for (const name of ['b.yaml', 'a/é 1', 'a/b/c', '.git/config', 'x/node_modules/y', '.hidden']) write(name, name);
  chmodSync(join(root, 'b.yaml'), 0o755);
  symlinkSync('/etc/passwd', join(root, 'link'));
  symlinkSync('/etc', join(root, 'a', 'folder-link'));
  execFileSync('mkfifo', [join(root, 'pipe')]);

  const tree = await directoryTree({ root, signal });

  expect(tree.entries.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    '100644 .hidden',
    '100644 a/b/c',
    '120000 a/folder-link',
    '100644 a/é 1',
    '100755 b.yaml',
    '120000 link',
  ]);
  const contents = await tree.read(['link', 'a/é 1'], signal);
  expect(Buffer.from(contents.get('link') ?? []).toString()).toBe('/etc/passwd');
  expect(Buffer.from(contents.get('a/é 1') ?? []).toString()).toBe('a/é 1');
});

test('an unchanged file keeps its id, a changed one gets another', async () => {
  for (const [name, content] of Object.entries({ a: '1', b: '1' })) write(name, content);
  const before = await directoryTree({ root, signal });
  write('b', '22');

  const after = await directoryTree({ root, signal });

  expect(after.entries[0]?.oid).toBe(before.entries[0]?.oid);
  expect(after.entries[1]?.oid).not.toBe(before.entries[1]?.oid);
});

test('a link that takes the place of a file is not followed', async () => {
  write('a', '1');
  const tree = await directoryTree({ root, signal });
  rmSync(join(root, 'a'));
  symlinkSync('/etc/passwd', join(root, 'a'));

  await expect(tree.read(['a'], signal)).rejects.toMatchObject({ code: 'file-missing', subject: 'a' });
});

test('limits hold', async () => {
  for (const name of ['a', 'b', 'c']) write(name, 'x'.repeat(50));
  const limits = { fileBytes: 40 };

  const tree = await directoryTree({ root, signal, limits });

  await expect(tree.read(['a'], signal)).rejects.toMatchObject({ code: 'file-too-large', subject: 'a' });
  await expect(directoryTree({ root, signal, limits: { entries: 2 } })).rejects.toMatchObject({
    code: 'tree-too-large',
  });
  await expect(directoryTree({ root: join(root, 'nowhere'), signal })).rejects.toMatchObject({
    code: 'folder-missing',
  });
});
