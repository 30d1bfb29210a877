import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildGoProgram, type GoProgram } from './go-program.ts';

const run = promisify(execFile);
const moduleDir = fileURLToPath(new URL('.', import.meta.url));

/** The programs of a real Kubernetes API server. */
export type RealBinary = 'etcd' | 'kube-apiserver' | 'kubectl';

/** Their names, in the order they are built. */
export const realBinaries: readonly RealBinary[] = ['etcd', 'kube-apiserver', 'kubectl'];

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
};

interface Recipe {
  readonly module: string;
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
  const version = await pinnedVersion(recipe.module);
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
    moduleDir,
    mainPackage: recipe.mainPackage,
    stamps: recipe.module === 'k8s.io/kubernetes' ? stamps : [],
    firstBuild: recipe.firstBuild,
  };
}

async function pinnedVersion(module: string): Promise<string> {
  const text = await readFile(join(moduleDir, 'go.mod'), 'utf8');
  const found = text.split('\n').find((line) => line.trim().startsWith(`${module} v`));
  const version = found?.trim().split(' ')[1];
  if (version === undefined) throw new Error(`${join(moduleDir, 'go.mod')} does not require ${module}`);
  return version;
}
