import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { FairleadError } from '../../model/error.ts';
import { runProcess } from '../../tools/process.ts';
import type { ModuleCall } from './abi.ts';
import { buildModule } from './build-module.ts';

/** The Go modules that we build to WebAssembly. */
export type ModuleName = 'kustomize' | 'helm' | 'merge' | 'cel' | 'gotemplate' | 'envsubst';

/** What to ask of modules before they are kept as they have started. */
export type WarmUps = Readonly<Partial<Record<ModuleName, () => Promise<readonly ModuleCall[]>>>>;

/** Where modules are looked for and built. */
export interface ModuleOptions {
  /** Modules built here are kept under `wasm/` in it. */
  readonly cacheDir: string;
  /** A folder that holds `NAME.wasm` ready made, such as a container image's; it wins. */
  readonly builtDir: string | null;
  /** The folder that holds one folder of Go source for each module. */
  readonly sourceDir: string;
  readonly onProgress: (line: string) => void;
  /** What to ask of modules when they are built (`keepStarted`). */
  readonly warmUps?: WarmUps;
  /** The environment Go is run with; without it only HOME and a usual PATH. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const GO_MINIMUM = [1, 26] as const;
/** Counts how files are made of what Go builds; another number builds all anew. */
const FILE_VERSION = 2;
const GO_VERSION_DEADLINE_MS = 20_000;

/**
 * The path of a module's file, built with Go when it is missing. Throws `FairleadError`: `module-missing` (no Go, or too
 * old), `module-build-failed`, `command-timeout`.
 */
export async function locateModule(name: ModuleName, options: ModuleOptions, signal: AbortSignal): Promise<string> {
  if (options.builtDir !== null) {
    const built = join(options.builtDir, `${name}.wasm`);
    if (await exists(built)) return built;
  }
  const env = options.env ?? { HOME: homedir(), PATH: '/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin' };
  const sourceDir = join(options.sourceDir, name);
  const version = await goVersion(name, env, signal);
  const target = join(options.cacheDir, 'wasm', await keyOf(sourceDir, version), `${name}.wasm`);
  if (!(await exists(target))) {
    const warmUp = options.warmUps?.[name];
    await buildModule({ name, sourceDir, target, env, warmUp, onProgress: options.onProgress }, signal);
  }
  return target;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function goVersion(name: ModuleName, env: ModuleOptions['env'] & object, signal: AbortSignal): Promise<string> {
  const fixed = { ...env, GOTOOLCHAIN: 'local', GOFLAGS: '' };
  const spec = { command: 'go', args: ['version'], env: fixed, signal, deadlineMs: GO_VERSION_DEADLINE_MS };
  const result = await runProcess(spec).catch((cause: unknown) => {
    if (cause instanceof FairleadError && cause.code === 'command-missing')
      throw missingError(name, 'Go was not found');
    throw cause;
  });
  const version = /go(\d+)\.(\d+)\S*/.exec(result.stdout.toString('utf8'));
  if (version === null) throw missingError(name, '`go version` names no version');
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < GO_MINIMUM[0] || (major === GO_MINIMUM[0] && minor < GO_MINIMUM[1])) {
    throw missingError(name, `Go ${major}.${minor} is too old`);
  }
  return version[0];
}

const WORKS_WITHOUT: Record<ModuleName, string> = {
  kustomize: 'plain manifests and Helm charts are still reviewed',
  helm: 'plain manifests and kustomizations are still reviewed',
  merge: 'clusters that answer dry-runs are still reviewed',
  cel: 'everything but policies is still checked',
  gotemplate: 'everything but ApplicationSets with goTemplate is still reviewed',
  envsubst: 'everything but what Flux substitutes variables in is still reviewed',
};

function missingError(name: ModuleName, why: string): FairleadError {
  return new FairleadError({
    code: 'module-missing',
    message: `The ${name} module is not built and ${why}; ${WORKS_WITHOUT[name]}.`,
    subject: name,
    remedy: `Install Go ${GO_MINIMUM.join('.')} or newer and run again; the module is then built once.`,
  });
}

/** Equal for equal sources, Go version and kind of file: the folder's Go files, go.mod, go.sum and files embedded beside them. */
async function keyOf(sourceDir: string, version: string): Promise<string> {
  const hash = createHash('sha256').update(`${FILE_VERSION} ${version}`);
  const entries = await readdir(sourceDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.wasm'));
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const content = await readFile(path);
    hash.update(`\0${relative(sourceDir, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}
