import { describe, expect, test } from '@jest/globals';
import { type KustomizeInputs, kustomizeInputs } from '../../../src/formats/kustomization/kustomize-inputs.ts';
import { decodeYaml } from '../../../src/formats/yaml/decode.ts';
import { memoryTree } from '../../support/memory-tree.ts';

function inputsOf(files: Parameters<typeof memoryTree>[0], root: string): Promise<KustomizeInputs> {
  return kustomizeInputs({ tree: memoryTree(files), root, readYaml: decodeYaml }, new AbortController().signal);
}

describe('the inputs of a kustomization', () => {
  test('are its own files and those of every kustomization it is built on', async () => {
    const inputs = await inputsOf(
      {
        'base/kustomization.yaml': 'resources: [web.yaml]\nconfigMapGenerator: [{name: a, files: [k=data/a.txt]}]',
        'base/web.yaml': 'kind: A',
        'base/data/a.txt': 'x',
        'base/unused.yaml': 'x',
        'part/Kustomization': 'patches: [{path: p.yaml}]',
        'part/p.yaml': 'x',
        'over/kustomization.yml': 'resources: [../base, own.yaml]\ncomponents: [../part]',
        'over/own.yaml': 'kind: A',
        'elsewhere/kustomization.yaml': 'resources: []',
      },
      'over',
    );

    expect(inputs.files).toEqual([
      'base/data/a.txt',
      'base/kustomization.yaml',
      'base/web.yaml',
      'over/kustomization.yml',
      'over/own.yaml',
      'part/Kustomization',
      'part/p.yaml',
    ]);
    expect(inputs.folders).toEqual(['over', 'base', 'part']);
    expect(inputs.manifests).toEqual(['base/web.yaml', 'over/own.yaml']);
    expect(inputs.missing).toEqual([]);
  });

  test('include what the configuration of transformers names, relative to the kustomization that uses it', async () => {
    const inputs = await inputsOf(
      {
        'kustomization.yaml': 'transformers: [set, one.yaml]',
        'set/kustomization.yaml': 'resources: [t.yaml]',
        'set/t.yaml': 'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\npath: patch.yaml',
        'one.yaml': 'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: b}\npath: second.yaml',
        'patch.yaml': 'x',
        'second.yaml': 'x',
      },
      '',
    );

    expect(inputs.files).toEqual([
      'kustomization.yaml',
      'one.yaml',
      'patch.yaml',
      'second.yaml',
      'set/kustomization.yaml',
      'set/t.yaml',
    ]);
  });

  test('end where kustomizations include each other', async () => {
    const inputs = await inputsOf(
      { 'a/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'resources: [../a]' },
      'a',
    );

    expect(inputs.folders).toEqual(['a', 'b']);
  });

  test('tell what is missing', async () => {
    const inputs = await inputsOf({ 'a/kustomization.yaml': 'resources: [gone.yaml, ../empty]', 'empty/x': '' }, 'a');

    expect(inputs.missing).toEqual(['a/gone.yaml', 'empty/kustomization.yaml']);
  });

  test('tell what is remote, with file and line, however deep', async () => {
    const inputs = await inputsOf(
      {
        'over/kustomization.yaml': 'resources:\n  - ../base\n',
        'base/kustomization.yaml':
          'resources:\n  - a.yaml\n  - github.com/org/repo//x?ref=v1\npatches:\n  - path: https://example.com/p.yaml\n',
        'base/a.yaml': 'x',
      },
      'over',
    );

    const file = 'base/kustomization.yaml';
    expect(inputs.remote).toEqual([
      { file, folder: 'base', line: 3, reference: 'github.com/org/repo//x?ref=v1', pointer: '/resources/1' },
      { file, folder: 'base', line: 5, reference: 'https://example.com/p.yaml', pointer: '/patches/0/path' },
    ]);
  });

  test('take a folder that only looks remote as the folder it is', async () => {
    const inputs = await inputsOf(
      {
        'kustomization.yaml': 'resources: [github.com/org/repo]',
        'github.com/org/repo/kustomization.yaml': 'resources: []',
      },
      '',
    );

    expect(inputs.remote).toEqual([]);
    expect(inputs.folders).toEqual(['', 'github.com/org/repo']);
  });

  test('tell kustomization files that cannot be read, and go on', async () => {
    const inputs = await inputsOf({ 'a/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'a: [' }, 'a');

    expect(inputs.broken).toEqual([expect.objectContaining({ code: 'decode-failed' })]);
    expect(inputs.files).toEqual(['a/kustomization.yaml', 'b/kustomization.yaml']);
  });
});

describe('refused are', () => {
  test.each([
    ['a path out of the repository', 'resources: [../../outside.yaml]', 'outside'],
    ['an absolute path', 'patches: [{path: /etc/passwd}]', 'outside'],
    ['a link out of the repository', 'resources: [out.yaml]', 'link'],
    ['a link to a file beside the kustomization', 'configMapGenerator: [{name: a, files: [beside.txt]}]', 'link'],
    ['a container function', 'generators: [function.yaml]', 'function'],
    [
      'an exec function written inline',
      'transformers: ["apiVersion: x/v1\\nkind: F\\nmetadata: {name: f, annotations: {config.kubernetes.io/function: \'exec: {path: ./x}\'}}"]',
      'function',
    ],
    ['a plugin of another maker', 'validators: [plugin.yaml]', 'plugin'],
    ['a function in a folder of transformers', 'transformers: [../functions]', 'function'],
  ])('%s', async (_what, kustomization, reason) => {
    const inputs = await inputsOf(
      {
        'a/kustomization.yaml': kustomization,
        'a/out.yaml': { link: '../../etc/passwd' },
        'a/beside.txt': { link: '../secret.txt' },
        'secret.txt': 'x',
        'a/function.yaml':
          'apiVersion: x/v1\nkind: F\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: |\n      container: {image: x}\n',
        'functions/kustomization.yaml': 'resources: [f.yaml]',
        'functions/f.yaml':
          'apiVersion: x/v1\nkind: F\nmetadata: {name: f, annotations: {config.k8s.io/function: "x"}}',
        'a/plugin.yaml': 'apiVersion: someteam.example/v1\nkind: Sed\nmetadata: {name: p}\n',
      },
      'a',
    );

    expect(inputs.refused.map((refused) => refused.reason)).toEqual([reason]);
  });

  test('nothing that links inside the kustomization', async () => {
    const inputs = await inputsOf(
      {
        'a/kustomization.yaml': 'resources: [alias.yaml, ../shared]',
        'a/alias.yaml': { link: 'real.yaml' },
        'a/real.yaml': 'x',
        shared: { link: 'deep/base' },
        'deep/base/kustomization.yaml': 'resources: [x.yaml]',
        'deep/base/x.yaml': 'x',
      },
      'a',
    );

    expect(inputs.refused).toEqual([]);
    expect(inputs.files).toEqual([
      'a/alias.yaml',
      'a/kustomization.yaml',
      'a/real.yaml',
      'deep/base/kustomization.yaml',
      'deep/base/x.yaml',
      'shared',
    ]);
    expect(inputs.placements.get('a/alias.yaml')).toBe('a/real.yaml');
    expect(inputs.placements.get('shared/x.yaml')).toBe('deep/base/x.yaml');
  });
});
