import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { until } from '../../support/until.ts';

/** `fairlead serve` as a process of its own, and all it ever said. */
export interface CliBot {
  readonly child: ChildProcess;
  /** Where it listens; fulfilled once it does. */
  readonly url: Promise<string>;
  /** What it wrote on both streams. */
  said(): string;
  /** Its log so far. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  /** Code and signal it ended with. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

const main = resolve(import.meta.dirname, '../../../src/start.mjs');

export function startCliBot(args: readonly string[], environment: Readonly<Record<string, string>>): CliBot {
  const { PATH, HOME, FAIRLEAD_CACHE, FAIRLEAD_MODULES, XDG_CACHE_HOME } = process.env;
  const kept = { PATH, HOME, FAIRLEAD_CACHE, FAIRLEAD_MODULES, XDG_CACHE_HOME };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...kept, HOST: '127.0.0.1', PORT: '0', ...environment },
  });
  let [log, told] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    log += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    told += part;
  });
  const ended = new Promise<Awaited<CliBot['ended']>>((done) =>
    child.once('exit', (code, signal) => done({ code, signal })),
  );
  const url = until('where the bot listens', () => {
    if (child.exitCode !== null) throw new Error(`the bot ended with ${child.exitCode}: ${told}${log}`);
    return /listens on (\S+)/.exec(told)?.[1];
  });
  url.catch(() => undefined); // a bot that is stopped while it starts never listens
  return {
    child,
    url,
    ended,
    said: () => told + log,
    lines: () =>
      log
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
  };
}
