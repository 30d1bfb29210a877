import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../src/formats/json.ts';
import { decodeManifests } from '../src/formats/yaml/decode.ts';
import { assign } from '../src/gitops/render/assign.ts';
import type { Rendered, Renderer } from '../src/model/renderer.ts';
import { runProcess } from '../src/tools/process.ts';
import { directoryTree } from '../src/world/git/directory.ts';
import { buildOracle } from '../test/oracles/build.ts';
import type { Bench, Lab, Row } from './bench.ts';
import { writeFiles } from './folders.ts';
import { type RenderCase, renderCases } from './render-cases.ts';
import { applicationAt, openRenderers, renderInputs } from './renderers.ts';
import { duel, figure, timesText } from './rows.ts';
import { type Contender, interleave, timed } from './timing.ts';

/**
 * From files on disk to the final manifests: our warm renderers, which give decoded resources with their sources, against one
 * process of the tool's own command line, which gives text. Every render is of another release, so that none is remembered.
 */
export const renderBench: Bench = {
  name: 'render',
  text: 'time per render, median, against one command line process per render (kustomize 5.8.2, helm 4.3.1)',
  rival: 'command line',
  run: async (lab) => {
    const programs = { kustomize: await buildOracle('kustomize'), helm: await buildOracle('helm') };
    const renderers = openRenderers(lab);
    try {
      const rows: Row[] = [];
      for (const [index, given] of renderCases.entries()) {
        const program = programs[given.renderer === 'helm' ? 'helm' : 'kustomize'];
        const folder = join(lab.dir, `render-${index}`);
        await writeFiles(folder, given.files);
        rows.push(...(await compare({ given, folder, program, renderer: renderers.renderer(given.renderer), lab })));
      }
      return rows;
    } finally {
      await renderers.close();
    }
  },
};

const inputs = renderInputs('bench');

interface Scene {
  readonly given: RenderCase;
  readonly folder: string;
  readonly program: string;
  readonly renderer: Renderer;
  readonly lab: Lab;
}

async function compare(scene: Scene): Promise<readonly Row[]> {
  const { given, lab } = scene;
  lab.say(`render: ${given.name}`);
  const count = await checkEqual(scene);
  const ours: Contender = async (round) => {
    await release(scene, `ours-${round}`);
    return timed(() => render(scene));
  };
  const theirs: Contender = async (round) => {
    await release(scene, `theirs-${round}`);
    return timed(() => runTool(scene));
  };
  const { renders: rounds, warm } = lab.sizes;
  const [mine = [], rival = []] = await interleave([ours, theirs], { rounds, warm });
  const [again = []] = await interleave([() => timed(() => render(scene))], { rounds, warm: 1 });
  return [
    duel(`${given.name}, ${count} objects`, mine, rival, given.atLeast),
    figure('the same input again (remembered)', timesText(again), null),
  ];
}

/** Makes the next render one that nobody has seen. */
async function release({ given, folder }: Scene, name: string): Promise<void> {
  await writeFile(join(folder, given.releaseFile), given.releaseText(name));
}

async function render({ given, folder, renderer, lab: { signal } }: Scene): Promise<Rendered> {
  const { root, renderer: name } = given;
  const tree = await directoryTree({ root: folder, signal });
  return renderer.render(applicationAt(root, name), tree, inputs, signal);
}

async function runTool({ given, folder, program, lab: { signal } }: Scene): Promise<Buffer> {
  const { releaseName, namespace, kubeVersion } = inputs;
  const template = ['template', releaseName, given.root, '--namespace', namespace, '--kube-version', kubeVersion];
  const args = given.renderer === 'helm' ? [...template, '--include-crds'] : ['build', given.root];
  const env = { HOME: folder, PATH: '/nowhere' };
  const result = await runProcess({ command: program, args, cwd: folder, env, signal, deadlineMs: 60_000 });
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout;
}

/** Both must give the same objects in the same order; how many. */
async function checkEqual(scene: Scene): Promise<number> {
  const [rendered, bytes] = [await render(scene), await runTool(scene)];
  const limits = { bytes: 32 * 1024 * 1024, nodes: 2_000_000 };
  const expected = assign(decodeManifests({ file: 'out.yaml', bytes, limits }).resources, inputs);
  const ours = [...rendered.resources, ...rendered.hooks].map(({ object }) => canonicalJson(object));
  const theirs = expected.map(({ object }) => canonicalJson(object));
  if (ours.length === 0 || ours.join('\n') !== theirs.join('\n')) {
    throw new Error(`${scene.given.name}: our render differs from the command line's`);
  }
  return ours.length;
}
