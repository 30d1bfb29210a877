import { afterAll, describe, expect, test } from '@jest/globals';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { FairleadError } from '../../../src/model/error.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const renderer = createKustomizeRenderer(testDependencies());
afterAll(() => renderer.close());

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';
const small = memoryTree({ 'a/kustomization.yaml': 'resources: [s.yaml]\nnamePrefix: p-', 'a/s.yaml': service });

function render(tree: Tree, root = 'a', signal = calm) {
  return renderer.render(applicationAt(root, 'kustomize'), tree, testInputs, signal);
}

/** Every name refers to every other object: work that grows with the square of the count. */
function manyReferences(count: number): Tree {
  const documents = Array.from(
    { length: count },
    (_, index) =>
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod-${index}\nspec:\n  volumes:\n    - name: v\n      configMap: {name: c-${index}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-${index}\n`,
  );
  return memoryTree({
    'a/kustomization.yaml': 'resources: [all.yaml]\nnamePrefix: p-',
    'a/all.yaml': documents.join('---\n'),
  });
}

describe('a kustomization', () => {
  test('is recognised by any of its three file names', () => {
    expect(renderer.detects(['a.yaml', 'kustomization.yaml'])).toBe(true);
    expect(renderer.detects(['kustomization.yml'])).toBe(true);
    expect(renderer.detects(['Kustomization'])).toBe(true);
    expect(renderer.detects(['kustomization.json', 'Chart.yaml'])).toBe(false);
  });

  test('gives resources with identity, namespace and the file and line they came from', async () => {
    const tree = memoryTree({
      'base/all.yaml': `# comment\n---\n${service}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n`,
      'base/kustomization.yaml':
        'resources: [all.yaml]\n\nconfigMapGenerator:\n  - name: settings\n    literals: [a=b]\n',
      'over/kustomization.yaml': 'resources: [../base]\nnamePrefix: p-\n',
    });

    const { resources } = await render(tree, 'over');

    expect(resources.map(({ id, source }) => ({ ...id, ...source }))).toEqual([
      { group: '', version: 'v1', kind: 'Namespace', namespace: null, name: 'shop', file: 'base/all.yaml', line: 8 },
      {
        group: '',
        version: 'v1',
        kind: 'ConfigMap',
        namespace: 'default',
        name: expect.stringMatching(/^p-settings-[a-z0-9]{10}$/),
        file: 'base/kustomization.yaml',
        line: 4,
      },
      {
        group: '',
        version: 'v1',
        kind: 'Service',
        namespace: 'default',
        name: 'p-web',
        file: 'base/all.yaml',
        line: 3,
      },
    ]);
    expect(resources[2]?.object).toMatchObject({ metadata: { name: 'p-web', namespace: 'default' } });
  });

  test('reads files and folders through links that stay inside', async () => {
    const tree = memoryTree({
      'a/kustomization.yaml': 'resources: [alias.yaml, ../shared]',
      'a/alias.yaml': { link: 'real.yaml' },
      'a/real.yaml': service,
      shared: { link: 'deep/base' },
      'deep/base/kustomization.yaml': 'resources: [cm.yaml]',
      'deep/base/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: linked}',
    });

    const { resources } = await render(tree);

    expect(resources.map(({ id }) => id.name).sort()).toEqual(['linked', 'web']);
  });

  test('keeps integers beyond 2^53', async () => {
    const tree = memoryTree({
      'a/kustomization.yaml': 'resources: [t.yaml]',
      'a/t.yaml': 'apiVersion: x.example/v1\nkind: T\nmetadata: {name: t}\nspec: {size: 9007199254740993}',
    });

    expect((await render(tree)).resources[0]?.object).toMatchObject({ spec: { size: 9007199254740993n } });
  });

  test('is not touched by a custom schema that the render before it used', async () => {
    const patch =
      'resources: [t.yaml]\npatches: [{patch: "apiVersion: x.example/v1\\nkind: T\\nmetadata: {name: t}\\nspec: {list: [{name: b}]}"}]\n';
    const thing = 'apiVersion: x.example/v1\nkind: T\nmetadata: {name: t}\nspec: {list: [{name: a}]}';
    const schema =
      '{"definitions":{"T":{"x-kubernetes-group-version-kind":[{"group":"x.example","kind":"T","version":"v1"}],"properties":{"spec":{"properties":{"list":{"type":"array","x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge","items":{"type":"object"}}}}}}}}';
    const listOf = async (tree: Tree) => (await render(tree)).resources[0]?.object['spec'];

    const merged = await listOf(
      memoryTree({ 'a/kustomization.yaml': `${patch}openapi: {path: s.json}`, 'a/s.json': schema, 'a/t.yaml': thing }),
    );
    const replaced = await listOf(memoryTree({ 'a/kustomization.yaml': patch, 'a/t.yaml': thing }));

    expect(merged).toEqual({ list: [{ name: 'b' }, { name: 'a' }] });
    expect(replaced).toEqual({ list: [{ name: 'b' }] });
  });
});

