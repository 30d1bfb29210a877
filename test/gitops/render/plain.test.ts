import { afterAll, describe, expect, test } from '@jest/globals';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createPlainRenderer } from '../../../src/gitops/render/plain.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt, calm, testInputs } from './support.ts';

const decoder = createDecoder(30_000);
const renderer = createPlainRenderer(decoder);
afterAll(() => decoder.close());

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

function render(tree: Tree, root = 'apps', inputs = testInputs) {
  return renderer.render(applicationAt(root, 'plain'), tree, inputs, calm);
}

describe('a folder of plain manifests', () => {
  test('gives its own files in order, not those of folders below', async () => {
    const tree = memoryTree({
      'apps/b.yml': config('b'),
      'apps/a.yaml': `${config('a1')}---\n${config('a2')}`,
      'apps/c.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}',
      'apps/README.md': '# no manifest',
      'apps/.hidden.yaml': config('hidden'),
      'apps/below/d.yaml': config('d'),
    });

    const { resources } = await render(tree);

    expect(resources.map(({ id, source }) => `${id.name} ${source?.file}:${source?.line}`)).toEqual([
      'a1 apps/a.yaml:1',
      'a2 apps/a.yaml:6',
      'b apps/b.yml:1',
      'c apps/c.json:1',
    ]);
  });

  test('knows the line of every path', async () => {
    const { resources } = await render(memoryTree({ 'apps/a.yaml': `${config('a')}data:\n  key: value\n` }));

    expect(resources[0]?.lines.get('/data/key')).toBe(6);
  });

  test('gives a namespace to namespaced objects that name none, as the target knows them', async () => {
    const tree = memoryTree({
      'apps/a.yaml': [
        config('none'),
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: other}\n',
        'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n',
        'apiVersion: x.example/v1\nkind: Global\nmetadata: {name: g}\n',
        'apiVersion: x.example/v1\nkind: Local\nmetadata: {name: l}\n',
      ].join('---\n'),
    });

    const { resources } = await render(tree, 'apps', {
      ...testInputs,
      namespace: 'shop',
      namespaced: { 'x.example/Global': false },
    });

    expect(resources.map(({ id }) => [id.name, id.namespace])).toEqual([
      ['none', 'shop'],
      ['own', 'other'],
      ['shop', null],
      ['g', null],
      ['l', 'shop'],
    ]);
    expect(resources.map(({ object }) => (object['metadata'] as { namespace?: string }).namespace)).toEqual([
      'shop',
      'other',
      undefined,
      undefined,
      'shop',
    ]);
  });

  test('takes the items of lists as objects of their own', async () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: one}\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: two}\n';

    const { resources } = await render(memoryTree({ 'apps/a.yaml': list }));

    expect(resources.map(({ id, source }) => [id.name, source?.line])).toEqual([
      ['one', 4],
      ['two', 7],
    ]);
  });

  test('tells documents that are no Kubernetes objects, JSON files aside', async () => {
    const { findings } = await render(
      memoryTree({ 'apps/a.yaml': 'just: data\n', 'apps/package.json': '{"name": "x"}' }),
    );

    expect(findings).toEqual([
      expect.objectContaining({ rule: 'not-a-resource', severity: 'caution', file: 'apps/a.yaml', line: 1 }),
    ]);
  });

  test('may be a single file', async () => {
    const { resources } = await render(
      memoryTree({ 'apps/a.yaml': config('a'), 'apps/b.yaml': config('b') }),
      'apps/b.yaml',
    );

    expect(resources.map(({ id }) => id.name)).toEqual(['b']);
  });

  test('reads through links inside the repository', async () => {
    const { resources } = await render(
      memoryTree({ 'apps/a.yaml': { link: '../shared/a.yaml' }, 'shared/a.yaml': config('a') }),
    );

    expect(resources.map(({ id, source }) => [id.name, source?.file])).toEqual([['a', 'apps/a.yaml']]);
  });

  test.each(['/etc/passwd', '../../etc/passwd', 'a.yaml'])('refuses a link to %s', async (link) => {
    await expect(render(memoryTree({ 'apps/a.yaml': { link } }))).rejects.toMatchObject({
      code: 'refused',
      subject: 'apps/a.yaml',
    });
  });

  test('names file and line of what cannot be decoded', async () => {
    await expect(render(memoryTree({ 'apps/a.yaml': 'a: b\nc: [\n' }))).rejects.toMatchObject({
      code: 'decode-failed',
      subject: expect.stringMatching(/^apps\/a\.yaml:\d+$/),
    });
  });

  test('says when it is not there', async () => {
    await expect(render(memoryTree({ 'apps/a.yaml': '' }), 'gone')).rejects.toMatchObject({
      code: 'render-failed',
      subject: 'gone',
    });
  });
});

describe('a folder that was begun to be read', () => {
  /** A tree that counts how often it is read. */
  function countedTree(files: Readonly<Record<string, string>>): { readonly tree: Tree; readonly reads: () => number } {
    const tree = memoryTree(files);
    let reads = 0;
    const read: Tree['read'] = (paths, signal) => {
      reads += 1;
      return tree.read(paths, signal);
    };
    return { tree: { ...tree, read }, reads: () => reads };
  }

  test('is read once, and anew for the next render', async () => {
    const { tree, reads } = countedTree({ 'apps/a.yaml': config('a') });
    await renderer.prepare?.(applicationAt('apps', 'plain'), tree, calm);

    const { resources } = await render(tree);
    expect([resources.map(({ id }) => id.name), reads()]).toEqual([['a'], 1]);
    await render(tree);
    expect(reads()).toBe(2);
  });

  test('is told to be broken by the render', async () => {
    const tree = memoryTree({ 'apps/a.yaml': 'a: [\n' });
    await renderer.prepare?.(applicationAt('apps', 'plain'), tree, calm);

    await expect(render(tree)).rejects.toMatchObject({ code: 'decode-failed', subject: 'apps/a.yaml:2' });
  });

  test('says nothing of another folder or another tree', async () => {
    const { tree, reads } = countedTree({ 'apps/a.yaml': config('a'), 'web/b.yaml': config('b') });
    await renderer.prepare?.(applicationAt('web', 'plain'), tree, calm);
    await renderer.prepare?.(applicationAt('apps', 'plain'), memoryTree({ 'apps/a.yaml': config('other') }), calm);

    const { resources } = await render(tree);
    expect([resources.map(({ id }) => id.name), reads()]).toEqual([['a'], 2]);
  });
});
