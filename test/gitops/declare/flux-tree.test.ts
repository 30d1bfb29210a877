import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { artifactTree } from '../../../src/gitops/declare/flux-artifact.ts';
import { fluxTree } from '../../../src/gitops/declare/flux-tree.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { calm, kustomization, textOf } from './support.ts';

type Files = Parameters<typeof memoryTree>[0];

async function built(files: Files, spec: JsonObject = {}, file = 'kustomization.yaml'): Promise<string> {
  return textOf(await fluxTree(memoryTree(files), kustomization(spec), calm), file);
}

const cm = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

describe('a folder without a kustomization', () => {
  test('gets one that names its manifests and the kustomizations below, in the order of the disk', async () => {
    const files = {
      'p/b.yaml': cm,
      'p/a-b/x.yaml': cm,
      'p/a/z.yml': cm,
      'p/a/y.json': '{}',
      'p/c/kustomization.yml': 'resources: [deep.yaml]',
      'p/c/deep.yaml': cm,
      'p/README.md': '#',
      'q/other.yaml': cm,
    };

    expect(parse(await built(files, { path: './p' }, 'p/kustomization.yaml'))).toEqual({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['./a/z.yml', './a-b/x.yaml', './b.yaml', './c'],
    });
  });

  test('gets a placeholder when it has no manifest, so that kustomize builds nothing', async () => {
    expect(parse(await built({ 'p/x.txt': '' }, { path: 'p' }, 'p/kustomization.yaml'))).toMatchObject({
      namespace: '_placeholder',
    });
  });

  test('that is not there is told', async () => {
    await expect(built({ 'a.yaml': cm }, { path: './gone' })).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining('the folder gone is not in its source'),
    });
  });
});

describe('a kustomization file', () => {
  test('keeps its lines and comments, and gets what the Kustomization adds at the ends of its lists', async () => {
    const before =
      '# ours\nresources:\n  - a.yaml # first\n\nimages:\n  - name: web\n    newTag: "1"\npatches:\n  - path: p.yaml\n';

    const after = await built(
      { 'kustomization.yaml': before, 'a.yaml': cm },
      {
        targetNamespace: '123',
        patches: [{ patch: 'kind: X\n', target: { kind: 'Deployment', name: '' } }],
        images: [
          { name: 'web', newName: 'registry/web', digest: 'sha256:00' },
          { name: 'db', newTag: '5' },
        ],
      },
    );

    expect(after.startsWith('# ours\nresources:\n  - a.yaml # first\n\nimages:\n  - name: web\n')).toBe(true);
    expect(parse(after)).toEqual({
      resources: ['a.yaml'],
      images: [
        { name: 'web', newName: 'registry/web', digest: 'sha256:00' },
        { name: 'db', newTag: '5' },
      ],
      patches: [{ path: 'p.yaml' }, { patch: 'kind: X\n', target: { kind: 'Deployment' } }],
      namespace: '123',
    });
  });

  test('is left as it is, byte for byte, when there is nothing to add', async () => {
    const before = '# ours\nresources: [ a.yaml ]   # odd\ncommonLabels:\n    team: "a"\n';

    expect(await built({ 'kustomization.yaml': before, 'a.yaml': cm })).toBe(before);
  });

  test('loses fields that kustomize does not know, as Flux reads it', async () => {
    expect(parse(await built({ Kustomization: 'resources: [a.yaml]\nnameprefix: x\n' }, {}, 'Kustomization'))).toEqual({
      resources: ['a.yaml'],
    });
  });

  test('without resources gets origin annotations, unless the Kustomization says which', async () => {
    const files = { 'kustomization.yaml': 'configMapGenerator: [{name: a, literals: [b=c]}]' };

    expect(parse(await built(files))).toMatchObject({ buildMetadata: ['originAnnotations'] });
    expect(parse(await built(files, { buildMetadata: ['transformerAnnotations'] }))).toMatchObject({
      buildMetadata: ['transformerAnnotations'],
    });
  });

  test('takes components, and those that are missing only unless they may be', async () => {
    const files = { 'p/kustomization.yaml': 'resources: [a.yaml]', 'part/kustomization.yaml': 'kind: Component' };
    const spec = { path: 'p', components: ['../part', '../gone'] };

    expect(parse(await built(files, spec, 'p/kustomization.yaml')).components).toEqual(['../part', '../gone']);
    const tolerant = { ...spec, ignoreMissingComponents: true };
    expect(parse(await built(files, tolerant, 'p/kustomization.yaml')).components).toEqual(['../part']);
    await expect(built(files, { path: 'p', components: ['https://x/y'] })).rejects.toMatchObject({
      message: expect.stringContaining('must be local and relative'),
    });
  });

  test('that is broken stays for kustomize to tell', async () => {
    expect(await built({ 'kustomization.yaml': 'resources: [' }, { namePrefix: 'x' })).toBe('resources: [');
  });
});

describe('what is served of a repository', () => {
  test('has no links, no submodules and nothing that ignore files or the source leave out', async () => {
    const tree = memoryTree({
      'a.yaml': cm,
      'link.yaml': { link: 'a.yaml' },
      'x/.sourceignore': 'b.yaml\n',
      'x/b.yaml': cm,
      'x/c.yaml': cm,
      '.github/ci.yaml': cm,
      'z/d.yaml': cm,
    });

    const { entries } = await artifactTree(tree, '/z/\n', calm);

    expect(entries.map(({ path }) => path)).toEqual(['a.yaml', 'x/.sourceignore', 'x/c.yaml']);
  });
});
