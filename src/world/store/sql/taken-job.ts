import type { Job, JobKind, JobOptions } from '../../../model/jobs.ts';
import type { DeadJob, KindStats } from '../queue.ts';
import type { Tx } from '../store.ts';

/** A job that was taken from the table to be run. */
export interface TakenJob {
  readonly id: string;
  /** Which taking of the job this is: whoever took it again since has another. */
  readonly fence: number;
  readonly key: string;
  readonly job: Job;
  /** Times it failed before. */
  readonly attempts: number;
  /** Times its process died before, while it ran. */
  readonly interruptions: number;
  /** When it was tried first. */
  readonly since: Date;
}

/** What became of jobs while they ran, by id. */
export interface Beat {
  /** Taken for dead and given to somebody else, or removed. */
  readonly lost: ReadonlySet<string>;
  /** A newer job of kind and key waits that replaces them. */
  readonly replaced: ReadonlySet<string>;
}

/** The jobs that are kept. A job that was done is removed; one that is dead stays. */
export interface JobTable {
  add(tx: Tx | null, job: Job, options: JobOptions): Promise<void>;
  /**
   * Takes the next job of the kinds that is due at the time and whose key does not run; null when there is none. The most urgent
   * kind first, then of the repository of which the fewest run, then the oldest.
   */
  take(kinds: readonly JobKind[], at: Date): Promise<TakenJob | null>;
  /** False, here and below: it is no longer this taking that runs, and nothing was changed. */
  finish(taken: TakenJob): Promise<boolean>;
  /** Lets it wait to be tried again, unless a newer one that replaces it waits already. */
  retry(taken: TakenJob, runAt: Date, fault: string): Promise<boolean>;
  bury(taken: TakenJob, fault: string): Promise<boolean>;
  /** Lets jobs wait again as if they had not been taken. */
  handBack(jobs: readonly TakenJob[]): Promise<void>;
  /** Says that they still run, and asks what became of them. */
  beat(jobs: readonly TakenJob[]): Promise<Beat>;
  /** Lets what a process that died had begun wait again, where that is known at the start. */
  recover(): Promise<void>;
  /** When the next waiting job of the kinds is due that is not due at the time; null when there is none. */
  nextDue(kinds: readonly JobKind[], at: Date): Promise<Date | null>;
  size(): Promise<number>;
  /** Of each kind that has jobs; the time tells which are due. */
  stats(at: Date): Promise<readonly KindStats[]>;
  /** The newest first, at most so many. */
  dead(limit: number): Promise<readonly DeadJob[]>;
  /** Lets a dead job wait again as if it had just been added; false when there is none of the id. */
  revive(id: string, at: Date): Promise<boolean>;
}
