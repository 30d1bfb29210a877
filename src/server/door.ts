import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FairleadError } from '../model/error.ts';
import type { Log } from '../tools/log/log.ts';
import { workerScript } from '../tools/pool.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Answer } from './answer.ts';
import type { AnswerOthers, Asked } from './asked.ts';
import type { BodyOutcome } from './body.ts';
import type { DoorHears, DoorSays, DoorSettings, Told } from './door-message.ts';
import type { RunningServer, ServerOptions } from './http.ts';
import type { WebhookWatch } from './watch-webhooks.ts';
import type { DoorLogger } from './webhook.ts';

/** Opens the server that takes webhooks in, and hands over what others answer. Throws `FairleadError` `listen-failed`. */
export type OpenDoor = (
  options: Required<Pick<ServerOptions, 'host' | 'port' | 'deadlines' | 'others'>>,
) => Promise<RunningServer>;

/** Where what happens at the door is told. */
export interface DoorEars extends Pick<WebhookWatch, 'meter'> {
  readonly log: Pick<Log, 'within'> & { readonly logger: DoorLogger };
  readonly queue: Pick<Queue, 'added'>;
  /** The thread ended that was not to end: nothing is taken in any more. */
  readonly onBroken: (why: FairleadError) => void;
}

/**
 * Takes webhooks in on a thread of its own, with its own way into the store: however busy the main thread is, forges are answered at
 * once. All other requests are answered by the main thread.
 */
export function doorOnThread(
  settings: Pick<DoorSettings, 'receivers' | 'store' | 'traces'>,
  ears: DoorEars,
  script: URL = workerScript(import.meta.url, './door-thread'),
): OpenDoor {
  return async ({ others, ...options }) => {
    const workerData: DoorSettings = { ...settings, ...options };
    return new DoorThread(new Worker(script, { workerData, resourceLimits }), others, ears).listening;
  };
}

/** Bodies lie outside of it; more than this is a fault. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

class DoorThread {
  readonly listening: Promise<RunningServer>;
  readonly #worker: Worker;
  readonly #others: AnswerOthers;
  readonly #ears: DoorEars;
  readonly #exit: Promise<unknown>;
  readonly #bodies = new Map<number, (outcome: BodyOutcome) => void>();
  readonly #start = Promise.withResolvers<RunningServer>();
  #isEnding = false;

  constructor(worker: Worker, others: AnswerOthers, ears: DoorEars) {
    this.#worker = worker;
    this.#others = others;
    this.#ears = ears;
    this.#exit = once(worker, 'exit').catch(() => undefined);
    this.listening = this.#start.promise;
    worker.on('message', (said: DoorSays) => this.#hear(said));
    worker.on('error', (cause) => this.#break(cause.message));
    worker.on('exit', () => this.#break('it ended'));
  }

  #hear(said: DoorSays): void {
    switch (said.kind) {
      case 'listens':
        this.#start.resolve(this.#server(said.url));
        break;
      case 'failed':
        this.#isEnding = true;
        this.#start.reject(new FairleadError(said.fault));
        break;
      case 'told':
        for (const told of said.all) this.#tell(told);
        break;
      case 'asked':
        void this.#answer(said);
        break;
      case 'body':
        this.#bodies.get(said.id)?.(said.outcome);
        break;
      default:
        said satisfies never;
    }
  }

  #server(url: string): RunningServer {
    return {
      url,
      retire: () => this.#say({ kind: 'retire' }),
      close: async () => {
        this.#isEnding = true;
        this.#say({ kind: 'close' });
        await this.#exit;
      },
    };
  }

  #tell(told: Told): void {
    const { log, meter, queue } = this.#ears;
    switch (told.kind) {
      case 'log':
        log.within(told.fields, () => log.logger[told.level](told.facts, told.message));
        break;
      case 'count':
        meter.count(...told.with);
        break;
      case 'observe':
        meter.observe(...told.with);
        break;
      case 'added':
        queue.added(told.job, told.options);
        break;
      default:
        told satisfies never;
    }
  }

  async #answer({ id, asked, isDraining }: Extract<DoorSays, { readonly kind: 'asked' }>): Promise<void> {
    const readBody: Asked['readBody'] = (limit) => {
      const { promise, resolve } = Promise.withResolvers<BodyOutcome>();
      this.#bodies.set(id, resolve);
      this.#say({ kind: 'read-body', id, limit });
      return promise.then(bodyOf);
    };
    const answer = await this.#others({ ...asked, readBody }, isDraining).catch((error: unknown): Answer => {
      this.#ears.log.logger.error({ err: error }, 'request failed');
      return { status: 500, body: { error: 'internal error' } };
    });
    this.#bodies.delete(id);
    this.#say({ kind: 'answer', id, answer });
  }

  #break(why: string): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const error = new FairleadError({
      code: 'door-broken',
      subject: 'webhooks',
      message: `the thread that takes webhooks in broke: ${why}`,
      remedy: 'Start Fairlead again; what was acknowledged is kept.',
    });
    this.#start.reject(error);
    this.#ears.onBroken(error);
  }

  #say(words: DoorHears): void {
    this.#worker.postMessage(words);
  }
}

/** Bytes lose on their way between threads what makes them a `Buffer`. */
function bodyOf(outcome: BodyOutcome): BodyOutcome {
  return outcome.kind === 'read' ? { ...outcome, body: Buffer.from(outcome.body) } : outcome;
}
