import type { Job, JobKind, JobOptions } from '../../src/model/jobs.ts';
import type { Handler, Queue } from '../../src/world/store/queue.ts';
import { until } from '../support/until.ts';
import type { StoreStage } from './store-fixtures.ts';

/** One failure the queue told of. */
export interface ToldFailure {
  readonly kind: JobKind;
  readonly error: unknown;
  readonly attempt: number;
  readonly dead: boolean;
  /** When it was tried first. */
  readonly since: Date;
}

/** What may be asked of a queue under test; else 4 at once, 8 tries, 7 s before the second. */
export interface QueueWish {
  readonly concurrency?: number;
  readonly tries?: number;
  /** How often its process may die at a job; else as by default. */
  readonly interruptions?: number;
}

/** A queue to test, empty and not started, with the store whose transactions it shares. */
export interface QueueStage extends StoreStage {
  readonly queue: Queue;
  readonly failures: readonly ToldFailure[];
}

/** A review of the pull; the number tells jobs apart. */
export function review(pull: number, id = 1): Job<'review'> {
  const repo = { forge: 'github', id, fullName: `acme/shop-${id}`, installation: 7 };
  return { kind: 'review', payload: { repo, pull, reason: 'pull' } };
}

export function deploy(deployment: string): Job<'deploy'> {
  return { kind: 'deploy', payload: { deployment } };
}

export function command(comment: number): Job<'command'> {
  const repo = { forge: 'github', id: 1, fullName: 'acme/shop', installation: 7 };
  return { kind: 'command', payload: { repo, thread: { kind: 'pull', number: 1 }, comment, author: 'mona' } };
}

export function drift(target: string, id = 1): Job<'drift'> {
  const repo = { forge: 'github', id, fullName: `acme/shop-${id}`, installation: 7 };
  return { kind: 'drift', payload: { repo, target, wake: 'watch' } };
}

export const keyed = (key: string, options: Partial<JobOptions> = {}): JobOptions => ({
  key,
  replace: false,
  runAt: null,
  ...options,
});

/** What is told apart of a job: its pull, deployment, comment or target. */
export function labelOf(job: Job): string {
  const payload: Readonly<Record<string, unknown>> = { ...job.payload };
  const label = payload['deployment'] ?? payload['target'] ?? payload['comment'] ?? payload['pull'];
  return `${job.kind} ${String(label)}`;
}

/** A handler whose jobs end when they are told to, and what it saw. */
export interface Desk {
  readonly handler: Handler<JobKind>;
  /** Labels in the order they began, and of those that run. */
  readonly begun: readonly string[];
  readonly running: ReadonlySet<string>;
  readonly aborted: readonly string[];
  /** Ends the running job: well, or with the error. */
  end(label: string, error?: unknown): void;
  /** Waits until so many have begun in all. */
  untilBegun(count: number): Promise<void>;
}

/** With `obedient`, jobs also end, with the signal's reason, when they are told to stop. */
export function createDesk(options: { readonly obedient: boolean } = { obedient: true }): Desk {
  const begun: string[] = [];
  const aborted: string[] = [];
  const running = new Set<string>();
  const ends = new Map<string, (error: unknown) => void>();
  const handler: Handler<JobKind> = async (job, signal) => {
    const label = labelOf(job);
    if (running.has(label)) throw new Error(`${label} runs twice`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    begun.push(label);
    running.add(label);
    ends.set(label, (error) => (error === undefined ? resolve() : reject(error)));
    signal.addEventListener('abort', () => {
      aborted.push(label);
      if (options.obedient) reject(signal.reason);
    });
    await promise.finally(() => running.delete(label));
  };
  return {
    handler,
    begun,
    running,
    aborted,
    end: (label, error) => ends.get(label)?.(error),
    untilBegun: async (count) => {
      await until(
        `${count} jobs to begin (${begun.join(', ')})`,
        () => (begun.length >= count ? true : undefined),
        5_000,
      );
    },
  };
}

/** Waits until the queue holds so many jobs. */
export async function untilSize(queue: Queue, size: number): Promise<void> {
  const end = Date.now() + 5_000;
  let seen = await queue.size();
  while (seen !== size) {
    if (Date.now() > end) throw new Error(`the queue holds ${seen} jobs, not ${size}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen = await queue.size();
  }
}
