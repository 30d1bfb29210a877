import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { assign } from '../../../src/gitops/render/assign.ts';
import { createHelmRun } from '../../../src/gitops/render/helm-run.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import type { HelmEngine } from '../../../src/model/target.ts';
import { runProcess } from '../../../src/tools/process.ts';
import { buildOracle } from '../../oracles/build.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { fakeSources } from './fetched-charts.ts';
import { type InflationCase, inflationCases, refusedInflations, webChart } from './kustomize-helm-cases.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const run = createHelmRun(testDependencies());
const fetched = { 'web@1.2.3': memoryTree(webChart) };
const engines = ['helm3', 'helm4'] as const;
let programs = { kustomize: '', helm3: '', helm4: '' };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-inflate-'));
  programs = {
    kustomize: await buildOracle('kustomize'),
    helm3: await buildOracle('helm3'),
    helm4: await buildOracle('helm'),
  };
}, 20 * 60_000);

afterAll(async () => {
  await run.close();
  await rm(folder, { recursive: true });
});

/** The repository of a case; with `isLaid` a chart to fetch lies where kustomize puts what it fetched. */
function filesOf({ files, charts = 'charts', wanted }: InflationCase, isLaid: boolean): Record<string, string> {
  const chart = Object.entries(webChart).map(([name, text]) => [`${charts}/web/${name}`, text] as const);
  return { ...files, ...(wanted === undefined || isLaid ? Object.fromEntries(chart) : {}) };
}

async function kustomizeBuild(engine: HelmEngine, example: InflationCase) {
  const root = await mkdtemp(join(folder, 'case-'));
  for (const [path, text] of Object.entries(filesOf(example, true))) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const helm = ['--enable-helm', '--helm-command', programs[engine], '--helm-kube-version', testInputs.kubeVersion];
  const args = ['build', ...helm, join(root, example.root ?? '')];
  const env = { HOME: folder, PATH: '/nowhere' };
  const result = await runProcess({ command: programs.kustomize, args, env, signal: calm, deadlineMs: 30_000 });
  return { ...result, stderr: result.stderr.replaceAll(`${root}/`, '') };
}

async function ourBuild(engine: HelmEngine, example: InflationCase) {
  const sources = fakeSources(fetched);
  const renderer = createKustomizeRenderer(testDependencies({ fetchChart: sources.fetchChart }), run);
  const inputs = { ...testInputs, helm: { engine } };
  const tree = memoryTree(filesOf(example, false));
  const application = applicationAt(example.root ?? '', 'kustomize');
  const rendered = await renderer.render(application, tree, inputs, calm);
  return { ...rendered, asked: sources.asked };
}

describe.each(engines)(
  'charts in a kustomization come out as `kustomize build --enable-helm` with %s prints them',
  (engine) => {
    test.each(inflationCases.map((example) => [example.title, example] as const))('%s', async (_title, example) => {
      const printed = await kustomizeBuild(engine, example);
      if (printed.code !== 0) throw new Error(printed.stderr);

      const rendered = await ourBuild(engine, example);

      const expected = assign(decodeManifests({ file: 'out.yaml', bytes: printed.stdout }).resources, testInputs);
      expect(rendered.resources.map(({ object }) => canonicalJson(object))).toEqual(
        expected.map(({ object }) => canonicalJson(object)),
      );
      expect(rendered.resources.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      expect(rendered.resources.length).toBeGreaterThan(2);
      expect(rendered.asked).toEqual(example.wanted === undefined ? [] : [example.wanted]);
    });

    test.each(refusedInflations.map((example) => [example.title, example] as const))('%s', async (_title, example) => {
      const printed = await kustomizeBuild(engine, example);

      const fault = await ourBuild(engine, example).catch((cause: unknown) => cause);

      expect(printed.stderr).toContain(example.says);
      expect(fault).toMatchObject({ code: 'render-failed', message: expect.stringContaining(example.says) });
    });

    test('there are at least 20 of them', () => {
      expect(inflationCases.length).toBeGreaterThanOrEqual(20);
    });
  },
);
