import { join } from 'node:path';
import { locateModule } from '../src/formats/wasm/locate-module.ts';
import { createDeclaredTools } from '../src/gitops/declare/index.ts';
import { affectedBy } from '../src/gitops/discover/affected.ts';
import { defaultSettings } from '../src/model/settings.ts';
import { cacheDir } from '../test/control-plane/go-program.ts';
import { memoryTree } from '../test/support/memory-tree.ts';
import type { Bench, Lab, Row } from './bench.ts';
import type { Files } from './charts.ts';
import { declaredFiles, declaredUrl, oneValuesFile } from './declared-repository.ts';
import { runProgram } from './program.ts';
import { openRenderers, renderInputs } from './renderers.ts';
import { commitTwice } from './repositories.ts';
import { atMostGoal, figure, milliseconds, timesText } from './rows.ts';
import { interleave, median } from './timing.ts';

/** Repositories of many applications that objects of Argo CD declare, compared in Git. */
export const declaredBench: Bench = {
  name: 'declared',
  text: 'applications that Argo CD objects declare: half a shared chart, half overlays of an ApplicationSet; base against head in Git',
  rival: null,
  run: async (lab) => {
    // The quick sizes shrink these too.
    const many = lab.sizes.objects;
    const some = Math.ceil((many * 3) / 10);
    return [...(await oneOf(many, lab)), ...(await allOf(some, lab))];
  },
};

/** One changed values file: what finding the affected set takes, and the whole command. */
async function oneOf(count: number, lab: Lab): Promise<readonly Row[]> {
  lab.say(`declared: one values file among ${count} applications`);
  const main = declaredFiles(count, 'nginx:1.27.0');
  const change = { [oneValuesFile]: 'replicas: 9\n' };
  const times = await affectedTimes(main, { ...main, ...change }, lab);
  const { total, peak } = await review('one', { main, change }, lab);
  const what = `1 values file among ${count.toLocaleString('en')} applications`;
  return [
    figure(`${what}, affected set`, timesText(times), atMostGoal(median(times), 1_000, ' ms')),
    figure(`${what}, review, whole command`, milliseconds(total), atMostGoal(total / 1000, 5, ' s')),
    figure(`${what}, review, peak`, `${Math.round(peak)} MiB`, atMostGoal(peak, 768, ' MiB')),
  ];
}

/** Trees in memory, so that it is the finding that is measured; a process finds a pull's set once. */
async function affectedTimes(base: Files, head: Files, lab: Lab): Promise<readonly number[]> {
  const renderers = openRenderers(lab);
  const sourceDir = join(import.meta.dirname, '../wasm');
  const options = { cacheDir: cacheDir(), builtDir: null, sourceDir, onProgress: lab.say, env: process.env };
  const none = { fetchChart: null, fetchGit: null, fetchArtifact: null, fetchFile: null };
  const open = () =>
    createDeclaredTools({
      ...{ renderer: renderers.renderer, fetchers: none, deadlineMs: 60_000, maxMemoryMb: 512 },
      modules: (name, signal) => locateModule(name, options, signal),
      ...{ inputs: async () => renderInputs('bench'), learnSecret: () => undefined, knowledge: null },
    });
  const find = async (): Promise<number> => {
    const tools = open();
    const start = performance.now();
    const { pairs } = await affectedBy(
      {
        ...{ base: memoryTree(base), head: memoryTree(head), changedFiles: [oneValuesFile], settings: defaultSettings },
        origin: { own: { urls: [declaredUrl], branch: 'main', defaultBranch: 'main' } },
      },
      lab.signal,
      tools.declare,
    );
    const time = performance.now() - start;
    await tools.close();
    if (pairs.length !== 1) throw new Error(`${pairs.length} applications are reached, not 1`);
    return time;
  };
  try {
    const [times = []] = await interleave([find], { rounds: lab.sizes.diffs, warm: 1 });
    return times;
  } finally {
    await renderers.close();
  }
}

/** A new image in everything: all applications are rendered on both sides. */
async function allOf(count: number, lab: Lab): Promise<readonly Row[]> {
  lab.say(`declared: ${count} applications on both sides`);
  const main = declaredFiles(count, 'nginx:1.27.0');
  const { total, peak } = await review('all', { main, change: declaredFiles(count, 'nginx:1.28.0') }, lab);
  const what = `${count} applications, all changed, rendered on both sides, validated and compared`;
  return [
    figure(`${what}, whole command`, milliseconds(total), atMostGoal(total / 1000, 60, ' s')),
    figure(`${what}, peak`, `${Math.round(peak)} MiB`, atMostGoal(peak, 768, ' MiB')),
  ];
}

async function review(name: string, files: { readonly main: Files; readonly change: Files }, lab: Lab) {
  const cwd = join(lab.dir, `declared-${name}`);
  await commitTwice(cwd, { ...files, remote: declaredUrl }, lab.signal);
  const args = ['review', 'main..change', '--cluster', 'none', '--format', 'json', '--fail-on', 'never'];
  return runProgram({ program: await lab.program(), args, cwd, signal: lab.signal, codes: [0] });
}
