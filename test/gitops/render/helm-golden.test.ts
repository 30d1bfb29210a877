import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson, stringifyJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { assign } from '../../../src/gitops/render/assign.ts';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createHelmRenderer } from '../../../src/gitops/render/helm.ts';
import { withoutSkipped } from '../../../src/gitops/render/helm-documents.ts';
import { unrolled } from '../../../src/gitops/render/helm-errors.ts';
import { readChartFiles } from '../../../src/gitops/render/helm-files.ts';
import { printDocuments } from '../../../src/gitops/render/helm-print.ts';
import { helmSettings, templateRequest } from '../../../src/gitops/render/helm-request.ts';
import { createHelmRun } from '../../../src/gitops/render/helm-run.ts';
import type { HelmSettings } from '../../../src/model/renderer.ts';
import type { HelmEngine } from '../../../src/model/target.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { runProcess } from '../../../src/tools/process.ts';
import { buildOracle } from '../../oracles/build.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { badCases, goodCases, type HelmCase } from './helm-cases.ts';
import { chartFiles } from './helm-charts.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const decoder = createDecoder(30_000);
const renderer = createHelmRenderer(testDependencies(), decoder);
const run = createHelmRun(testDependencies());
let programs: Readonly<Record<HelmEngine, string>> = { helm3: '', helm4: '' };
let folder = '';
let tree: Tree;

beforeAll(async () => {
  programs = { helm3: await buildOracle('helm3'), helm4: await buildOracle('helm') };
  folder = await mkdtemp(join(tmpdir(), 'fairlead-helm-'));
  const files = await chartFiles();
  tree = memoryTree(files);
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}, 20 * 60_000);

afterAll(async () => {
  await Promise.all([renderer.close(), run.close(), decoder.close()]);
  await rm(folder, { recursive: true });
});

async function helmTemplate(engine: HelmEngine, { chart, values = [], inputs = {} }: HelmCase) {
  const { releaseName, namespace, kubeVersion, apiVersions, set } = { ...testInputs, ...inputs };
  const settings = helmSettings(inputs);
  const isKept = (file: string) => !settings.ignoreMissingValuesFiles || existsSync(join(folder, file));
  const options = [
    ...(settings.skipCrds ? [] : ['--include-crds']),
    ...(settings.skipTests ? ['--skip-tests'] : []),
    ...(settings.skipSchemaValidation ? ['--skip-schema-validation'] : []),
    ...['--namespace', namespace, '--kube-version', kubeVersion],
    ...[...values.filter(isKept), ...(await writeValues(settings))].flatMap((file) => ['--values', file]),
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...settings.setFile.flatMap(({ name, path }) => ['--set-file', `${name}=${path}`]),
    ...settings.setString.flatMap((assignment) => ['--set-string', assignment]),
    ...set.flatMap((assignment) => ['--set', assignment]),
  ];
  const env = { HOME: folder, PATH: '/nowhere' };
  const args = ['template', releaseName, `./${chart}`, ...options];
  const command = programs[engine];
  return runProcess({ command, args, cwd: folder, env, signal: calm, deadlineMs: 30_000 });
}

async function writeValues({ values }: HelmSettings): Promise<readonly string[]> {
  const files = values.map(
    (value) => [`values-${createHash('sha256').update(stringifyJson(value)).digest('hex')}`, value] as const,
  );
  for (const [file, value] of files) await writeFile(join(folder, file), stringifyJson(value));
  return files.map(([file]) => file);
}

/** The same for either engine, which a case cannot know. */
function withEngine(engine: HelmEngine, example: HelmCase): HelmCase {
  return { ...example, inputs: { ...example.inputs, helm: { ...example.inputs?.helm, engine } } };
}

async function ourRender({ chart, values = [], inputs = {} }: HelmCase) {
  const application = { ...applicationAt(chart, 'helm'), valuesFiles: values };
  return renderer.render(application, tree, { ...testInputs, ...inputs }, calm);
}

async function ourAnswer({ chart, values = [], inputs = {} }: HelmCase) {
  const all = { ...testInputs, ...inputs };
  const settings = helmSettings(all);
  const valuesFiles = settings.ignoreMissingValuesFiles
    ? values.filter((file) => existsSync(join(folder, file)))
    : values;
  const named = [...valuesFiles, ...settings.setFile.map(({ path }) => path)];
  const files = await readChartFiles(tree, { folders: [chart], files: named }, calm);
  const answer = await run.render(
    { request: templateRequest({ root: chart, valuesFiles, local: [] }, all), files },
    calm,
  );
  return answer.ok ? printDocuments(withoutSkipped(answer, settings).first) : answer.error;
}

const engines = ['helm3', 'helm4'] as const;

