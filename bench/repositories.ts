import { toYaml } from '../src/formats/yaml/write.ts';
import { runProcess } from '../src/tools/process.ts';
import { chart, chartValues, type Files, templateCount } from './charts.ts';
import { writeFiles } from './folders.ts';
import { manyObjects } from './objects.ts';

/** A repository whose branch `change` differs from `main` in every application. */
export interface BenchRepository {
  readonly folder: string;
  /** What `main` holds. */
  readonly main: Files;
  /** Its charts; none in the plain one. */
  readonly charts: readonly string[];
  /** Objects that are reviewed. */
  readonly objects: number;
}

/** One folder of plain manifests, ten objects a file. */
export async function plainRepository(folder: string, count: number, signal: AbortSignal): Promise<BenchRepository> {
  const main = plainFiles(count, '1.0.0');
  await commitTwice(folder, { main, change: plainFiles(count, '1.1.0') }, signal);
  return { folder, main, charts: [], objects: count };
}

/** As many charts of four components as give the objects. */
export async function helmRepository(folder: string, count: number, signal: AbortSignal): Promise<BenchRepository> {
  const perChart = templateCount(components);
  const names = Array.from({ length: Math.ceil(count / perChart) }, (_, index) => `charts/app-${index}`);
  const below = (name: string, files: Files): Files =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
  const main: Files = Object.assign({}, ...names.map((name) => below(name, chart(components, 'one'))));
  const change = Object.fromEntries(
    names.map((name) => [`${name}/values.yaml`, chartValues(components, 'two').replaceAll('"1.2.3"', '"1.3.0"')]),
  );
  await commitTwice(folder, { main, change }, signal);
  return { folder, main, charts: names, objects: names.length * perChart };
}

const components = 4;

function plainFiles(count: number, version: string): Files {
  const texts = manyObjects(count, 'bench', version).map(toYaml);
  const files = Array.from({ length: Math.ceil(count / 10) }, (_, index) => index);
  return Object.fromEntries(
    files.map((index) => [`apps/${index}.yaml`, texts.slice(index * 10, index * 10 + 10).join('---\n')]),
  );
}

/** Makes a repository of two commits, on `main` and on `change`; with the address of a remote where one is given. */
export async function commitTwice(
  folder: string,
  files: { readonly main: Files; readonly change: Files; readonly remote?: string },
  signal: AbortSignal,
): Promise<void> {
  const git = async (...args: readonly string[]): Promise<void> => {
    const names = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
    const spec = { command: 'git', args: ['-C', folder, ...names, ...args], env: process.env, signal };
    const { code, stderr } = await runProcess({ ...spec, deadlineMs: 60_000 });
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  };
  await writeFiles(folder, files.main);
  await git('init', '--quiet', '--initial-branch', 'main');
  if (files.remote !== undefined) await git('remote', 'add', 'origin', files.remote);
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'main');
  await git('checkout', '--quiet', '-b', 'change');
  await writeFiles(folder, files.change);
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'change');
}
