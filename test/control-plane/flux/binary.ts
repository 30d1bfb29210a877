import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildGoProgram } from '../go-program.ts';

const run = promisify(execFile);

/** The newest release whose definitions fit the controller; only its files are used, it is never built. */
const sources = 'github.com/fluxcd/source-controller@v1.9.6';
const kustomizations = 'github.com/fluxcd/kustomize-controller';

/**
 * The path of Flux's kustomize-controller in the version go.mod pins: built by Go into the user's cache. Throws with what to
 * install when it cannot be.
 */
export async function kustomizeControllerBinary(): Promise<string> {
  return buildGoProgram({
    name: 'kustomize-controller',
    moduleDir: import.meta.dirname,
    mainPackage: kustomizations,
    stamps: [],
    firstBuild: 'about four minutes',
  });
}

/** The path of a program that substitutes variables with Flux's own code: a JSON list of cases in, of results out. */
export async function substituteOracle(): Promise<string> {
  return buildGoProgram({
    name: 'flux-substitute',
    moduleDir: import.meta.dirname,
    mainPackage: './substitute',
    stamps: [],
    firstBuild: 'two minutes',
  });
}

/** Folders that hold the definitions of Flux's kinds, out of Go's module cache. */
export async function fluxDefinitions(): Promise<readonly string[]> {
  const folders = await Promise.all([kustomizations, sources].map(moduleFolder));
  return folders.map((folder) => join(folder, 'config', 'crd', 'bases'));
}

/** Where Go keeps a module's files; downloads them when the module cache lost them. */
async function moduleFolder(module: string): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', module], { cwd: import.meta.dirname });
  const { Dir: folder }: { Dir?: string } = JSON.parse(stdout);
  if (folder === undefined) throw new Error(`go mod download names no folder for ${module}: ${stdout}`);
  return folder;
}
