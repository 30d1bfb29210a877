import { join } from 'node:path';
import { createCommandParser } from '../features/commands/parser.ts';
import { beginLooks } from '../features/resync/serve.ts';
import { contextsOf } from '../model/cluster-map.ts';
import type { FairleadError } from '../model/error.ts';
import { repoKey } from '../model/repo.ts';
import type { ServerLimits } from '../model/server-settings.ts';
import { giveWay } from '../tools/priority.ts';
import { startProcessHost } from '../tools/process-host.ts';
import { steadyClock } from '../tools/steady-clock.ts';
import { tryAll } from '../tools/try-all.ts';
import { createMirrors } from '../world/git/mirrors.ts';
import type { Queue } from '../world/store/queue.ts';
import { openApi } from './api-door.ts';
import { workFeatures } from './assemble.ts';
import { openBase } from './base.ts';
import { type Role, startBot } from './bot.ts';
import { doorOnThread, type OpenDoor } from './door.ts';
import type { ForgeSettings } from './forges.ts';
import { createGrounds } from './grounds.ts';
import type { StorePlace } from './open-store.ts';
import { type Operation, openOperation } from './operation.ts';
import { startOutboxKeeper } from './outbox-keeper.ts';
import type { ServingParts } from './parts.ts';
import { receiverSpecs } from './receivers.ts';
import { onlyTold } from './told-clusters.ts';
import { usersIn } from './used-by.ts';

/** What serving is told. */
export interface ServingRun extends ForgeSettings, StorePlace {
  readonly environment: string | null;
  readonly host: string;
  readonly port: number;
  /** Default `all`. Others are for several processes on one PostgreSQL database. */
  readonly role?: Role | undefined;
  /** What repositories are restricted to; left out: nothing. */
  readonly limits?: ServerLimits;
  /** Which repositories use which, as `ServerSettings.usedBy`; left out: none. */
  readonly usedBy?: ReadonlyMap<string, readonly string[]>;
  /** How long things may take, in milliseconds; the defaults suit production. */
  readonly pace?: Partial<Pace>;
  /** Milliseconds a server that stops still takes webhooks in while it says that it is not ready; left out: 0. */
  readonly linger?: number | undefined;
  /** Port of its own for `/metrics`, which the main one then does not have. */
  readonly metricsPort?: number | undefined;
  /** What callers of the API show; left out or null: a token of this run's own, kept in the data folder. */
  readonly apiToken?: string | null | undefined;
}

/** Milliseconds. */
export interface Pace {
  readonly soak: number;
  readonly healthDeadline: number;
  readonly look: number;
  readonly driftEvery: number;
  /** Between two looks at each forge for what no webhook told of. */
  readonly poll: number;
  /** Least time between two writes to a forge; left out: what suits its limits. */
  readonly forgeWrites?: number;
  /** Scales how long the end of a storm of pushes is waited for; left out: 1. With 0 every push is reviewed at once. */
  readonly pushes?: number;
}

const usualPace: Pace = {
  soak: 60_000,
  healthDeadline: 15 * 60_000,
  look: 2_000,
  driftEvery: 10 * 60_000,
  poll: 5 * 60_000,
};

/** A bot that runs. */
export interface Serving {
  readonly url: string;
  /** Fulfilled, with why, when the store broke: nothing is done any more until the process starts again. */
  readonly broken: Promise<FairleadError>;
  /** Closes everything, as far as it goes. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the bot and everything that outlives a restart: store, queue, mirrors, key. Throws `FairleadError`: `store-locked` when
 * another server has the data folder, `unknown-context` for a cluster nobody knows, `listen-failed`.
 */
export async function startServing(run: ServingRun, given: ServingParts): Promise<Serving> {
  const { environment, role = 'all' } = run;
  const operation = await openOperation({ ...run, ...given });
  const parts = operation.parts(given);
  const { redactor, review, clusters } = parts;
  const { logger } = operation.log;
  const now = steadyClock();
  // A misspelt context is told at the start, not in the comment of the first pull.
  await Promise.all(contextsOf(clusters).map(review.openCluster));
  const base = await openBase({ ...run, forgeWrites: run.pace?.forgeWrites ?? null }, { now, redactor, operation });
  const { opened, store, queue, forges, limits, fault } = base;
  const processes = startProcessHost();
  const mirrors = createMirrors(join(run.dataDir, 'mirrors'), { environment: parts.environment, run: processes.run });
  const parser = createCommandParser();
  const key = review.key ?? (await opened.key());
  const common = {
    ...{ store, queue, now, logger, key, limits, clusters, environment },
    ...{ redact: redactor.text, forge: forges.forge, parseCommands: parser.parse, engineNames: parts.engineNames },
    ...{ meter: operation.meter, usedBy: usersIn(run.usedBy ?? new Map()) },
    mirror: operation.mirror((repo) => mirrors.open(repoKey(repo).replace(':', '-'))),
    review: {
      ...{ ...review, key, within: redactor.within(key), progress: (line: string) => logger.debug(line) },
      openCluster: onlyTold(review.openCluster, clusters),
    },
    pace: { ...usualPace, ...run.pace },
  };
  const grounds = createGrounds({ ...common, parts });
  const features = workFeatures({ ...common, ...grounds });
  const keeper = startOutboxKeeper({ ...common, ...base.keeping, outbox: store.outbox });
  const door = openApi({ ...common, ...grounds, apiToken: run.apiToken }, redactor);
  const api = role === 'worker' ? undefined : door.api;
  const shown = { ...run, ...common, role, forges: forges.all };
  const front = openFront(run, { operation, queue });
  const bot = await startBot({
    ...{ ...shown, ...features, api, openDoor: front.openDoor, watch: operation.door(shown) },
    fault: () => fault() ?? front.fault(),
  });
  // The thread that answers forges was begun before, and keeps the usual priority.
  if (role !== 'worker') giveWay();
  await beginLooks(queue, forges.all);
  const withdraw = role === 'worker' ? async () => {} : await door.announce(run.dataDir, bot.url);
  const closing = [keeper, bot, features, parser, opened, mirrors, processes, operation];
  return {
    url: bot.url,
    broken: Promise.race([opened.broken, front.broken]),
    stop: () => tryAll([withdraw, ...closing.map((part) => part.close)]),
  };
}

/** What takes webhooks in, on a thread of its own. */
function openFront(
  run: ServingRun,
  { operation: { log, meter, traces }, queue }: { readonly operation: Operation; readonly queue: Queue },
): { readonly openDoor: OpenDoor; readonly fault: () => string | null; readonly broken: Promise<FairleadError> } {
  const { promise, resolve } = Promise.withResolvers<FairleadError>();
  let broken: FairleadError | null = null;
  const onBroken = (why: FairleadError): void => {
    broken = why;
    log.logger.fatal({ code: why.code }, `${why.message}: the process ends`);
    resolve(why);
  };
  const { dataDir, databaseUrl } = run;
  const settings = { receivers: receiverSpecs(run), store: { dataDir, databaseUrl }, traces };
  return {
    openDoor: doorOnThread(settings, { log, meter, queue, onBroken }),
    fault: () => (broken === null ? null : 'webhooks are not taken in: the process must start again'),
    broken: promise,
  };
}
