import { randomBytes } from 'node:crypto';
import type { Job, JobKind, JobOptions } from '../model/jobs.ts';
import { type RepoRef, repoKey } from '../model/repo.ts';
import type { LogFields } from '../tools/log/around.ts';
import type { Log } from '../tools/log/log.ts';
import type { Meter } from '../tools/metrics/metrics.ts';
import type { Attributes, Tracer } from '../tools/trace/tracer.ts';
import type { Handler, Queue } from '../world/store/queue.ts';
import type { Tx } from '../world/store/store.ts';

/** Who hears of jobs. */
export interface Watch {
  readonly log: Log;
  readonly meter: Meter;
  readonly tracer: Tracer;
}

/** Where a job comes from. It is kept with the job, so that it outlives the process that added it. */
export interface Origin {
  /** Of this job, for the log. */
  readonly id: string;
  readonly key: string;
  /** The webhook it goes back to; absent where none did. */
  readonly delivery?: string;
  /** `traceparent` of what added it. */
  readonly trace?: string;
}

/** Under this name the origin lies beside what the job says; handlers never see it. */
const field = 'origin';

/** Work that comes again by the clock: it goes back to no webhook, whatever began it once. */
const periodic: ReadonlySet<JobKind> = new Set(['sweep', 'drift']);

/**
 * A queue whose jobs are watched: each line logged while a job runs names it and the webhook it goes back to, its time and outcome
 * are counted, and it is a span within the trace of what added it.
 */
export function watchQueue(queue: Queue, watch: Watch): Queue {
  const watched: Pick<Queue, 'add' | 'work'> = {
    add: (tx: Tx | null, job: Job, options: JobOptions) => queue.add(tx, stamped(job, options, watch), options),
    work: (kind, handler) => queue.work(kind, (job, signal) => run(job, signal, { handler, watch })),
  };
  return new Proxy(queue, {
    get: (target, name) => {
      if (name === 'add' || name === 'work') return watched[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What tells where a job comes from. */
interface Stamps extends Pick<Watch, 'tracer'> {
  readonly log: Pick<Log, 'fields'>;
}

/** The job with where it comes from. */
export function stamped(job: Job, { key }: JobOptions, { log, tracer }: Stamps): Job {
  const { delivery, job: within } = log.fields();
  const isPeriodic = periodic.has(job.kind) && periodic.has(within as JobKind);
  const trace = isPeriodic ? null : tracer.parent();
  const origin: Origin = {
    id: randomBytes(6).toString('hex'),
    key,
    ...(typeof delivery === 'string' && !isPeriodic ? { delivery } : {}),
    ...(trace === null ? {} : { trace }),
  };
  // Payloads are plain JSON objects; the handler's view of them is given back in `run`.
  const payload: object = { ...job.payload, [field]: origin };
  return { kind: job.kind, payload: payload as Job['payload'] };
}

/** What is known of where a job comes from; of one that an older Fairlead added nothing. */
export function originOf({ payload }: Job): Partial<Origin> {
  return (payload as { readonly [field]?: Origin })[field] ?? {};
}

/** What a log line says of a job. */
export function jobFields(job: Job): LogFields {
  const { id, key, delivery } = originOf(job);
  const payload = job.payload as Readonly<Record<string, unknown>>;
  const fields = {
    job: job.kind,
    jobId: id,
    jobKey: key,
    delivery: typeof payload['delivery'] === 'string' ? payload['delivery'] : delivery,
    repository: (payload['repo'] as RepoRef | undefined)?.fullName,
    pull: payload['pull'],
    deployment: payload['deployment'],
    target: payload['target'],
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string | number] =>
      /^(string|number)$/.test(typeof entry[1]),
    ),
  );
}

interface Run<K extends JobKind> {
  readonly handler: Handler<K>;
  readonly watch: Watch;
}

async function run<K extends JobKind>(
  job: Job<K>,
  signal: AbortSignal,
  { handler, watch: { log, meter, tracer } }: Run<K>,
): Promise<void> {
  const { kind } = job;
  const { [field]: _origin, ...payload } = job.payload as JobPayload;
  const clean = { kind, payload } as Job<K>; // as it was before it was stamped
  const began = performance.now();
  const spec = {
    name: `job ${kind}`,
    kind: 'consumer',
    attributes: jobAttributes(job),
    parent: originOf(job).trace ?? null,
  } as const;
  let result: 'done' | 'failed' | 'stopped' = 'failed';
  try {
    await log.within(jobFields(job), () => tracer.span(spec, () => handler(clean, signal)));
    result = 'done';
  } finally {
    if (signal.aborted) result = 'stopped';
    meter.count('fairlead_jobs_total', { kind, result });
    meter.observe('fairlead_job_duration_seconds', { kind }, (performance.now() - began) / 1000);
  }
}

type JobPayload = { readonly [field]?: Origin } & Readonly<Record<string, unknown>>;

function jobAttributes(job: Job): Attributes {
  const { id, key } = originOf(job);
  const payload = job.payload as Readonly<Record<string, unknown>>;
  const repo = payload['repo'] as RepoRef | undefined;
  const deployment = payload['deployment'];
  return {
    'cicd.pipeline.name': job.kind,
    'cicd.pipeline.run.id': id,
    'fairlead.job.key': key,
    'vcs.provider.name': repo?.forge,
    'vcs.repository.name': repo?.fullName,
    'fairlead.repository': repo === undefined ? undefined : repoKey(repo),
    'vcs.change.id': typeof payload['pull'] === 'number' ? String(payload['pull']) : undefined,
    'deployment.id': typeof deployment === 'string' ? deployment : undefined,
  };
}
