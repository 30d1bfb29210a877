import type { Logger } from 'pino';
import type { LastReview } from '../features/review/outdated.ts';
import type { PullTools } from '../features/review/pull.ts';
import { routeEvent, workReviews } from '../features/review/serve.ts';
import { FairleadError } from '../model/error.ts';
import { createMemoryQueue } from '../world/store/memory-queue.ts';
import { type RunningServer, startServer } from './http.ts';

/** What the bot is made of. */
export interface BotOptions {
  readonly host: string;
  readonly port: number;
  readonly pulls: Omit<PullTools, 'last'>;
  readonly logger: Logger;
}

/** Pulls whose last review is remembered; the oldest is forgotten first and simply reviewed again. */
const rememberedPulls = 5_000;

/** Reviews at the same time, and jobs that may wait. */
const reviewsInFlight = 2;
const waitingJobs = 10_000;

/** How long running reviews may take to finish when the bot stops, in milliseconds. */
const drainDeadline = 25_000;

/** Starts webhooks in, comments and checks out. Throws `FairleadError` `listen-failed`. */
export async function startBot(options: BotOptions): Promise<RunningServer> {
  const { logger } = options;
  const queue = createMemoryQueue({
    concurrency: reviewsInFlight,
    capacity: waitingJobs,
    onFailure: (job, error) =>
      logger.error({ job: job.kind, ...job.payload, err: errorFacts(error, options.pulls.redact) }, 'job failed'),
  });
  const last = new BoundedMap<string, LastReview>(rememberedPulls);
  workReviews(queue, { ...options.pulls, last }, (job, verdict, milliseconds) =>
    logger.info({ repository: job.repo.fullName, pull: job.pull, verdict, milliseconds }, 'reviewed'),
  );
  const { forge } = options.pulls;
  const server = await startServer({
    host: options.host,
    port: options.port,
    logger,
    notReady: () => null,
    hooks: [{ path: `/hooks/${forge.name}`, receiver: forge.receiver, onEvent: (event) => routeEvent(event, queue) }],
  });
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await queue.drain(drainDeadline);
    },
  };
}

/** What a log may hold of an error: never the raw cause, which can quote anything. */
function errorFacts(error: unknown, redact: (text: string) => string): Readonly<Record<string, string>> {
  if (error instanceof FairleadError) {
    return { code: error.code, message: redact(error.message), subject: redact(error.subject), remedy: error.remedy };
  }
  return { message: redact(error instanceof Error ? (error.stack ?? error.message) : String(error)) };
}

/** Forgets what was set longest ago. */
class BoundedMap<K, V> extends Map<K, V> {
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    const [oldest] = this.keys();
    if (this.size > this.#limit && oldest !== undefined) this.delete(oldest);
    return this;
  }
}
