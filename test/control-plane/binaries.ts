import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildGoProgram, type GoProgram } from './go-program.ts';

const run = promisify(execFile);

/** The programs of a real Kubernetes cluster; kwok plays its machines. */
export type RealBinary = 'etcd' | 'kube-apiserver' | 'kubectl' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

/** Their names, in the order they are built. */
export const realBinaries: readonly RealBinary[] = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
];

const recipes: Record<RealBinary, Recipe> = {
  etcd: {
    module: 'go.etcd.io/etcd/server/v3',
    mainPackage: 'go.etcd.io/etcd/server/v3',
    version: ['--version'],
    firstBuild: 'about a minute',
  },
  'kube-apiserver': {
    module: 'k8s.io/kubernetes',
    mainPackage: 'k8s.io/kubernetes/cmd/kube-apiserver',
    version: ['--version'],
    firstBuild: 'about six minutes',
  },
  kubectl: {
    module: 'k8s.io/kubernetes',
    mainPackage: 'k8s.io/kubernetes/cmd/kubectl',
    version: ['version', '--client'],
    firstBuild: 'about a minute',
  },
  'kube-controller-manager': {
    module: 'k8s.io/kubernetes',
    mainPackage: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    version: ['--version'],
    firstBuild: 'about three minutes',
  },
  'kube-scheduler': {
    module: 'k8s.io/kubernetes',
    mainPackage: 'k8s.io/kubernetes/cmd/kube-scheduler',
    version: ['--version'],
    firstBuild: 'half a minute',
  },
  kwok: {
    module: 'sigs.k8s.io/kwok',
    folder: 'kwok',
    mainPackage: 'sigs.k8s.io/kwok/cmd/kwok',
    version: ['--version'],
    firstBuild: 'about a minute and a half',
  },
};

interface Recipe {
  readonly module: string;
  /** Folder with its own go.mod, beside this file; else ours. */
  readonly folder?: string;
  readonly mainPackage: string;
  /** Arguments that make it print its version. */
  readonly version: readonly string[];
  readonly firstBuild: string;
}

/**
 * The path of a real program in the version go.mod pins: from `KUBEBUILDER_ASSETS` when it prints that version there,
 * else built by Go into the user's cache. Throws with what to install when neither is possible.
 */
export async function realBinary(name: RealBinary): Promise<string> {
  const recipe = recipes[name];
  const version = await pinnedVersion(recipe);
  const given = await givenBinary(name, recipe, version);
  return given ?? buildGoProgram(programOf(name, recipe, version));
}

async function givenBinary(name: RealBinary, recipe: Recipe, version: string): Promise<string | null> {
  const folder = process.env['KUBEBUILDER_ASSETS'];
  if (!folder) return null;
  const path = join(folder, name);
  const printed = await run(path, [...recipe.version]).then(
    ({ stdout }) => stdout,
    (cause) => String(cause),
  );
  if (printed.includes(version.replace(/^v/, ''))) return path;
  process.stderr.write(`${path} is not ${version} and is not used: ${printed.trim().slice(0, 200)}\n`);
  return null;
}

function programOf(name: RealBinary, recipe: Recipe, version: string): GoProgram {
  const [major, minor] = version.replace(/^v/, '').split('.');
  // Without the stamp the server says v0.0.0, and clients that check versions refuse it.
  const stamped = 'k8s.io/component-base/version.git';
  const stamps = [`${stamped}Version=${version}`, `${stamped}Major=${major}`, `${stamped}Minor=${minor}`];
  return {
    name,
    moduleDir: moduleDir(recipe),
    mainPackage: recipe.mainPackage,
    stamps: recipe.module === 'k8s.io/kubernetes' ? stamps : [],
    firstBuild: recipe.firstBuild,
  };
}

async function pinnedVersion(recipe: Recipe): Promise<string> {
  const file = join(moduleDir(recipe), 'go.mod');
  const text = await readFile(file, 'utf8');
  const line = text.split('\n').find((each) => each.includes(`${recipe.module} v`));
  const version = line?.trim().split(' ').at(-1);
  if (version === undefined) throw new Error(`${file} does not require ${recipe.module}`);
  return version;
}

function moduleDir(recipe: Recipe): string {
  return join(import.meta.dirname, recipe.folder ?? '.');
}
