import { readFile } from 'node:fs/promises';
import type { PullTools } from '../features/review/pull-tools.ts';
import type { Redactor } from '../formats/redaction/redactor.ts';
import type { AuditEntry } from '../model/audit.ts';
import { FairleadError } from '../model/error.ts';
import { createLog, logFormats, logLevels } from '../tools/log/log.ts';
import { createMetrics, type Metrics } from '../tools/metrics/metrics.ts';
import { openTracer } from '../tools/trace/open-tracer.ts';
import { tellOnce } from '../tools/trace/tell-once.ts';
import { noTracer, type Tracer } from '../tools/trace/tracer.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { OpenedStore } from '../world/store/sqlite/sqlite.ts';
import type { Store } from '../world/store/store.ts';
import type { Answer } from './answer.ts';
import { errorFacts } from './assemble.ts';
import type { BotOptions } from './bot.ts';
import type { DoorSettings } from './door-message.ts';
import { countEntry, type DeploymentFigures, readFigures } from './figures.ts';
import { type ForgeSettings, type Forges, namedForges } from './forges.ts';
import type { ServingParts } from './parts.ts';
import { createReadiness, type ReadinessParts } from './readiness.ts';
import { traceForge, traceMirror, traceParts } from './traced.ts';
import { watchAudit } from './watch-audit.ts';
import { type Watch, watchQueue } from './watch-jobs.ts';
import { forgeOrigins, watchRequests } from './watch-requests.ts';
import { aboutDelivery, watchWebhooks } from './watch-webhooks.ts';

/** What the running of the server is told of. */
export interface OperationOptions extends ForgeSettings {
  readonly logLevel: string;
  readonly logFormat: string;
  readonly redactor: Pick<Redactor, 'text' | 'learn'>;
  /** What OpenTelemetry's variables are read from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What a store is opened as. */
type Opened = Pick<OpenedStore, 'store' | 'queue'>;

/** What watches a server: its log, figures and traces. */
export interface Operation extends Watch {
  readonly meter: Metrics;
  /** What another thread sends its traces by; null: nobody listens. */
  readonly traces: DoorSettings['traces'];
  /** The same store and queue, watched. */
  around<T extends Opened>(opened: T): T;
  /** What reviews and deploys work with, watched. */
  parts(parts: ServingParts): ServingParts;
  mirror(mirror: PullTools['mirror']): PullTools['mirror'];
  forges(forges: Forges): Forges;
  /** What the server shows of itself. */
  door(
    parts: DeploymentParts & Pick<ReadinessParts, 'queue'> & { readonly forges: readonly { readonly forge: Forge }[] },
  ): NonNullable<BotOptions['watch']>;
  /** Sends what is left, and listens no more. */
  close(): Promise<void>;
}

interface DeploymentParts extends Pick<DeploymentFigures, 'mirror'> {
  readonly store: Store;
  /** `web` runs no jobs. */
  readonly role?: string | undefined;
}

/** Opens log, figures and traces of one server. Throws `FairleadError` `usage` for a LOG_LEVEL or LOG_FORMAT there is not. */
export async function openOperation(options: OperationOptions): Promise<Operation> {
  const level = oneOf(logLevels, 'LOG_LEVEL', options.logLevel);
  const format = oneOf(logFormats, 'LOG_FORMAT', options.logFormat);
  const { redactor } = options;
  const log = createLog({ level, format, redact: redactor.text });
  const meter = await createMetrics();
  const version = await readVersion();
  meter.set('fairlead_build_info', { version, node: process.version }, 1);
  const onFault = tellOnce((error) => log.logger.warn(errorFacts(error, redactor.text), 'traces not sent'));
  const tracer = await openTracer(options.environment, {
    redact: redactor.text,
    learn: redactor.learn,
    onFault,
    version,
  });
  const watch = { log, meter, tracer };
  const unwatch = watchRequests(forgeOrigins(options), watch);
  let hear: (entry: AuditEntry) => void = () => undefined;
  return {
    ...watch,
    traces: tracer === noTracer ? null : { environment: ofTraces(options.environment), version },
    around: (opened) => ({
      ...opened,
      store: watchAudit(opened.store, (entry) => hear(entry)),
      queue: watchQueue(opened.queue, watch),
    }),
    ...tracing(tracer),
    door: ({ store, queue, mirror, forges, role }) => {
      hear = (entry) => void countEntry(entry, { meter, store, mirror });
      readFigures(meter, { store, queue });
      const readiness = createReadiness({
        store,
        queue,
        meter,
        isWorker: role !== 'web',
        forges: forges.map(({ forge }) => forge),
      });
      return { readiness, metrics: () => page(meter), watchWebhook: watchWebhooks(watch), about: aboutDelivery(watch) };
    },
    close: async () => {
      unwatch();
      await tracer.close();
    },
  };
}

/** The variables of OpenTelemetry, and no other secret. */
function ofTraces(environment: OperationOptions['environment']): OperationOptions['environment'] {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('OTEL_')));
}

/** Nothing stands between where nobody listens. */
function tracing(tracer: Tracer): Pick<Operation, 'parts' | 'mirror' | 'forges'> {
  if (tracer === noTracer) return { parts: (parts) => parts, mirror: (mirror) => mirror, forges: (forges) => forges };
  return {
    parts: (parts) => traceParts(parts, tracer),
    mirror: (mirror) => traceMirror(mirror, tracer),
    forges: ({ all }) => namedForges(all.map(({ forge, path }) => ({ forge: traceForge(forge, tracer), path }))),
  };
}

async function page(meter: Metrics): Promise<Answer> {
  return { status: 200, body: {}, plain: await meter.scrape() };
}

function oneOf<T extends string>(known: readonly T[], name: string, value: string): T {
  const found = known.find((one) => one === value.toLowerCase());
  if (found !== undefined) return found;
  throw new FairleadError({
    code: 'usage',
    subject: name,
    message: `${name} is ${value}, which Fairlead does not know`,
    remedy: `Set it to one of ${known.join(', ')}.`,
  });
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version; // our own file
}
