import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compileCache } from '../../support/compile-cache.ts';
import type { Question, Told } from './bot-process.ts';

/** A bot in a process of its own, and what it said. */
export interface KilledBot {
  readonly pid: number;
  readonly url: string;
  /** Failures of jobs and of the queue, as it told them. */
  readonly failures: readonly string[];
  /** Whether it still runs. */
  isAlive(): boolean;
  /** What it logged, one line each. */
  readonly log: readonly string[];
  /** Jobs that wait or run, or bytes of memory it holds. */
  ask(question: Exclude<Question, 'stats'>): Promise<number>;
  /** What waits in its queue, for whoever must find out why. */
  waiting(): Promise<string>;
  kill(): Promise<void>;
  /** Asks it to stop; gives its exit code. */
  stop(): Promise<number | null>;
  readonly ended: Promise<void>;
}

/** Starts the process; `started` hears of it before it listens, so that it can be killed in the middle of its start. */
export async function startKilledBot(
  told: Told,
  started: (kill: () => void) => void = () => undefined,
): Promise<KilledBot> {
  const script = new URL('bot-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...compileCache, FAIRLEAD_KILLED_RUN: JSON.stringify(told), NODE_OPTIONS: '' },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  started(() => void child.kill('SIGKILL'));
  const [failures, log]: [string[], string[]] = [[], []];
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const url = await addressOf(child, failures).catch((error: unknown) => {
    throw error instanceof EndedEarly ? new EndedEarly(`${error.message}\n${log.join('\n')}`) : error;
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isAlive()) child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    url,
    failures,
    ended,
    isAlive,
    log,
    ask: async (question) => Number(await answerOf(child, question)),
    waiting: async () => String(await answerOf(child, 'stats')),
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      return child.exitCode;
    },
  };
}

/** Throws when there is none within half a minute: one that ended, or hangs, never answers. */
async function answerOf(child: ChildProcess, question: Question): Promise<unknown> {
  const answer = once(child, 'message', { signal: AbortSignal.timeout(30_000) });
  child.send(question);
  return (await answer)[0];
}

/** Thrown when the process ended before it listened. */
export class EndedEarly extends Error {}

function addressOf(child: ChildProcess, failures: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new EndedEarly(`the bot ended with ${code} before it listened`)));
    if (child.stdout === null) return reject(new Error('the bot has no output'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('listens ')) resolve(line.slice('listens '.length));
      else failures.push(line);
    });
  });
}
