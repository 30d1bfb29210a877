import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createHelmRenderer } from '../../../src/gitops/render/helm.ts';
import { createHelmRun } from '../../../src/gitops/render/helm-run.ts';
import { mountTrees } from '../../../src/tools/mount-trees.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { fakeSources } from './fetched-charts.ts';
import { configMap } from './helm-charts.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const decoder = createDecoder(30_000);
const run = createHelmRun(testDependencies());
afterAll(() => Promise.all([run.close(), decoder.close()]));

const repository = 'https://charts.example';
const redis = memoryTree({
  'Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 17.3.2\n',
  'values.yaml': 'size: 1\n',
  '.helmignore': 'templates/kept.yaml\n',
  'templates/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: redis}\ndata: {size: "{{ .Values.size }}"}\n',
  'templates/kept.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\n',
  'templates/broken.yaml': '{{ if .Values.broken }}{{ fail "no" }}{{ end }}',
});
const oldRedis = memoryTree({
  'Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 16.0.0\n',
  'templates/x.yaml': configMap('old'),
});
const sources = () => fakeSources({ 'redis@17.3.2': redis, 'redis@16.0.0': oldRedis });

const chartYaml = (dependency: string) => `apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n${dependency}`;
const wantedRedis = (version: string) => `  - name: redis\n    version: "${version}"\n    repository: ${repository}\n`;

/** A Chart.lock as `helm dependency update` writes it (Helm's resolver.HashReq). */
function lockOf(wanted: string, locked: string): string {
  const dependency = (version: string) => ({ name: 'redis', version, repository });
  const digest = createHash('sha256')
    .update(JSON.stringify([[dependency(wanted)], [dependency(locked)]]))
    .digest('hex');
  return `dependencies:\n- name: redis\n  repository: ${repository}\n  version: ${locked}\ndigest: sha256:${digest}\ngenerated: "2026-01-01T00:00:00Z"\n`;
}

async function render(files: Parameters<typeof memoryTree>[0], changes: { set?: string[] } = {}) {
  const fake = sources();
  const dependencies = testDependencies({ fetchChart: fake.fetchChart });
  const renderer = createHelmRenderer(dependencies, decoder, run);
  const rendered = await renderer.render(
    applicationAt('c', 'helm'),
    memoryTree(files),
    { ...testInputs, ...changes },
    calm,
  );
  return { ...rendered, asked: fake.asked };
}

describe('a dependency that charts/ lacks', () => {
  test('is not asked for where something forbids it, which the error says with what would allow it', async () => {
    const fake = sources();
    const renderer = createHelmRenderer(testDependencies({ fetchChart: fake.fetchChart }), decoder, run);
    const tree = memoryTree({ 'c/Chart.yaml': chartYaml(wantedRedis('17.3.2')) });
    const inputs = { ...testInputs, unfetched: 'the pull comes from a fork' };

    await expect(renderer.render(applicationAt('c', 'helm'), tree, inputs, calm)).rejects.toMatchObject({
      code: 'source-untrusted',
      subject: 'c/Chart.yaml:5',
      message: `c/Chart.yaml needs the chart redis 17.3.2 of ${repository}: it is not fetched, as the pull comes from a fork.`,
      remedy: expect.stringContaining('/fairlead ok-to-test'),
    });
    expect(fake.asked).toEqual([]);
  });

  test('is fetched in the exact version that Chart.yaml names', async () => {
    const rendered = await render({
      'c/Chart.yaml': chartYaml(wantedRedis('17.3.2')),
      'c/values.yaml': 'redis: {size: 7}\n',
    });

    expect(rendered.asked).toEqual([{ repository, name: 'redis', version: '17.3.2', digest: null }]);
    expect(rendered.findings).toEqual([]);
    expect(rendered.resources.map(({ id }) => id.name)).toEqual(['kept', 'redis']);
    expect(rendered.resources[1]?.object['data']).toEqual({ size: '7' });
  });

  test('comes from the line that asks for it', async () => {
    const { resources } = await render({ 'c/Chart.yaml': chartYaml(wantedRedis('17.3.2')) });

    expect(resources.map(({ source }) => source)).toEqual([
      { file: 'c/Chart.yaml', line: 5 },
      { file: 'c/Chart.yaml', line: 5 },
    ]);
  });

  test('is fetched in the version of Chart.lock, and that is pinned', async () => {
    const rendered = await render({
      'c/Chart.yaml': chartYaml(wantedRedis('^17.0.0')),
      'c/Chart.lock': lockOf('^17.0.0', '17.3.2'),
    });

    expect(rendered.asked).toMatchObject([{ version: '17.3.2' }]);
    expect(rendered.findings).toEqual([]);
  });

  test('is refused by a Chart.lock that is out of sync, in the words of Helm', async () => {
    const files = { 'c/Chart.yaml': chartYaml(wantedRedis('^17.1.0')), 'c/Chart.lock': lockOf('^17.0.0', '17.3.2') };

    await expect(render(files)).rejects.toMatchObject({
      code: 'render-failed',
      subject: 'c/Chart.lock:1',
      message: expect.stringContaining(
        'the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml)',
      ),
    });
  });

  test('asked for by a range is a finding with its line', async () => {
    const { asked, findings } = await render({ 'c/Chart.yaml': chartYaml(wantedRedis('>=16 <18')) });

    expect(asked).toMatchObject([{ version: '>=16 <18' }]);
    expect(findings).toMatchObject([
      {
        rule: 'unpinned-chart',
        severity: 'caution',
        file: 'c/Chart.yaml',
        line: 5,
        fix: expect.stringContaining('17.3.2'),
      },
    ]);
  });

  test('may be there twice in two versions', async () => {
    const { resources } = await render({
      'c/Chart.yaml': chartYaml(`${wantedRedis('17.3.2')}    alias: new\n${wantedRedis('16.0.0')}    alias: old\n`),
    });

    expect(resources.map(({ id }) => id.name)).toEqual(['kept', 'redis', 'm']);
  });

  test('fails where it is asked for', async () => {
    await expect(
      render({ 'c/Chart.yaml': chartYaml(wantedRedis('17.3.2')), 'c/values.yaml': 'redis: {broken: true}\n' }),
    ).rejects.toMatchObject({ code: 'render-failed', subject: 'c/Chart.yaml:5' });
  });

  test.each(['"@stable"', '""', 'alias:stable', 'git+https://charts.example'])(
    'of the repository %s is refused, which nobody else can look up',
    async (name) => {
      const dependency = `  - name: redis\n    version: "1.0.0"\n    repository: ${name}\n`;

      await expect(render({ 'c/Chart.yaml': chartYaml(dependency) })).rejects.toMatchObject({
        code: 'remote-reference',
      });
    },
  );
});

test('a fetched chart is rendered by itself, with values files of the repository', async () => {
  const tree = mountTrees(memoryTree({ 'envs/prod.yaml': 'size: 9\n' }), [{ path: 'fetched/redis', tree: redis }]);
  const renderer = createHelmRenderer(testDependencies(), decoder, run);
  const application = { ...applicationAt('fetched/redis', 'helm'), valuesFiles: ['envs/prod.yaml'] };

  const { resources } = await renderer.render(application, tree, testInputs, calm);

  expect(resources.map(({ object }) => object['data'])).toEqual([{ size: '9' }]);
});