describe('what is wrong is told in a sentence', () => {
  test.each([
    [
      'remote-reference',
      'resources: ["https://github.com/org/repo//base?ref=v1"]',
      /^a\/kustomization.yaml refers to https:.*nothing is fetched/,
    ],
    ['remote-reference', 'patches: [{path: "https://example.com/p.yaml"}]', /refers to https:\/\/example.com\/p.yaml/],
    [
      'remote-reference',
      'helmCharts: [{name: redis, repo: "https://charts.example"}]',
      /inflates the Helm chart redis from https:/,
    ],
    ['refused', 'resources: [../../../etc/passwd]', /outside the repository/],
    ['refused', 'resources: [out.yaml]', /link/],
    ['refused', 'generators: [function.yaml]', /container or exec function/],
    ['refused', 'transformers: [plugin.yaml]', /plugin that is not built into kustomize/],
    ['decode-failed', 'resources: [', /a\/kustomization.yaml/],
    ['render-failed', 'resources: [gone.yaml]', /^kustomize cannot build a: .*gone.yaml/],
    ['render-failed', 'patches: [{path: ../beside.yaml}]', /security|not in or below/],
    ['render-failed', 'nosuchfield: 1', /unknown field/],
    ['render-failed', 'resources: [../a]', /cycle/],
    ['render-failed', 'openapi: {path: broken.json}\nresources: [s.yaml]\npatches: [{path: s.yaml}]', /./],
  ])('%s: %s', async (code, kustomization, message) => {
    const tree = memoryTree({
      'a/kustomization.yaml': kustomization,
      'a/out.yaml': { link: '/etc/passwd' },
      'a/function.yaml':
        'apiVersion: x/v1\nkind: F\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: "container: {image: x}"\n',
      'a/plugin.yaml': 'apiVersion: team.example/v1\nkind: Sed\nmetadata: {name: p}\n',
      'a/broken.json': 'not json',
      'a/s.yaml': service,
      'beside.yaml': service,
    });

    const fault = await render(tree).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(FairleadError);
    expect(fault).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String(fault)).not.toContain('/repository');
  });

  test('where the remote reference is in a base, it names the base and the line', async () => {
    const tree = memoryTree({
      'a/kustomization.yaml': 'resources: [../b]',
      'b/kustomization.yaml': 'resources:\n  - git@host.example:x/y\n',
    });

    await expect(render(tree)).rejects.toMatchObject({ code: 'remote-reference', subject: 'b/kustomization.yaml:2' });
  });
});

describe('limits', () => {
  test('a render that takes too long is stopped, and the next one works', async () => {
    const hasty = createKustomizeRenderer(testDependencies({ deadlineMs: 3_000 }));
    try {
      const endless = hasty.render(applicationAt('a', 'kustomize'), manyReferences(6_000), testInputs, calm);
      await expect(endless).rejects.toMatchObject({ code: 'render-timeout', subject: 'a' });

      const next = await hasty.render(applicationAt('a', 'kustomize'), small, testInputs, calm);
      expect(next.resources).toHaveLength(1);
    } finally {
      await hasty.close();
    }
  });

  test('a render that needs too much memory is stopped, and the next one works', async () => {
    const tight = createKustomizeRenderer(testDependencies({ maxMemoryMb: 64 }));
    const large = memoryTree({
      'a/kustomization.yaml': 'resources: [all.yaml]',
      'a/all.yaml': `${service}spec:\n  many:\n${'    - {a: b, c: d, e: f}\n'.repeat(200_000)}`,
    });
    try {
      const hungry = tight.render(applicationAt('a', 'kustomize'), large, testInputs, calm);
      await expect(hungry).rejects.toMatchObject({ code: 'render-memory', message: expect.stringContaining('64 MiB') });

      const next = await tight.render(applicationAt('a', 'kustomize'), small, testInputs, calm);
      expect(next.resources).toHaveLength(1);
    } finally {
      await tight.close();
    }
  });

  test('two renders at the same time do not mix', async () => {
    const named = (name: string) =>
      memoryTree({ 'a/kustomization.yaml': `resources: [s.yaml]\nnamePrefix: ${name}-`, 'a/s.yaml': service });
    const parallel = createKustomizeRenderer(testDependencies({ workers: { kustomize: 2, helm: 1 } }));
    try {
      const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
      const rendered = await Promise.all(
        names.map((name) => parallel.render(applicationAt('a', 'kustomize'), named(name), testInputs, calm)),
      );

      expect(rendered.map(({ resources }) => resources[0]?.id.name)).toEqual(names.map((name) => `${name}-web`));
    } finally {
      await parallel.close();
    }
  });

  test('an aborted render ends with the reason given, and the next one works', async () => {
    const abort = new AbortController();
    const heavy = render(manyReferences(6_000), 'a', abort.signal);
    setImmediate(() => abort.abort(new Error('a newer head')));

    await expect(heavy).rejects.toThrow('a newer head');
    expect((await render(small)).resources).toHaveLength(1);
  });

  test('the same input is not rendered twice, whichever tree it comes from', async () => {
    const own = createKustomizeRenderer(testDependencies());
    const manifests = (prefix: string) =>
      memoryTree({ 'a/kustomization.yaml': `resources: [s.yaml]\nnamePrefix: ${prefix}-`, 'a/s.yaml': service });
    const first = await own.render(applicationAt('a', 'kustomize'), manifests('p'), testInputs, calm);
    await own.close(); // From here on nothing can be built.

    const again = await own.render(applicationAt('a', 'kustomize'), manifests('p'), testInputs, calm);

    expect(again).toEqual(first);
    await expect(own.render(applicationAt('a', 'kustomize'), manifests('q'), testInputs, calm)).rejects.toMatchObject({
      code: 'pool-closed',
    });
  });

  test('without the module it says so each time it is asked', async () => {
    const fault = new FairleadError({
      code: 'module-missing',
      message: 'No Go.',
      subject: 'kustomize',
      remedy: 'Install Go.',
    });
    const lacking = createKustomizeRenderer(testDependencies({ modules: () => Promise.reject(fault) }));

    await expect(lacking.render(applicationAt('a', 'kustomize'), small, testInputs, calm)).rejects.toBe(fault);
    await expect(lacking.render(applicationAt('a', 'kustomize'), small, testInputs, calm)).rejects.toBe(fault);
    await lacking.close();
  });
});
