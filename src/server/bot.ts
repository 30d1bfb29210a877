import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { sweepJob } from '../model/queued.ts';
import type { RepoRef } from '../model/repo.ts';
import { tryAll } from '../tools/try-all.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Store } from '../world/store/store.ts';
import type { Api } from './api.ts';
import type { OpenDoor } from './door.ts';
import { defaultDeadlines, type RunningServer, type ServerOptions, startServer } from './http.ts';
import { type IntakeTools, workIntake } from './intake.ts';
import { createKeeper, type KeepTools } from './keep.ts';
import { maskAnswers } from './mask-answers.ts';
import { answerOthers, type Others } from './others.ts';

/** `web` takes webhooks and the API in and runs no jobs; `worker` runs jobs and takes nothing in; `all` does both. */
export type Role = 'all' | 'web' | 'worker';

/** What the bot is made of. */
export interface BotOptions {
  /** Default `all`. */
  readonly role?: Role;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  /** By name. Hooks come in at `/hooks/github`, and at `/hooks/gitlab/INSTANCE` for every other kind. */
  readonly forges: readonly { readonly forge: Forge; readonly path: string }[];
  readonly store: Store;
  readonly queue: Queue;
  readonly now: () => Date;
  /** Hears of branches that moved. */
  readonly moved: (repo: RepoRef) => void;
  readonly api?: Api | undefined;
  /** Hides secret values in whatever is answered. */
  readonly redact: (text: string) => string;
  readonly fault: Others['fault'];
  /** What watches the server; left out, nothing does. */
  readonly watch?: Pick<Others, 'readiness' | 'metrics'> &
    Pick<ServerOptions, 'watchWebhook'> &
    Pick<IntakeTools, 'about'>;
  /** What takes webhooks in; left out: this thread. */
  readonly openDoor?: OpenDoor;
  /** Milliseconds between saying that it is not ready and taking nothing in any more; 0 when left out. */
  readonly linger?: number | undefined;
  /** Port of its own for `/metrics`, with the probes beside it; the main one then has no such page. */
  readonly metricsPort?: number | undefined;
  /** Of the server; left out: what suits the forges. */
  readonly deadlines?: ServerOptions['deadlines'];
}

/** How long running jobs may take to finish when the bot stops, in milliseconds. */
const drainDeadline = 22_000;

/**
 * Starts the bot: webhooks are kept before they are acknowledged, and the jobs a process that died left behind go on first. The
 * features have told the queue what they work on. Throws `FairleadError` `listen-failed`.
 */
export async function startBot(options: BotOptions): Promise<Pick<RunningServer, 'url' | 'close'>> {
  const { role = 'all', logger, store, queue, now, forges, moved, watch: { about } = {} } = options;
  const byName = new Map(forges.map(({ forge }) => [forge.name, forge]));
  const forge = (name: string): Forge => {
    const found = byName.get(name);
    if (found === undefined) throw new Error(`a job names the forge ${name}, which is not configured`);
    return found;
  };
  workIntake(queue, { store, queue, forge, logger, moved, ...(about === undefined ? {} : { about }) });
  if (role !== 'web') await startJobs(options);
  const server = await listen(options, { store, queue, now, logger });
  return { url: server.url, close: () => closeBot(server, options) };
}

/** The doors: the main one, and the one for figures where that is another. */
async function listen(options: BotOptions, keeping: KeepTools): Promise<RunningServer> {
  const { role, host, port, metricsPort, logger, fault, api, watch, deadlines = defaultDeadlines } = options;
  const answers = (others: Others): ServerOptions['others'] => maskAnswers(answerOthers(others), options.redact);
  const here: OpenDoor = (door) => startServer({ ...door, logger, hooks: [] });
  const openDoor = role === 'worker' ? here : (options.openDoor ?? doorHere(options, keeping));
  const common = { host, deadlines };
  const shown = { fault, ...watch };
  if (metricsPort === undefined) return openDoor({ ...common, port, others: answers({ ...shown, api }) });
  const figures = await here({ ...common, port: metricsPort, others: answers(shown) });
  const main = await openDoor({ ...common, port, others: answers({ ...shown, api, metrics: undefined }) });
  return {
    url: main.url,
    retire: () => [main, figures].map(({ retire }) => retire()),
    close: () => tryAll([main.close, figures.close]),
  };
}

/** Takes webhooks in on this thread. */
function doorHere({ forges, logger, watch }: BotOptions, keeping: KeepTools): OpenDoor {
  const hooks = forges.map(({ forge: { name, receiver }, path }) => ({
    path,
    receiver,
    keep: createKeeper(name, keeping),
  }));
  return (door) => startServer({ ...door, logger, hooks, ...watch });
}

/** What still comes in while jobs end is kept for the next process: whoever balances load needs a moment to send it elsewhere. */
async function closeBot(server: RunningServer, { queue, linger = 0 }: BotOptions): Promise<void> {
  server.retire();
  const closing = async (): Promise<void> => {
    if (linger > 0) await delay(linger);
    await server.close();
  };
  const ended = await Promise.allSettled([closing(), queue.drain(drainDeadline)]);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

async function startJobs({ store, queue }: BotOptions): Promise<void> {
  // What changed while nobody listened shows when every target is looked at.
  for (const repo of await store.repos.list()) {
    const next = sweepJob(repo);
    await queue.add(null, next.job, next);
  }
  queue.start();
}
