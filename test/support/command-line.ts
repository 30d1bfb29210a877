import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../control-plane/go-program.ts';
import { testModule } from '../gitops/render/support.ts';
import { compileCache } from './compile-cache.ts';

/** What a run of the program left behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From start to exit. */
  readonly milliseconds: number;
  /** Names of what is still in the run's own temporary folder. */
  readonly leftovers: readonly string[];
}

/** How to start it. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to an environment that holds nothing of a CI job, of colours, and no kubeconfig. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is run instead of the sources. */
  readonly program?: string;
  /** Interrupts the run (Ctrl-C) when it is fulfilled. */
  readonly interruptOn?: Promise<unknown>;
  /** Interrupts it when its error output says this. */
  readonly interruptAt?: RegExp;
  /** Given all of its error output so far, whenever there is more. */
  readonly hears?: (said: string) => void;
}

/** Milliseconds until the modules are built where no cache has them. */
export const buildingModules = 900_000;

/** Builds what rendering needs beforehand, so that no run is measured or judged by it. Give it to `beforeAll`. */
export async function modulesBuilt(): Promise<void> {
  for (const name of ['kustomize', 'helm'] as const) await testModule(name);
}

const main = join(import.meta.dirname, '..', '..', 'src', 'start.mjs');
const deadlineMs = 90_000;

/** Runs `fairlead ARGS` as a process of its own, as a person or a job would, with a temporary folder of its own. */
export async function fairlead(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const temporary = mkdtempSync(join(tmpdir(), 'fairlead-test-cli-'));
  const started = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', options.program ?? main, ...args], {
    cwd: options.cwd ?? temporary,
    env: { ...inherited(), KUBECONFIG: join(temporary, 'no-kubeconfig'), TMPDIR: temporary, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  });
  options.interruptOn?.then(() => child.kill('SIGINT'));
  const { interruptAt } = options;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
    options.hears?.(said);
    if (interruptAt?.test(said) && !child.killed) child.kill('SIGINT');
  });
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ]);
  const milliseconds = performance.now() - started;
  const leftovers = readdirSync(temporary);
  rmSync(temporary, { recursive: true, force: true });
  return { code, stdout, stderr, milliseconds, leftovers };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Programs, the home with its caches, and what Go needs where a module must be built. */
function inherited(): Record<string, string | undefined> {
  const wanted = /^(PATH|HOME|GO[A-Z0-9_]*)$/;
  const kept = Object.entries(process.env).filter(([name]) => wanted.test(name));
  return {
    ...Object.fromEntries(kept),
    FAIRLEAD_CACHE: cacheDir(),
    ...compileCache,
  };
}
