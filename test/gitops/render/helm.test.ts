import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createHelmRenderer } from '../../../src/gitops/render/helm.ts';
import type { ClosableRenderer } from '../../../src/gitops/render/kustomize.ts';
import type { Rendered, RenderInputs } from '../../../src/model/renderer.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { chart, chartFiles, configMap, type Files, packFiles } from './helm-charts.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const decoder = createDecoder(30_000);
const renderer = createHelmRenderer(testDependencies(), decoder);
let fixtures: Files = {};
let tree: Tree;

beforeAll(async () => {
  fixtures = await chartFiles();
  tree = memoryTree(fixtures);
});

afterAll(() => Promise.all([renderer.close(), decoder.close()]));

function render(root: string, inputs: Partial<RenderInputs> = {}, from: Tree = tree): Promise<Rendered> {
  return renderer.render(applicationAt(root, 'helm'), from, { ...testInputs, ...inputs }, calm);
}

function sources({ resources }: Rendered): readonly string[] {
  return resources.map(({ id, source }) => `${id.name} ${source?.file}:${source?.line}`);
}

test('a chart is told by its Chart.yaml', () => {
  expect(renderer.detects(['Chart.yaml', 'values.yaml'])).toBe(true);
  expect(renderer.detects(['values.yaml', 'chart.yaml'])).toBe(false);
});

describe('where resources come from', () => {
  test('the template and the line of its document', async () => {
    expect(sources(await render('operator')).slice(-4)).toEqual([
      'operator operator/templates/resources.yaml:2',
      'ingress operator/templates/resources.yaml:30',
      'gadget operator/templates/resources.yaml:10',
      'widget operator/templates/resources.yaml:6',
    ]);
  });

  test('the folder of a subchart, whatever its alias', async () => {
    expect(sources(await render('shop'))).toEqual([
      'test-cache shop/charts/cache/templates/cache.yaml:1',
      'test-agent shop/charts/db/charts/agent/templates/agent.yaml:1',
      'test-db shop/charts/db/templates/db.yaml:1',
      'test-agent shop/charts/db/charts/agent/templates/agent.yaml:1',
      'test-replica shop/charts/db/templates/db.yaml:1',
      'test-shop shop/templates/all.yaml:1',
    ]);
  });

  test('the archive of a packed subchart', async () => {
    expect(sources(await render('archived'))).toEqual([
      'packs.example.com archived/charts/packed-3.1.0.tgz:1',
      'box archived/charts/packed-3.1.0.tgz:1',
      'archived archived/templates/x.yaml:1',
    ]);
  });

  test('line 1 where a loop makes the line a guess', async () => {
    const rendered = await render('documents');

    expect(sources(rendered).filter((line) => line.startsWith('account-'))).toEqual([
      'account-0 documents/templates/many.yaml:1',
      'account-1 documents/templates/many.yaml:1',
    ]);
  });

  test('rendered resources have no line map', async () => {
    const { resources } = await render('web');

    expect(resources.map(({ lines }) => lines.size)).toEqual(resources.map(() => 0));
  });
});

describe('what is listed apart', () => {
  test('hooks and tests are no resources', async () => {
    const { resources, hooks } = await render('operator');

    expect(hooks.map(({ id }) => id.name)).toEqual(['before', 'test-test', 'migrate']);
    expect(resources.map(({ id }) => id.name)).not.toContain('migrate');
    expect(resources.map(({ id }) => id.name)).toContain('no-hook');
  });

  test('definitions are resources, before everything that may use them', async () => {
    const { resources } = await render('operator');

    expect(resources.slice(0, 4).map(({ id }) => id.name)).toEqual([
      'widgets.example.com',
      'parts.example.com',
      'gadgets.example.com',
      'sides.example.com',
    ]);
  });

  test('a namespaced object without a namespace gets the release namespace, a cluster-scoped one none', async () => {
    const { resources } = await render('operator', { namespace: 'ops' });
    const namespaces = Object.fromEntries(resources.map(({ id }) => [id.name, id.namespace]));

    expect(namespaces).toMatchObject({
      operator: 'ops',
      account: 'elsewhere',
      space: null,
      widget: 'ops',
      gadget: null,
    });
  });

  test('objects and hooks go elsewhere than the release where that is told', async () => {
    const named = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: {{ .Release.Namespace }}}\n';
    const files = chart({
      'c/templates/x.yaml': named,
      'c/templates/y.yaml': named.replace(/, namespace: .*/, '}'),
      'c/templates/z.yaml': named.replace(/, namespace: .*/, ', annotations: {helm.sh/hook: pre-install}}'),
    });

    const told = await render('c', { namespace: 'release', objectNamespace: 'ops' }, files);
    const none = await render('c', { namespace: 'release', objectNamespace: '' }, files);

    expect(told.resources.map(({ id }) => id.namespace)).toEqual(['release', 'ops']);
    expect(told.hooks.map(({ id }) => id.namespace)).toEqual(['ops']);
    expect(none.hooks.map(({ id }) => id.namespace)).toEqual(['release']);
  });

  test('a document that is no object is a finding with the template that renders it', async () => {
    const rendered = await render('c', {}, chart({ 'c/templates/x.yaml': 'just: data\n' }));

    expect(rendered.findings).toMatchObject([
      { rule: 'not-a-resource', severity: 'block', file: 'c/templates/x.yaml', line: 1 },
    ]);
  });
});

