import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { assign } from '../../../src/gitops/render/assign.ts';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createHelmRenderer } from '../../../src/gitops/render/helm.ts';
import { unrolled } from '../../../src/gitops/render/helm-errors.ts';
import { readChartFiles } from '../../../src/gitops/render/helm-files.ts';
import type { TemplateSuccess } from '../../../src/gitops/render/helm-message.ts';
import { createHelmRun } from '../../../src/gitops/render/helm-run.ts';
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
let program = '';
let folder = '';
let tree: Tree;

beforeAll(async () => {
  program = await buildOracle('helm');
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

async function helmTemplate({ chart, values = [], inputs = {} }: HelmCase) {
  const { releaseName, namespace, kubeVersion, apiVersions, set } = { ...testInputs, ...inputs };
  const options = [
    ...['--include-crds', '--namespace', namespace, '--kube-version', kubeVersion],
    ...values.flatMap((file) => ['--values', file]),
    ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ...set.flatMap((assignment) => ['--set', assignment]),
  ];
  const env = { HOME: folder, PATH: '/nowhere' };
  const args = ['template', releaseName, `./${chart}`, ...options];
  return runProcess({ command: program, args, cwd: folder, env, signal: calm, deadlineMs: 30_000 });
}

async function ourRender({ chart, values = [], inputs = {} }: HelmCase) {
  const application = { ...applicationAt(chart, 'helm'), valuesFiles: values };
  return renderer.render(application, tree, { ...testInputs, ...inputs }, calm);
}

/** What `helm template` would print for an answer of the module. */
function print({ crds, manifests }: TemplateSuccess): string {
  const text = ({ path, content }: { path: string; content: string }) => `---\n# Source: ${path}\n${content}\n`;
  const plain = [...crds, ...manifests.filter(({ hook }) => hook === null)].map(text).join('');
  return `${plain.trim()}\n${manifests
    .filter(({ hook }) => hook !== null)
    .map(text)
    .join('')}`;
}

async function ourAnswer({ chart, values = [], inputs = {} }: HelmCase) {
  const files = await readChartFiles(tree, { folders: [chart], files: values }, calm);
  const { releaseName, namespace, kubeVersion, apiVersions, set } = { ...testInputs, ...inputs };
  const names = { releaseName, namespace, kubeVersion, apiVersions, set, valuesFiles: values };
  return run.render(
    { request: { method: 'template', engine: 'helm4', ...names, chartRoot: chart, localCharts: [] }, files },
    calm,
  );
}

describe('a chart renders to what `helm template --include-crds` prints', () => {
  test.each(goodCases.map((example) => [example.title, example] as const))('%s', async (_title, example) => {
    const printed = await helmTemplate(example);
    if (printed.code !== 0) throw new Error(printed.stderr);
    const expectedText = printed.stdout.toString('utf8');

    const [answer, rendered] = [await ourAnswer(example), await ourRender(example)];

    expect(answer.ok ? print(answer.first) : answer.error).toBe(expectedText);
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

  test('there are at least 24 of them', () => {
    expect(goodCases.length).toBeGreaterThanOrEqual(24);
  });
});

describe('what Helm refuses is refused in its words', () => {
  test.each(badCases.map((example) => [example.title, example] as const))('%s', async (_title, example) => {
    const printed = await helmTemplate(example);
    expect(printed.code).not.toBe(0);

    const fault = await ourRender(example).then(
      () => null,
      (cause: unknown) => cause,
    );

    expect(fault).toMatchObject({ code: 'render-failed' });
    expect(sortLines((fault as Error).message)).toEqual(expect.arrayContaining(sortLines(coreMessage(printed.stderr))));
  });
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
