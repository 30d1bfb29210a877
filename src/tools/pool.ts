import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads';
import { FairleadError } from '../model/error.ts';
import type { Limits } from './deadline.ts';
import type { WorkerReply, WorkerRequest } from './pool-worker.ts';

/** A pool of worker threads that all run one script; the script calls `serveTasks` of pool-worker.ts. */
export interface PoolOptions {
  /** From `workerScript`. */
  readonly script: URL;
  /** How many threads at most; each starts when there is work for it. */
  readonly size: number;
  readonly workerData: unknown;
  readonly resourceLimits?: ResourceLimits;
}

/** How one task is run. The deadline counts from the moment a ready worker takes the task. */
export interface TaskOptions extends Limits {
  readonly transfer?: readonly Transferable[];
}

/**
 * Runs tasks in worker threads. `run` rejects with what the script threw, with the signal's reason when aborted, and with
 * `FairleadError`: `worker-timeout`, `worker-memory`, `worker-died`, `pool-closed`. A worker that overran, was aborted
 * or died is replaced.
 */
export interface Pool<T, R> {
  run(task: T, options: TaskOptions): Promise<R>;
  /** Starts a thread, where none runs yet, so that the first task need not wait for it. */
  warm(): void;
  close(): Promise<void>;
}

/** The URL of a worker script beside a module, from its `import.meta.url`: called in one line, as a bundle puts scripts elsewhere. */
export function workerScript(moduleUrl: string, name: string): URL {
  return new URL(`${name}${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl);
}

/** Makes a pool. No thread is started before the first task, and idle threads do not keep the process alive. */
export function createPool<T, R>(options: PoolOptions): Pool<T, R> {
  return new WorkerPool<T, R>(options);
}

/** Of each thread, in MiB: what one task leaves behind is most of what it made, and a thread never gives room back. */
const youngGeneration = { maxYoungGenerationSizeMb: 24 };

interface Job<T> {
  readonly task: T;
  readonly options: TaskOptions;
  /** Ends the job, once, and its watch on the signal. */
  settle(outcome: { readonly result: unknown } | { readonly fault: unknown }): void;
}

interface Slot<T> {
  readonly worker: Worker;
  isReady: boolean;
  job: Job<T> | null;
  timer: NodeJS.Timeout | undefined;
}

class WorkerPool<T, R> implements Pool<T, R> {
  readonly #options: PoolOptions;
  readonly #waiting: Job<T>[] = [];
  readonly #slots = new Set<Slot<T>>();
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  run(task: T, options: TaskOptions): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.#isClosed) return reject(closedError());
      if (options.signal.aborted) return reject(options.signal.reason);
      const onAbort = () => this.#abort(job);
      const job: Job<T> = {
        task,
        options,
        settle: (outcome) => {
          options.signal.removeEventListener('abort', onAbort);
          if ('fault' in outcome) reject(outcome.fault);
          // What the script answers is R by the contract between a pool and its script.
          else resolve(outcome.result as R);
        },
      };
      options.signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  warm(): void {
    if (!this.#isClosed) this.#freeSlot();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#waiting.splice(0)) job.settle({ fault: closedError() });
    const slots = [...this.#slots];
    for (const slot of slots) this.#drop(slot, closedError());
    await Promise.all(slots.map((slot) => slot.worker.terminate()));
  }

  #abort(job: Job<T>): void {
    const fault: unknown = job.options.signal.reason;
    const index = this.#waiting.indexOf(job);
    if (index >= 0) {
      this.#waiting.splice(index, 1);
      job.settle({ fault });
      return;
    }
    for (const slot of this.#slots) if (slot.job === job) this.#drop(slot, fault);
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const slot = this.#freeSlot();
      const job = slot === undefined ? undefined : this.#waiting.shift();
      if (slot === undefined || job === undefined) return;
      this.#start(slot, job);
    }
  }

  #freeSlot(): Slot<T> | undefined {
    for (const slot of this.#slots) if (slot.job === null) return slot;
    return this.#slots.size < this.#options.size ? this.#open() : undefined;
  }

  #open(): Slot<T> {
    const { script, workerData, resourceLimits } = this.#options;
    const worker = new Worker(script, { workerData, resourceLimits: { ...youngGeneration, ...resourceLimits } });
    const slot: Slot<T> = { worker, isReady: false, job: null, timer: undefined };
    this.#slots.add(slot);
    worker.on('message', (reply: WorkerReply) => this.#receive(slot, reply));
    worker.on('error', (cause) => this.#drop(slot, deathError(cause)));
    worker.on('exit', () => this.#drop(slot, deathError(null)));
    return slot;
  }

  #start(slot: Slot<T>, job: Job<T>): void {
    slot.job = job;
    slot.worker.ref();
    const request: WorkerRequest = { task: job.task };
    slot.worker.postMessage(request, [...(job.options.transfer ?? [])]);
    this.#watch(slot);
  }

  #watch(slot: Slot<T>): void {
    const job = slot.job;
    if (job === null || !slot.isReady) return;
    slot.timer = setTimeout(() => this.#drop(slot, timeoutError(job.options.deadlineMs)), job.options.deadlineMs);
  }

  #receive(slot: Slot<T>, reply: WorkerReply): void {
    if ('ready' in reply) {
      slot.isReady = true;
      this.#watch(slot);
      return;
    }
    this.#finish(slot, 'error' in reply ? { fault: restoreError(reply.error) } : reply);
    slot.worker.unref();
    this.#next();
  }

  #finish(slot: Slot<T>, outcome: Parameters<Job<T>['settle']>[0]): void {
    const job = slot.job;
    clearTimeout(slot.timer);
    slot.job = null;
    job?.settle(outcome);
  }

  #drop(slot: Slot<T>, fault: unknown): void {
    if (!this.#slots.delete(slot)) return;
    this.#finish(slot, { fault });
    void slot.worker.terminate();
    if (!this.#isClosed) this.#next();
  }
}

/** Domain errors cross threads as their facts, since structured clone keeps no class. */
function restoreError(error: Extract<WorkerReply, { error: unknown }>['error']): Error {
  if ('code' in error) return new FairleadError(error);
  return Object.assign(new Error(error.message), { name: error.name });
}

function timeoutError(deadlineMs: number): FairleadError {
  return new FairleadError({
    code: 'worker-timeout',
    message: `A task did not finish within ${deadlineMs} ms.`,
    subject: 'worker',
    remedy: 'Look for an endless loop or a very large input.',
  });
}

function deathError(cause: Error | null): FairleadError {
  const isMemory = cause !== null && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return new FairleadError({
    code: isMemory ? 'worker-memory' : 'worker-died',
    message: isMemory
      ? 'A worker ran out of memory.'
      : `A worker ended unexpectedly${cause === null ? '' : `: ${cause.message}`}.`,
    subject: 'worker',
    remedy: isMemory ? 'Look for a very large input.' : 'Try again; report it when it happens each time.',
    cause,
  });
}

function closedError(): FairleadError {
  return new FairleadError({
    code: 'pool-closed',
    message: 'The worker pool is closed.',
    subject: 'worker',
    remedy: 'Start Fairlead again.',
  });
}
