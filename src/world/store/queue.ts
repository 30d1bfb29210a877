import type { Job, JobKind, JobOptions } from '../../model/jobs.ts';
import type { Tx } from './store.ts';

/**
 * Does the work; throws to fail (tried again later with backoff, then set aside as dead). The signal fires when a newer job of the
 * key replaced it (where the kind may be cut), when the job was taken for dead and given to another process, or on shutdown.
 */
export type Handler<K extends JobKind> = (job: Job<K>, signal: AbortSignal) => Promise<void>;

/** How many jobs of a kind there are. */
export interface KindStats {
  readonly kind: JobKind;
  /** Of which some may wait for their time. */
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  /** How long the one that is due longest has been due, in milliseconds; null when none is due. */
  readonly oldestDueMs: number | null;
}

/** A job that is not tried again. */
export interface DeadJob {
  readonly id: string;
  readonly job: Job;
  readonly key: string;
  /** Times it was tried. */
  readonly attempts: number;
  /** Code or class of the error it failed with last, never its message. */
  readonly fault: string;
}

/**
 * Jobs between the doors and the features; they outlive the process. One job of a key runs at a time. What a free place is given
 * to: the most urgent kind first (deploy, command, review, the rest; ingest is as urgent as a deploy), then the repository of which
 * the fewest jobs run, then the job that waits longest.
 */
export interface Queue {
  /** Adds a job as part of the transaction (null: one of its own). */
  add(tx: Tx | null, job: Job, options: JobOptions): Promise<void>;
  /** Hears of a job that another thread of this process added to the same store, so that it need not be looked for. */
  added(job: Job, options: JobOptions): void;
  work<K extends JobKind>(kind: K, handler: Handler<K>): void;
  /** Begins to run jobs: first those a process that died had begun. */
  start(): void;
  /** Jobs that wait or run. */
  size(): Promise<number>;
  /** Of each kind that has jobs, waiting, running or dead. */
  stats(): Promise<readonly KindStats[]>;
  /** The newest first, at most `limit`. */
  dead(limit: number): Promise<readonly DeadJob[]>;
  /** Lets a dead job wait again as if it had just been added; false when there is none of the id. */
  revive(id: string): Promise<boolean>;
  /** Stops taking jobs and waits for the running ones, at most `deadlineMs`; then aborts them and hands them back. */
  drain(deadlineMs: number): Promise<void>;
}