describe.each(engines)('a chart renders to what `helm template --include-crds` of %s prints', (engine) => {
  test.each(goodCases.map((example) => [example.title, example] as const))('%s', async (_title, given) => {
    const example = withEngine(engine, given);
    const printed = await helmTemplate(engine, example);
    if (printed.code !== 0) throw new Error(printed.stderr);

    const [answer, rendered] = [await ourAnswer(example), await ourRender(example)];

    expect(answer).toBe(printed.stdout.toString('utf8'));
    const expected = assign(decodeManifests({ file: 'out.yaml', bytes: printed.stdout }).resources, {
      ...testInputs,
      ...example.inputs,
    });
    const ours = [...rendered.resources, ...rendered.hooks];
    expect(ours.map(({ object }) => canonicalJson(object))).toEqual(
      expected.map(({ object }) => canonicalJson(object)),
    );
    expect(ours.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  test('there are at least 36 of them', () => {
    expect(goodCases.length).toBeGreaterThanOrEqual(36);
  });
});

describe.each(engines)('what %s refuses is refused in its words', (engine) => {
  test.each(badCases.map((example) => [example.title, example] as const))('%s', async (_title, given) => {
    const example = withEngine(engine, given);
    const printed = await helmTemplate(engine, example);
    expect(printed.code).not.toBe(0);

    const fault = await ourRender(example).then(
      () => null,
      (cause: unknown) => cause,
    );

    expect(fault).toMatchObject({ code: 'render-failed' });
    expect(sortLines((fault as Error).message)).toEqual(expect.arrayContaining(sortLines(coreMessage(printed.stderr))));
  });

  test('there are at least 21 of them', () => {
    expect(badCases.length).toBeGreaterThanOrEqual(21);
  });
});

describe.each(engines)(
  'a lock file that is out of sync is refused in the words of `helm dependency build` of %s',
  (engine) => {
    const dependency = 'dependencies: [{name: redis, version: ^17.0.0, repository: "https://charts.example"}]\n';
    const lock = (name: string) => ({
      [`c/${name}`]:
        'dependencies:\n- {name: redis, repository: "https://charts.example", version: 17.3.2}\ndigest: sha256:0\ngenerated: "2026-01-01T00:00:00Z"\n',
    });

    test.each([
      [
        'Chart.lock',
        { 'c/Chart.yaml': `apiVersion: v2\nname: c\nversion: 1.0.0\n${dependency}`, ...lock('Chart.lock') },
      ],
      [
        'requirements.lock',
        {
          'c/Chart.yaml': 'apiVersion: v1\nname: c\nversion: 1.0.0\n',
          'c/requirements.yaml': dependency,
          ...lock('requirements.lock'),
        },
      ],
    ])('%s', async (name, files) => {
      const root = await mkdtemp(join(folder, 'lock-'));
      await mkdir(join(root, 'c'));
      for (const [path, text] of Object.entries(files)) await writeFile(join(root, path), text);
      const env = { HOME: root, PATH: '/nowhere' };
      const spec = { command: programs[engine], args: ['dependency', 'build', 'c'], cwd: root, env };
      const printed = await runProcess({ ...spec, signal: calm, deadlineMs: 30_000 });

      const inputs = { ...testInputs, helm: { engine } };
      const fault = await renderer
        .render(applicationAt('c', 'helm'), memoryTree(files), inputs, calm)
        .catch((cause: unknown) => cause);

      expect(printed.stderr).toContain('is out of sync');
      expect(fault).toMatchObject({
        code: 'render-failed',
        subject: `c/${name}:1`,
        message: expect.stringContaining(coreMessage(printed.stderr)),
      });
    });
  },
);

test.each(engines)(
  'a lock file that `helm dependency update` of %s wrote is in sync, with a chart beside',
  async (engine) => {
    const root = await mkdtemp(join(folder, 'locked-'));
    const files = {
      'c/Chart.yaml':
        'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: d, version: ^1.0.0, repository: "file://../d", alias: e, tags: [x], condition: e.on, import-values: [a]}\n',
      'd/Chart.yaml': 'apiVersion: v2\nname: d\nversion: 1.2.0\n',
      'd/templates/x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: locked}\n',
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const env = { HOME: root, PATH: '/nowhere' };
    const spec = { command: programs[engine], args: ['dependency', 'update', 'c'], cwd: root, env };
    await runProcess({ ...spec, signal: calm, deadlineMs: 30_000 });
    const locked = { ...files, 'c/Chart.lock': await readFile(join(root, 'c/Chart.lock')) };

    const inputs = { ...testInputs, helm: { engine } };
    const { resources } = await renderer.render(applicationAt('c', 'helm'), memoryTree(locked), inputs, calm);

    expect(resources.map(({ id }) => id.name)).toEqual(['locked']);
  },
);

test('the engines differ where they should', async () => {
  const [older, newer] = await Promise.all(
    engines.map((engine) => ourAnswer(withEngine(engine, { title: '', chart: 'differs' }))),
  );

  expect(older).not.toBe(newer);
});

/** Helm lists schema violations in the order of a Go map. What we say in front of the first line is left out. */
function sortLines(message: string): string[] {
  return message
    .replace(/^helm cannot render \S+: /, '')
    .split('\n')
    .sort();
}

/** Without log lines, Helm's own advice, the absolute paths of the machine and the steps of an endless recursion. */
function coreMessage(stderr: string): string {
  const text = stderr.slice(stderr.indexOf('Error: ') + 'Error: '.length);
  return unrolled(
    text.replace('\n\nUse --debug flag to render out invalid YAML', '').replaceAll(`${folder}/`, '').trim(),
  );
}
