import { FairleadError } from '../../model/error.ts';
import type { AddOptions, Handler, Job, Queue } from './queue.ts';

/** What the queue tells of jobs that failed, and how much it does at once. */
export interface MemoryQueueOptions {
  readonly concurrency: number;
  /** Most jobs waiting; one more is refused with `FairleadError` code `queue-full`. */
  readonly capacity: number;
  readonly onFailure: (job: Job, error: unknown) => void;
}

interface Waiting {
  readonly job: Job;
  readonly key: string;
}

/** A queue in memory: keyed, newest replaces waiting, a running job of the key is told to stop when it is replaced. */
export function createMemoryQueue(options: MemoryQueueOptions): Queue {
  const handlers = new Map<string, Handler>();
  const running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  let waiting: readonly Waiting[] = [];
  let draining = false;

  const start = ({ job, key }: Waiting, handler: Handler): void => {
    const abort = new AbortController();
    const done = handler(job, abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) options.onFailure(job, error);
      })
      .then(() => {
        running.delete(key);
        next();
      });
    running.set(key, { abort, done });
  };

  const next = (): void => {
    for (const item of waiting) {
      const handler = handlers.get(item.job.kind);
      if (draining || running.size >= options.concurrency) return;
      if (handler === undefined || running.has(item.key)) continue;
      waiting = waiting.filter((other) => other !== item);
      start(item, handler);
    }
  };

  return {
    add: (job: Job, { key, replace }: AddOptions) => {
      if (draining) throw refused(job, 'the server is shutting down', 'The forge can deliver it again.');
      if (replace) waiting = waiting.filter((item) => item.key !== key);
      if (waiting.length >= options.capacity)
        throw refused(job, `${waiting.length} jobs are waiting`, 'Try again later.');
      waiting = [...waiting, { job, key }];
      if (replace) running.get(key)?.abort.abort(new DOMException('replaced by a newer job', 'AbortError'));
      next();
    },
    work: (kind, handler) => {
      handlers.set(kind, handler);
      next();
    },
    drain: async (deadlineMs) => {
      draining = true;
      const timer = setTimeout(() => {
        for (const { abort } of running.values()) abort.abort(new DOMException('shutting down', 'AbortError'));
      }, deadlineMs);
      await Promise.all([...running.values()].map(({ done }) => done));
      clearTimeout(timer);
    },
  };
}

function refused(job: Job, why: string, remedy: string): FairleadError {
  return new FairleadError({
    code: 'queue-full',
    subject: job.kind,
    message: `job ${job.kind} was refused: ${why}`,
    remedy,
  });
}
