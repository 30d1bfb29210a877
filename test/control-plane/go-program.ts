import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program that Go builds from a module whose versions are pinned by its go.mod and go.sum. */
export interface GoProgram {
  readonly name: string;
  /** Folder that holds go.mod and go.sum. */
  readonly moduleDir: string;
  /** Import path of the main package. */
  readonly mainPackage: string;
  /** Values stamped into the program, `import/path.variable=value`. */
  readonly stamps: readonly string[];
  /** How long a first build takes, in words, for the progress line. */
  readonly firstBuild: string;
}

/**
 * The path of the built program: from the user's cache, else built now (once, whoever asks at the same time waits).
 * Throws with what to install when Go is missing or the build fails.
 */
export async function buildGoProgram(program: GoProgram): Promise<string> {
  const folder = join(cacheDir(), 'real-parts', await cacheKey(program));
  const path = join(folder, program.name);
  if (await exists(path)) return path;
  await mkdir(folder, { recursive: true });
  return withLock(`${path}.lock`, async () => {
    if (!(await exists(path))) await build(program, path);
    return path;
  });
}

/** Where built programs are kept: `$FAIRLEAD_CACHE`, else `$XDG_CACHE_HOME/fairlead`, else `~/.cache/fairlead`. */
export function cacheDir(): string {
  const { FAIRLEAD_CACHE, XDG_CACHE_HOME } = process.env;
  return FAIRLEAD_CACHE || (XDG_CACHE_HOME ? join(XDG_CACHE_HOME, 'fairlead') : join(homedir(), '.cache', 'fairlead'));
}

/** Runs `work` while no other process that uses the same lock path does. A lock whose owner died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await takeLock(path))) await delay(200);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function takeLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // A file that vanished meanwhile reads as '' and is simply tried again; an owner that is gone leaves a stale lock.
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  if (owner > 0 && !isRunning(owner)) await rm(path, { force: true });
  return false;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function build(program: GoProgram, path: string): Promise<void> {
  const started = Date.now();
  const say = (line: string): boolean => process.stderr.write(`${program.name}: ${line}\n`);
  say(`building it with Go (the first time takes ${program.firstBuild})`);
  const ticker = setInterval(() => say(`still building, ${Math.round((Date.now() - started) / 1000)} s`), 20_000);
  const unfinished = `${path}.${process.pid}`;
  try {
    await goBuild(program, unfinished);
    await rename(unfinished, path);
  } finally {
    clearInterval(ticker);
    await rm(unfinished, { force: true });
  }
  say(`built in ${Math.round((Date.now() - started) / 1000)} s`);
}

function goBuild(program: GoProgram, output: string): Promise<void> {
  const ldflags = ['-s', '-w', ...program.stamps.map((stamp) => `-X ${stamp}`)].join(' ');
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', ldflags, '-o', output, program.mainPackage];
  const child = spawn('go', args, {
    cwd: program.moduleDir,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(cannotBuild(program, String(cause))));
    child.on('close', (code) => (code === 0 ? resolve() : reject(cannotBuild(program, errors))));
  });
}

function cannotBuild(program: GoProgram, why: string): Error {
  return new Error(
    `${program.name} could not be built from ${program.moduleDir}: ${why.trim()}\n` +
      'Install Go 1.26 or newer and let it reach a module proxy, or put the pinned version of the program into a folder named by KUBEBUILDER_ASSETS.',
  );
}

async function cacheKey(program: GoProgram): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(program.moduleDir, file)));
  const go = await run('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: program.moduleDir }).catch((cause) => {
    throw cannotBuild(program, String(cause));
  });
  return hash.update(go.stdout).digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
