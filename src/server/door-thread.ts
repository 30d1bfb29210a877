import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { FairleadError } from '../model/error.ts';
import { type Around, createAround } from '../tools/log/around.ts';
import { steadyClock } from '../tools/steady-clock.ts';
import { openTracer } from '../tools/trace/open-tracer.ts';
import { tellOnce } from '../tools/trace/tell-once.ts';
import { noTracer, type Tracer } from '../tools/trace/tracer.ts';
import { tryAll } from '../tools/try-all.ts';
import type { BesideOptions } from '../world/store/opened-store.ts';
import type { Answer } from './answer.ts';
import type { AnswerOthers, Asked } from './asked.ts';
import type { DoorFault, DoorHears, DoorSays, DoorSettings, Told } from './door-message.ts';
import { startServer } from './http.ts';
import { createKeeper, type KeepTools } from './keep.ts';
import { openBeside } from './open-store.ts';
import { openReceiver } from './receivers.ts';
import { stamped } from './watch-jobs.ts';
import { type WebhookWatch, watchWebhooks } from './watch-webhooks.ts';
import type { DoorLogger } from './webhook.ts';

/** Between two writes of webhooks, in milliseconds: much less than a forge waits, and a few times what a commit takes. */
const pause = (): Promise<void> => delay(10);

// `doorOnThread` starts this script with its settings and nothing else.
if (parentPort !== null) void serve(parentPort, workerData as DoorSettings);

/** Takes webhooks in, and asks the main thread for the answer to all else, until it is told to close. */
async function serve(port: MessagePort, settings: DoorSettings): Promise<void> {
  const say = (words: DoorSays): void => port.postMessage(words);
  try {
    const tell = createTeller(say);
    const watch = { ...createTales(tell), tracer: await tracerOf(settings, tell) };
    const now = steadyClock();
    const onAdded: BesideOptions['onAdded'] = (job, options) => tell({ kind: 'added', job, options });
    const beside = await openBeside(settings.store, { now, onAdded });
    const { logger } = watch.log;
    const add: KeepTools['queue']['add'] = (tx, job, options) =>
      beside.queue.add(tx, stamped(job, options, watch), options);
    const questions = createQuestions(say);
    const { store, keepBehind } = beside;
    const keeping = { store, queue: { add }, keepBehind, now, logger, pause };
    const hooks = settings.receivers.map((spec) => ({
      path: spec.path,
      receiver: openReceiver(spec),
      keep: createKeeper(spec.name, keeping),
    }));
    const { host, deadlines } = settings;
    const common = { host, port: settings.port, deadlines, logger, others: questions.ask };
    const server = await startServer({ ...common, hooks, watchWebhook: watchWebhooks(watch) }).catch(
      async (error: unknown) => {
        await beside.close();
        throw error;
      },
    );
    port.on('message', (heard: DoorHears) => {
      if (heard.kind === 'retire') server.retire();
      else if (heard.kind === 'close')
        void tryAll([server.close, beside.close, watch.tracer.close])
          .catch((error: unknown) => watch.log.logger.warn({ err: error }, 'webhooks: not closed as it should be'))
          // After what is still to be told.
          .then(() => setImmediate(() => port.close()));
      else questions.hear(heard);
    });
    say({ kind: 'listens', url: server.url });
  } catch (error) {
    say({ kind: 'failed', fault: faultOf(error) });
    port.close();
  }
}

/** Tells many things at once: each message costs the other thread a turn. */
function createTeller(say: (words: DoorSays) => void): (told: Told) => void {
  let waiting: Told[] = [];
  return (told) => {
    waiting.push(told);
    if (waiting.length > 1) return;
    setImmediate(() => {
      const all = waiting;
      waiting = [];
      say({ kind: 'told', all });
    });
  };
}

/** A log and figures that are told to the main thread. */
function createTales(tell: (told: Told) => void): Omit<WebhookWatch, 'tracer'> & {
  readonly log: Around & { readonly logger: DoorLogger };
} {
  const around = createAround();
  const line =
    (level: 'info' | 'warn' | 'error') =>
    (facts: object, message: string): void =>
      tell({ kind: 'log', level, fields: around.fields(), facts, message });
  return {
    log: { logger: { info: line('info'), warn: line('warn'), error: line('error') }, ...around },
    meter: {
      count: (...told) => tell({ kind: 'count', with: told }),
      observe: (...told) => tell({ kind: 'observe', with: told }),
    },
  };
}

async function tracerOf({ traces, receivers }: DoorSettings, tell: (told: Told) => void): Promise<Tracer> {
  if (traces === null) return noTracer;
  // What a span of a webhook says was checked to come from the forge; its secrets are all that this thread knows.
  const { createRedactor } = await import('../formats/redaction/redactor.ts');
  const redactor = createRedactor({ key: randomBytes(32) });
  for (const { secrets } of receivers) for (const secret of secrets) redactor.learn(secret);
  const onFault = tellOnce((error) => {
    const facts = error instanceof FairleadError ? { code: error.code } : {};
    tell({ kind: 'log', level: 'warn', fields: {}, facts, message: 'traces of webhooks not sent' });
  });
  const { environment, version } = traces;
  return openTracer(environment, { redact: redactor.text, learn: redactor.learn, onFault, version });
}

/** Requests whose answers are the main thread's to give. */
function createQuestions(say: (words: DoorSays) => void): {
  readonly ask: AnswerOthers;
  readonly hear: (heard: Extract<DoorHears, { readonly id: number }>) => void;
} {
  const open = new Map<number, { readonly asked: Asked; readonly resolve: (answer: Answer | null) => void }>();
  let count = 0;
  return {
    ask: (asked, isDraining) => {
      count += 1;
      const { promise, resolve } = Promise.withResolvers<Answer | null>();
      open.set(count, { asked, resolve });
      const { method, path, headers } = asked;
      say({ kind: 'asked', id: count, asked: { method, path, headers: { ...headers } }, isDraining });
      return promise;
    },
    hear: (heard) => {
      const question = open.get(heard.id);
      if (heard.kind === 'read-body') {
        void question?.asked.readBody(heard.limit).then((outcome) => say({ kind: 'body', id: heard.id, outcome }));
      } else {
        open.delete(heard.id);
        question?.resolve(heard.answer);
      }
    },
  };
}

function faultOf(error: unknown): DoorFault {
  if (error instanceof FairleadError) {
    const { code, subject, message, remedy } = error;
    return { code, subject, message, remedy };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'listen-failed', subject: 'server', message, remedy: 'Report it with the log.' };
}
