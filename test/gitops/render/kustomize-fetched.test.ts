import { afterAll, describe, expect, test } from '@jest/globals';
import { createHelmRun } from '../../../src/gitops/render/helm-run.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { fakeSources } from './fetched-charts.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const run = createHelmRun(testDependencies());
afterAll(() => run.close());

const configMap = (name: string, data = 'a: b') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${data}}\n`;
const chart = (files: Record<string, string>, dependencies = '') => ({
  'Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\n${dependencies}`,
  'values.yaml': 'a: 1\n',
  ...files,
});
const below = (folder: string, files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

const base = memoryTree({
  'deploy/base/kustomization.yaml': 'resources: [cm.yaml, ../shared]\n',
  'deploy/base/cm.yaml': configMap('based'),
  'deploy/shared/kustomization.yaml': 'resources: [cm.yaml]\nnameSuffix: -s\n',
  'deploy/shared/cm.yaml': configMap('shared'),
});
const nested = memoryTree({
  'kustomization.yaml': 'resources: ["https://git.example/org/base.git//deploy/base?ref=v1"]\nnamePrefix: n-\n',
});
const trees = {
  'https://git.example/org/base.git': base,
  'https://git.example/org/nested': nested,
  'https://git.example/org/leaves': memoryTree({ 'kustomization.yaml': 'resources: [../../../own]\n' }),
  'https://git.example/raw/cm.yaml': memoryTree({ 'remote.yaml': `${configMap('one')}---\n${configMap('two')}` }),
  [`https://git.example/raw/${'a'.repeat(40)}/cm.yaml?x=CANARY`]: memoryTree({ 'remote.yaml': configMap('pinned') }),
  'https://git.example/raw/broken.yaml': memoryTree({ 'remote.yaml': 'kind: [\n' }),
  'https://git.example/org/names-file': memoryTree({
    'deploy/kustomization.yaml': 'resources: ["https://git.example/raw/cm.yaml"]\nnamePrefix: inner-\n',
  }),
  'web@1.0.0': memoryTree(chart({ 'templates/x.yaml': configMap('fetched') })),
  'part@2.0.0': memoryTree({
    'Chart.yaml': 'apiVersion: v2\nname: part\nversion: 2.0.0\n',
    'templates/x.yaml': configMap('part'),
  }),
};

async function render(files: Parameters<typeof memoryTree>[0], root = 'a') {
  const { asked, ...fetchers } = fakeSources(trees);
  const renderer = createKustomizeRenderer(testDependencies(fetchers), run);
  const rendered = await renderer.render(applicationAt(root, 'kustomize'), memoryTree(files), testInputs, calm);
  return { ...rendered, asked, names: rendered.resources.map(({ id }) => id.name).sort() };
}

test('nothing is asked for where something forbids it', async () => {
  const { asked, ...fetchers } = fakeSources(trees);
  const renderer = createKustomizeRenderer(testDependencies(fetchers), run);
  const inputs = { ...testInputs, unfetched: 'the pull comes from a fork' };
  const build = (text: string) =>
    renderer.render(applicationAt('a', 'kustomize'), memoryTree({ 'a/kustomization.yaml': text }), inputs, calm);

  const chartElsewhere = build('helmCharts: [{name: web, version: 1.0.0, repo: "https://charts.example"}]\n');
  await expect(chartElsewhere).rejects.toMatchObject({ code: 'source-untrusted' });
  const baseElsewhere = build('resources: ["https://git.example/org/base.git//deploy/base?ref=v1"]\n');
  await expect(baseElsewhere).rejects.toMatchObject({ code: 'source-untrusted' });
  const fileElsewhere = build('resources: ["https://git.example/raw/cm.yaml"]\n');
  await expect(fileElsewhere).rejects.toMatchObject({ code: 'source-untrusted' });
  expect(asked).toEqual([]);
});

describe('a chart in a kustomization', () => {
  test('comes from the line that names it', async () => {
    const local = below('a/charts/web', chart({ 'templates/x.yaml': configMap('local') }));
    const { resources } = await render({
      'a/kustomization.yaml': 'namePrefix: p-\nhelmCharts:\n  - name: web\n',
      ...local,
    });

    expect(resources.map(({ id, source }) => [id.name, source])).toEqual([
      ['p-local', { file: 'a/kustomization.yaml', line: 3 }],
    ]);
  });

  test('has what is random in it marked', async () => {
    const template = configMap('random', 'word: "{{ randAlphaNum 9 }}", fixed: x');
    const local = below('a/charts/web', chart({ 'templates/x.yaml': template }));
    const { resources } = await render({ 'a/kustomization.yaml': 'helmCharts: [{name: web}]\n', ...local });

    expect(resources.map(({ random }) => random)).toEqual([['/data/word']]);
  });

  test('is fetched where it is not in the repository, and unpinned without a version', async () => {
    const files = { 'a/kustomization.yaml': 'helmCharts:\n  - name: web\n    repo: https://charts.example\n' };

    const { names, findings } = await render(files);

    expect(names).toEqual(['fetched']);
    expect(findings).toMatchObject([{ rule: 'unpinned-chart', file: 'a/kustomization.yaml', line: 2 }]);
  });

  test('gets the charts it depends on itself', async () => {
    const wanted = 'dependencies: [{name: part, version: 2.0.0, repository: "oci://registry.example/charts"}]\n';
    const local = below('a/charts/web', chart({ 'templates/x.yaml': configMap('whole') }, wanted));

    const { names, asked } = await render({ 'a/kustomization.yaml': 'helmCharts: [{name: web}]\n', ...local });

    expect(names).toEqual(['part', 'whole']);
    expect(asked).toMatchObject([{ name: 'part', version: '2.0.0', repository: 'oci://registry.example/charts' }]);
  });

  test('is refused where nothing is fetched', async () => {
    const renderer = createKustomizeRenderer(testDependencies(), run);
    const tree = memoryTree({ 'a/kustomization.yaml': 'helmCharts: [{name: web, repo: "https://charts.example"}]\n' });

    await expect(renderer.render(applicationAt('a', 'kustomize'), tree, testInputs, calm)).rejects.toMatchObject({
      code: 'remote-reference',
      subject: 'a/kustomization.yaml:1',
    });
  });
});

test.each([
  [
    'charts and bases elsewhere',
    `resources: [${Array.from({ length: 101 }, (_, at) => `"https://git.example/org/r${at}?ref=v1"`).join(', ')}]\n`,
    /more than 100 charts and bases elsewhere/,
  ],
  [
    'charts',
    `helmCharts: [${Array.from({ length: 201 }, (_, at) => `{name: web, releaseName: r${at}}`).join(', ')}]\n`,
    /more than 200 charts/,
  ],
])('too many %s are refused before anything is done for them', async (_title, kustomization, message) => {
  const files = { 'a/kustomization.yaml': kustomization, ...below('a/charts/web', chart({})) };

  await expect(render(files)).rejects.toMatchObject({ code: 'refused', message: expect.stringMatching(message) });
});

describe('a remote file', () => {
  const own = { 'a/own.yaml': configMap('own') };

  test('is fetched and built, its resources come from the line that names it, and it may be another tomorrow', async () => {
    const kustomization = 'namePrefix: p-\nresources:\n  - own.yaml\n  - https://git.example/raw/cm.yaml\n';

    const { resources, findings, asked } = await render({ 'a/kustomization.yaml': kustomization, ...own });

    expect(asked).toEqual([{ url: 'https://git.example/raw/cm.yaml' }]);
    expect(resources.map(({ id, source }) => `${id.name} ${source?.file}:${source?.line}`)).toEqual([
      'p-one a/kustomization.yaml:4',
      'p-own a/own.yaml:1',
      'p-two a/kustomization.yaml:4',
    ]);
    expect(findings).toMatchObject([{ rule: 'unpinned-base', file: 'a/kustomization.yaml', line: 4 }]);
  });

  test('at the root of the repository lies below it too', async () => {
    const { names } = await render({ 'kustomization.yaml': 'resources: ["https://git.example/raw/cm.yaml"]\n' }, '');

    expect(names).toEqual(['one', 'two']);
  });

  test('at a full commit id is no finding', async () => {
    const url = `https://git.example/raw/${'a'.repeat(40)}/cm.yaml?x=CANARY`;

    const { names, findings } = await render({ 'a/kustomization.yaml': `resources: ["${url}"]\n` });

    expect([names, findings]).toEqual([['pinned'], []]);
  });

  test('may be named by a remote base', async () => {
    const { names, findings } = await render({
      'a/kustomization.yaml': 'resources: ["https://git.example/org/names-file//deploy?ref=v1"]\nnameSuffix: -s\n',
    });

    expect(names).toEqual(['inner-one-s', 'inner-two-s']);
    expect(findings).toMatchObject([{ rule: 'unpinned-base', file: expect.stringContaining('kustomization.yaml') }]);
  });

  test('that is no YAML is told of where it is named, never by the place it was laid in', async () => {
    const broken = render({ 'a/kustomization.yaml': 'resources:\n  - https://git.example/raw/broken.yaml\n' });

    const fault = await broken.catch((error) => error);
    expect(fault.message).not.toContain('.fetched');
    expect(fault.subject).toMatch(/^a\/kustomization\.yaml/);
  });

  test.each([
    ['plain HTTP', 'resources: ["http://git.example/raw/cm.yaml"]\n'],
    ['a patch', 'resources: [own.yaml]\npatches: [{path: "https://git.example/raw/cm.yaml"}]\n'],
  ])('is refused over or as %s', async (_title, kustomization) => {
    await expect(render({ 'a/kustomization.yaml': kustomization, ...own })).rejects.toMatchObject({
      code: 'remote-reference',
    });
  });
});

describe('a remote base', () => {
  test('is fetched and built, and its resources come from the line that names it', async () => {
    const { resources, findings, asked } = await render({
      'a/kustomization.yaml':
        'resources:\n  - own.yaml\n  - https://git.example/org/base.git//deploy/base?ref=v1.2.0\nnamePrefix: p-\n',
      'a/own.yaml': configMap('own'),
    });

    expect(asked).toEqual([{ url: 'https://git.example/org/base.git', revision: 'v1.2.0', reads: 'name' }]);
    expect(findings).toEqual([]);
    expect(resources.map(({ id, source }) => `${id.name} ${source?.file}:${source?.line}`)).toEqual([
      'p-based a/kustomization.yaml:3',
      'p-own a/own.yaml:1',
      'p-shared-s a/kustomization.yaml:3',
    ]);
  });

  test('may name another one', async () => {
    const { names, resources } = await render({
      'a/kustomization.yaml': 'resources: ["https://git.example/org/nested?ref=v1"]\n',
    });

    expect(names).toEqual(['n-based', 'n-shared-s']);
    expect(resources[0]?.source).toEqual({ file: 'a/kustomization.yaml', line: 1 });
  });

  test.each([
    ['?ref=main', 'the branch main'],
    ['', 'the default branch'],
  ])('that follows a branch (%s) is a finding', async (query, branch) => {
    const { findings } = await render({
      'a/kustomization.yaml': `resources: ["https://git.example/org/base.git//deploy/base${query}"]\n`,
    });

    expect(findings).toMatchObject([
      {
        rule: 'unpinned-base',
        severity: 'caution',
        file: 'a/kustomization.yaml',
        line: 1,
        message: expect.stringContaining(branch),
      },
    ]);
  });

  test('does not reach the repository that names it', async () => {
    const files = {
      'a/kustomization.yaml': 'resources: ["https://git.example/org/leaves?ref=v1"]\n',
      'own/kustomization.yaml': 'resources: [cm.yaml]\n',
      'own/cm.yaml': configMap('private'),
    };

    await expect(render(files)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('../../../own'),
    });
  });

  test.each([
    'resources: ["http://example.com/file.yaml"]',
    'resources: ["http://raw.example/org/repo/v1/all.yml?x=1"]',
    'patches: [{path: "https://git.example/org/base.git//p.yaml?ref=v1"}]',
    'resources: ["git.example/org/base.git//x"]',
  ])('that is no folder of a repository is refused: %s', async (kustomization) => {
    await expect(render({ 'a/kustomization.yaml': kustomization })).rejects.toMatchObject({ code: 'remote-reference' });
  });
});
