import type { FairleadError } from '../../model/error.ts';
import type { Job, JobKind, JobOptions } from '../../model/jobs.ts';
import type { Queue } from './queue.ts';
import type { Retry } from './sql/backoff.ts';
import type { Delivery, Store } from './store.ts';

/** What every store and its queue are opened with. */
export interface StoreOptions {
  readonly now: () => Date;
  /** 0 up to 1, for the jitter of retries. */
  readonly random: () => number;
  /** How the holder of the lock is called to others; default: the host's name. */
  readonly holder?: string;
  /** Jobs that run at once; default 4. */
  readonly concurrency?: number;
  /** Reviews among them; default 2. */
  readonly reviews?: number;
  readonly retry?: Partial<Retry>;
  /** Kinds whose running job is told to stop when a newer one replaces it; default: reviews. */
  readonly abortable?: readonly JobKind[];
  /** A job failed for the `attempt`th time, tried first at `since`; dead when it is not tried again. */
  readonly onFailure?: (job: Job, error: unknown, attempt: number, dead: boolean, since: Date) => void;
  /** The queue itself failed, such as on a full disk or a lost database; it goes on trying. */
  readonly onFault?: (error: unknown) => void;
}

/** What a second way into a store is opened with. */
export interface BesideOptions {
  readonly now: () => Date;
  /** A job was added here, durably: whoever runs jobs is to hear of it. */
  readonly onAdded: (job: Job, options: JobOptions) => void;
}

/** A second way into a store and its queue, for another thread of the process that opened it: to keep what comes in. */
export interface BesideStore {
  readonly store: Pick<Store, 'transaction' | 'deliveries'>;
  readonly queue: Pick<Queue, 'add'>;
  /**
   * Keeps deliveries where such a job waits that was not to be replaced, in one statement; gives the ids of the new ones. Null, and
   * nothing is kept, where none waits or a transaction costs no more.
   */
  keepBehind(
    deliveries: readonly Omit<Delivery, 'state'>[],
    job: Job,
    options: JobOptions,
  ): Promise<ReadonlySet<string> | null>;
  close(): Promise<void>;
}

/** A store and its queue. */
export interface OpenedStore {
  readonly store: Store;
  readonly queue: Queue;
  /**
   * Fulfilled, with why, when nothing can be read or written any more until the store is opened again; never by `close`, nor by
   * what it recovers from by itself.
   */
  readonly broken: Promise<FairleadError>;
  /** Hands back the jobs that run, then closes the store. */
  close(): Promise<void>;
}
