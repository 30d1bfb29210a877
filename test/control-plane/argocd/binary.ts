import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildGoProgram } from '../go-program.ts';

const run = promisify(execFile);
const moduleName = 'github.com/argoproj/argo-cd/v3';

/**
 * The path of Argo CD, one program for all its parts (the variable `ARGOCD_BINARY_NAME` says which it plays), in the version
 * go.mod pins: built by Go into the user's cache. Throws with what to install when it cannot be.
 */
export async function argoCdBinary(): Promise<string> {
  const common = `${moduleName}/common`;
  return buildGoProgram({
    name: 'argocd',
    moduleDir: import.meta.dirname,
    mainPackage: `${moduleName}/cmd`,
    stamps: [`${common}.version=${await pinnedVersion()}`, `${common}.gitTreeState=clean`],
    firstBuild: 'about five minutes',
  });
}

/** The folder of the module's source, which holds its CRDs and the scripts it calls. */
export async function argoCdSource(): Promise<string> {
  const args = ['list', '-m', '-f', '{{.Dir}}', moduleName];
  const { stdout } = await run('go', args, { cwd: import.meta.dirname });
  if (stdout.trim() !== '') return stdout.trim();
  await run('go', ['mod', 'download', moduleName], { cwd: import.meta.dirname });
  return (await run('go', args, { cwd: import.meta.dirname })).stdout.trim();
}

/** The path of what speaks Redis for Argo CD (cache/main.go): nothing need be installed for it. */
export async function cacheBinary(): Promise<string> {
  return buildGoProgram({
    name: 'argocd-cache',
    moduleDir: import.meta.dirname,
    mainPackage: './cache',
    stamps: [],
    firstBuild: 'about ten seconds',
  });
}

async function pinnedVersion(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, 'go.mod'), 'utf8');
  const version = new RegExp(`^require ${moduleName} v(\\S+)`, 'm').exec(text)?.[1];
  if (version === undefined) throw new Error(`go.mod does not require ${moduleName}`);
  return version;
}