describe('dependencies', () => {
  test('a chart of the same repository is taken from there, by its own ignore rules', async () => {
    const { resources } = await render('uses-library');

    expect(resources.map(({ id }) => id.name)).toEqual(['from-library']);
  });

  test('one of another version is refused', async () => {
    const files = { ...fixtures, 'common/Chart.yaml': 'apiVersion: v2\nname: common\nversion: 2.0.0\ntype: library\n' };

    await expect(render('uses-library', {}, memoryTree(files))).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining("can't get a valid version for dependency common"),
    });
  });

  test('one outside the repository is refused', async () => {
    const files = {
      'c/Chart.yaml':
        'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies: [{name: d, version: "*", repository: "file://../../d"}]\n',
    };

    await expect(render('c', {}, memoryTree(files))).rejects.toMatchObject({
      code: 'refused',
      subject: 'c/Chart.yaml',
    });
  });

  test('one that is not vendored names file and repository', async () => {
    await expect(render('needs-remote')).rejects.toMatchObject({
      code: 'remote-reference',
      subject: 'needs-remote/Chart.yaml',
      message: expect.stringMatching(/postgresql 15\.x\.x from oci:\/\/registry\.example\/charts/),
    });
  });

  test('a schema that refers to another host names it, and nothing is fetched', async () => {
    const files = {
      'c/values.schema.json': '{"$ref": "https://schemas.example/values.json"}',
      'c/values.yaml': 'a: 1\n',
    };

    await expect(render('c', {}, chart(files))).rejects.toMatchObject({
      code: 'remote-reference',
      subject: 'c/values.schema.json:1',
      message: expect.stringContaining('https://schemas.example/values.json'),
    });
  });
});

describe('links', () => {
  test('to files and folders of the repository are followed', async () => {
    const files: Files = {
      'shared/x.yaml': configMap('linked'),
      'shared/deep/y.txt': 'deep',
      'c/templates/x.yaml': { link: '../../shared/x.yaml' },
      'c/extra': { link: '../shared/deep' },
      'c/templates/y.yaml': configMap('{{ .Files.Get "extra/y.txt" }}'),
    };

    const { resources } = await render('c', {}, chart(files));

    expect(resources.map(({ object }) => object['data'])).toEqual([{ value: 'linked' }, { value: 'deep' }]);
  });

  test.each([
    ['to an absolute path', '/etc/passwd', 'refused'],
    ['out of the repository', '../../../secret', 'refused'],
    ['in a circle', '..', 'refused'],
    ['to itself', 'link', 'refused'],
    ['to nothing', 'none.txt', 'render-failed'],
  ])('%s end the render', async (_title, link, code) => {
    await expect(render('c', {}, chart({ 'c/templates/link': { link } }))).rejects.toMatchObject({
      code,
      message: expect.stringContaining('c/templates/link'),
    });
  });
});

describe('errors', () => {
  test('name file and line of the template', async () => {
    await expect(render('wrong', { set: ['fault=nil'] })).rejects.toMatchObject({
      code: 'render-failed',
      subject: 'wrong/templates/x.yaml:6',
      message: expect.stringContaining('nil pointer evaluating'),
    });
  });

  test('a schema violation names the schema', async () => {
    await expect(render('strict', { set: ['port=0'] })).rejects.toMatchObject({
      subject: 'strict/values.schema.json:1',
    });
  });

  test('say the same each time', async () => {
    const message = (from: ClosableRenderer, set: string) =>
      from.render(applicationAt('strict', 'helm'), tree, { ...testInputs, set: [set] }, calm).then(
        () => '',
        (fault: Error) => fault.message,
      );
    const set = 'port=text,mode=other';
    const once = await message(renderer, set);
    const other = createHelmRenderer(testDependencies(), decoder);
    await message(other, 'port=1');
    const again = await message(other, set);
    await other.close();

    expect(again).toBe(once);
    expect(once).toContain('/mode');
  });

  test('an archive that unpacks to too much is refused', async () => {
    const bomb = packFiles({
      's/Chart.yaml': Buffer.from('apiVersion: v2\nname: s\nversion: 1.0.0\n'),
      's/big': Buffer.alloc(33 << 20),
    });

    await expect(render('c', {}, chart({ 'c/charts/s.tgz': bomb }))).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining('larger than the maximum size'),
    });
  });
});

describe('a chart that does not end', () => {
  test('is stopped at the deadline, and the next render works', async () => {
    const quick = createHelmRenderer(testDependencies({ deadlineMs: 1500 }), decoder);
    await quick.render(applicationAt('web', 'helm'), tree, testInputs, calm);

    const endless = quick.render(applicationAt('endless', 'helm'), tree, testInputs, calm);

    await expect(endless).rejects.toMatchObject({ code: 'render-timeout', subject: 'endless' });
    const { resources } = await quick.render(applicationAt('strict', 'helm'), tree, testInputs, calm);
    expect(resources.length).toBe(2);
    await quick.close();
  });

  test('is stopped at the memory cap, and the next render works', async () => {
    const small = createHelmRenderer(testDependencies({ maxMemoryMb: 160 }), decoder);
    await small.render(applicationAt('web', 'helm'), tree, testInputs, calm);

    const greedy = small.render(applicationAt('endless', 'helm'), tree, { ...testInputs, set: ['memory=true'] }, calm);

    await expect(greedy).rejects.toMatchObject({ code: 'render-memory' });
    const { resources } = await small.render(applicationAt('strict', 'helm'), tree, testInputs, calm);
    expect(resources.length).toBe(2);
    await small.close();
  });
});
