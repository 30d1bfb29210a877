import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compileCache } from '../../support/compile-cache.ts';
import { type Bot, pace } from './bot.ts';
import type { Hands } from './forges.ts';

/** The bot as a process of its own: `restart` kills it without a word (SIGKILL) and starts another on the same data. */
export async function startCrashBot(
  hands: Hands,
  clusters: { readonly kubeconfig: string; readonly contexts: readonly string[] },
): Promise<Bot & { readonly kills: () => number }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fairlead-loop-data-'));
  let child: ChildProcess | null = null;
  let kills = 0;
  const run = {
    ...hands.settings,
    clusters: clusters.contexts.map((context) => `${context}=${context}`),
    environment: null,
    host: '127.0.0.1',
    port: 0,
    dataDir,
    pace,
  };
  const start = async (): Promise<void> => {
    const logLevel = process.env['FAIRLEAD_LOOP_LOG'] ?? 'silent';
    const told = JSON.stringify({ kubeconfig: clusters.kubeconfig, logLevel, run });
    const script = new URL('bot-process.ts', import.meta.url).pathname;
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...compileCache, FAIRLEAD_LOOP_RUN: told, NODE_OPTIONS: '' },
    });
    child = started;
    hands.deliverTo(await addressOf(started));
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  await start();
  return {
    dataDir,
    kills: () => kills,
    restart: async () => {
      await end('SIGKILL');
      kills += 1;
      await start();
    },
    stop: async () => {
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What the process says when it listens; what else it says goes on to our own output. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the bot ended with ${code} before it listened`)));
    if (child.stdout === null) return reject(new Error('the bot has no output'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('listens ')) resolve(line.slice('listens '.length));
      else process.stdout.write(`${line}\n`);
    });
  });
}
