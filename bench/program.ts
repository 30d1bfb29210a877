import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeBundle, program } from '../bundle/make.ts';
import { trainBundle } from '../bundle/train.ts';
import { cacheDir } from '../test/control-plane/go-program.ts';
import type { Lab } from './bench.ts';

/** Builds the program as `npm run build` does, into a folder, and gives its path. */
export async function buildProgram(folder: string, { say }: Pick<Lab, 'say'>): Promise<string> {
  say('npm run build ...');
  await makeBundle(folder);
  await trainBundle(folder, { FAIRLEAD_CACHE: cacheDir() });
  return join(folder, program);
}

/** How the program is run. */
export interface ProgramRun {
  /** From `Lab.program`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What a run showed. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds to the first byte on stdout; to the end when there was none. */
  readonly firstLine: number;
  /** Milliseconds to the end. */
  readonly total: number;
  /** Most memory the process held, MiB; NaN where there is no /proc. */
  readonly peak: number;
}

/** Starts the program as a user does, with a fixed environment. */
export function startProgram({ program, args, cwd, environment = {}, signal }: ProgramRun): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, FAIRLEAD_CACHE: cacheDir(), CI: 'true', ...environment };
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], { cwd, env, signal });
}

/** Runs the program to its end. Throws when its exit code is not among those expected. */
export async function runProgram(run: ProgramRun & { readonly codes: readonly number[] }): Promise<ProgramEnd> {
  const start = performance.now();
  const child = startProgram(run);
  const seen = { stdout: '', stderr: '', firstLine: 0 };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen.firstLine ||= performance.now() - start;
    seen.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    seen.stderr += text;
  });
  const peak = watchPeak(child);
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  const total = performance.now() - start;
  if (code === null || !run.codes.includes(code)) {
    throw new Error(`fairlead ${run.args.join(' ')} ended with ${code}: ${seen.stderr.slice(-2000)}`);
  }
  return { code, ...seen, firstLine: seen.firstLine || total, total, peak: await peak };
}

/** A field of /proc/PID/status in MiB: `VmRSS` now, `VmHWM` the most so far; NaN where there is none. */
export async function memoryOf(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return Number(kib ?? Number.NaN) / 1024;
}

/** The kernel keeps the peak, but forgets it with the process: it is read over and over until then. */
async function watchPeak(child: ChildProcess): Promise<number> {
  let peak = Number.NaN;
  while (child.exitCode === null && child.signalCode === null) {
    const now = await memoryOf(child.pid, 'VmHWM');
    if (Number.isNaN(peak) || now > peak) peak = now;
    await delay(20);
  }
  return peak;
}
