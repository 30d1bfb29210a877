import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt, type Run } from '../support/command-line.ts';
import { chartYaml, configMap, pullRepository, traces } from '../support/pull-repository.ts';

const repository = pullRepository(
  {
    'apps/a.yaml': configMap('a'),
    'apps/b.yaml': configMap('b'),
    'web/base/kustomization.yaml': 'resources:\n- a.yaml\n',
    'web/base/a.yaml': configMap('web'),
    'web/overlays/prod/kustomization.yaml': 'namePrefix: prod-\nresources:\n- ../../base\n',
    'charts/shop/Chart.yaml': chartYaml,
    'charts/shop/values.yaml': 'colour: red\nsize: 1\n',
    'charts/shop/values-prod.yaml': 'colour: blue\n',
    'charts/shop/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  colour: {{ .Values.colour }}
  size: {{ .Values.size | quote }}
  kube: {{ .Capabilities.KubeVersion.Version }}
`,
  },
  { 'bad/a.yaml': configMap('bad').replace('\ndata:', '\ndatas:'), 'broken/a.yaml': `${configMap('broken')} x: [\n` },
);
const outside = mkdtempSync(join(tmpdir(), 'fairlead-test-values-'));
writeFileSync(join(outside, 'more.yaml'), 'size: 7\n');

beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  rmSync(outside, { recursive: true, force: true });
  repository.remove();
});

async function run(...args: readonly string[]): Promise<Run> {
  const before = traces(repository);
  const result = await fairlead(args, { cwd: repository.path });
  expectCalm(result);
  expect(traces(repository)).toBe(before);
  return result;
}

async function rendered(...args: readonly string[]): Promise<readonly Record<string, Record<string, unknown>>[]> {
  const { stdout, stderr, code } = await run('render', ...args, '-o', 'json');
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout) as readonly Record<string, Record<string, unknown>>[];
}

describe('fairlead render', () => {
  test('prints the manifests of a folder as YAML documents', async () => {
    const { stdout, code } = await run('render', 'apps');

    expect(code).toBe(0);
    const document = (name: string): string =>
      `---\n${configMap(name).replace(`name: ${name}`, `name: ${name}\n  namespace: default`)}`;
    expect(stdout).toBe(document('a') + document('b'));
  });

  test('prints one file', async () => {
    expect((await rendered('apps/b.yaml')).map(({ metadata }) => metadata?.['name'])).toEqual(['b']);
  });

  test('builds an overlay, of an absolute path too', async () => {
    const names = (await rendered(join(repository.path, 'web/overlays/prod'))).map(
      ({ metadata }) => metadata?.['name'],
    );

    expect(names).toEqual(['prod-web']);
  });

  test('renders a chart: release from the folder, namespace default, its own values', async () => {
    expect(await rendered('charts/shop')).toMatchObject([
      { metadata: { name: 'shop', namespace: 'default' }, data: { colour: 'red', size: '1' } },
    ]);
  });

  test('takes values files in order, inside and outside the repository, then --set, and the target', async () => {
    const values = ['-f', 'charts/shop/values-prod.yaml', '--values', join(outside, 'more.yaml')];
    const target = ['--release', 'two', '--namespace', 'shop', '--kube-version', '1.35'];

    expect(await rendered('charts/shop', ...values, '--set', 'colour=green', ...target)).toMatchObject([
      { metadata: { name: 'two', namespace: 'shop' }, data: { colour: 'green', size: '7', kube: 'v1.35.0' } },
    ]);
  });

  test('takes names the way --cwd says', async () => {
    const result = await fairlead(['render', 'apps/a.yaml', '--cwd', repository.path], { cwd: '/' });

    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('name: a\n') });
  });

  test('of broken YAML says file, line and rule, and prints nothing', async () => {
    const result = await run('render', 'broken');

    expect(result).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('broken/a.yaml:7: no YAML') });
  });
});

describe('fairlead validate', () => {
  test('of what is right exits with 0 and says how much was checked', async () => {
    const { stdout, code } = await run('validate', 'apps');

    expect({ stdout, code }).toEqual({ stdout: '2 resources of 1 application checked, 0 findings\n', code: 0 });
  });

  test('of an unknown field exits with 1 and names file, line and the field that was meant', async () => {
    const { stdout, code } = await run('validate', 'bad');

    expect(code).toBe(1);
    expect(stdout).toMatch(/⛔ schema-unknown-field {2}ConfigMap default\/bad {2}bad\/a\.yaml:5\n.*datas.*"?data"?/);
  });

  test('says the same as JSON', async () => {
    const { stdout, code } = await run('validate', 'bad', '--format', 'json');

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      applications: 1,
      resources: 1,
      failed: [],
      findings: [
        expect.objectContaining({ rule: 'schema-unknown-field', severity: 'block', file: 'bad/a.yaml', line: 5 }),
      ],
    });
  });

  test('of what cannot be rendered exits with 3 and names it; other findings keep their place', async () => {
    const broken = await run('validate', 'broken');
    const all = await run('validate', '--fail-on', 'never');

    expect(broken.code).toBe(3);
    expect(broken.stdout).toContain('1 application not rendered: broken');
    expect(all.code).toBe(3);
    expect(all.stdout).toContain('schema-unknown-field');
  });
});

describe('fairlead discover', () => {
  test('lists applications with environment, renderer and files', async () => {
    const { stdout, code } = await run('discover');

    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(['APPLICATION', 'ENVIRONMENT', 'RENDERER', 'FILES']);
    expect(rows).toContainEqual(['web', 'prod', 'kustomize', 'web/overlays/prod']);
    expect(rows).toContainEqual(['apps', '—', 'plain', 'apps']);
    expect(rows.some((row) => row[2] === 'helm' && row[1] === 'prod' && row[3]?.includes('values-prod.yaml'))).toBe(
      true,
    );
  });

  test('says the same as JSON', async () => {
    const { stdout } = await run('discover', 'web', '--format', 'json');

    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      applications: [
        { name: 'web', root: 'web/overlays/prod', renderer: 'kustomize', environment: 'prod', valuesFiles: [] },
      ],
    });
  });
});

describe('fairlead', () => {
  test('version prints its own and that of the runtime', async () => {
    expect(await run('version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^fairlead \d+\.\d+\.\d+, node v24\.\d+\.\d+\n$/),
    });
  });

  test.each([
    { command: 'review', flags: ['--cluster', '--env', '--format', '--fail-on', '--exit-code', '--post', '--cwd'] },
    { command: 'diff', flags: ['--cluster', '--format', '--fail-on', '--exit-code', '--kube-version', '--cwd'] },
    {
      command: 'render',
      flags: ['--release', '--namespace', '-f, --values', '--set', '--kube-version', '-o, --output'],
    },
    { command: 'validate', flags: ['--format', '--fail-on', '--kube-version', '--cwd'] },
    { command: 'discover', flags: ['--format', '--cwd'] },
    { command: 'demo', flags: ['--help'] },
    { command: 'serve', flags: ['--cluster', '--env', '--host', '--port', '--data'] },
  ])('$command --help names its flags on stdout', async ({ command, flags }) => {
    const { stdout, stderr, code } = await fairlead([command, '--help']);

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    for (const flag of flags) expect(stdout).toContain(flag);
  });
});
