import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { FairleadError } from '../../../model/error.ts';
import type { Job, JobKind, JobOptions } from '../../../model/jobs.ts';
import type { DeadJob, Handler, KindStats, Queue } from '../queue.ts';
import type { Tx } from '../store.ts';
import type { Access } from './access.ts';
import { type Retry, retryAt } from './backoff.ts';
import { type Places, startableKinds } from './priorities.ts';
import { type Running, RunningJobs } from './running-jobs.ts';
import type { JobTable, TakenJob } from './taken-job.ts';

/** How jobs are run, and who is told of what fails. */
export interface RunnerOptions {
  readonly now: () => Date;
  readonly random: () => number;
  readonly places: Places;
  readonly retry: Retry;
  /** Kinds whose running job is told to stop when a newer one replaces it. Never one that must not be cut in the middle. */
  readonly abortable: readonly JobKind[];
  /** Whether other processes add and run jobs too: the queue then looks by itself for what they added; default: not. */
  readonly isShared?: boolean;
  /** How often it says that its jobs still run and asks what became of them, in milliseconds; default 1,000. */
  readonly beatMs?: number;
  /** A job failed for the `attempt`th time, tried first at `since`; dead when it is not tried again. */
  readonly onFailure: (job: Job, error: unknown, attempt: number, dead: boolean, since: Date) => void;
  /** The queue itself failed, such as on a store that broke. It goes on trying. */
  readonly onFault: (error: unknown) => void;
}

/** A queue over the table of jobs. Runs nothing before `start`. */
export function createJobRunner(table: JobTable, access: Access, options: RunnerOptions): Queue {
  return new JobRunner(table, access, options);
}

/** How long the queue waits at most before it looks again for jobs that wait for their time, in milliseconds. */
const longestWaitMs = 1_000;

class JobRunner implements Queue {
  readonly #table: JobTable;
  readonly #access: Access;
  readonly #options: RunnerOptions;
  readonly #handlers = new Map<JobKind, Handler<JobKind>>();
  readonly #running: RunningJobs;
  readonly #beatMs: number;
  /** Runs work outside of the context of whoever added a job. */
  readonly #detached = AsyncLocalStorage.snapshot();
  #phase: 'new' | 'recovering' | 'open' | 'draining' | 'drained' = 'new';
  #filling: Promise<void> | null = null;
  #fillAgain = false;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer ends, by the clock that only counts. */
  #timerEnd = 0;
  #beat: NodeJS.Timeout | undefined;

  constructor(table: JobTable, access: Access, options: RunnerOptions) {
    this.#table = table;
    this.#access = access;
    this.#options = options;
    this.#running = new RunningJobs(options.abortable);
    this.#beatMs = options.beatMs ?? 1_000;
  }

  async add(tx: Tx | null, job: Job, options: JobOptions): Promise<void> {
    const added = (): void => this.added(job, options);
    await this.#table.add(tx, job, options);
    if (tx === null) added();
    else this.#access.afterCommit(tx, added);
  }

  added(job: Job, { key, replace, runAt }: JobOptions): void {
    if (replace) this.#running.replace(job.kind, key);
    const left = runAt === null ? 0 : runAt.getTime() - this.#options.now().getTime();
    // What fills the places just now may have asked already when the next one is due.
    if (runAt === null || left <= 0 || this.#filling !== null) this.#wake();
    else if (this.#phase === 'open' && this.#isSooner(left)) this.#watch(runAt);
  }

  work<K extends JobKind>(kind: K, handler: Handler<K>): void {
    // Handlers are looked up by the kind of the job they are given.
    this.#handlers.set(kind, handler as Handler<JobKind>);
    this.#wake();
  }

  start(): void {
    if (this.#phase !== 'new') return;
    this.#phase = 'recovering';
    this.#detached(() => void this.#recover());
    this.#detached(() => this.#beatLater());
  }

  size(): Promise<number> {
    return this.#table.size();
  }

  stats(): Promise<readonly KindStats[]> {
    return this.#table.stats(this.#options.now());
  }

  dead(limit: number): Promise<readonly DeadJob[]> {
    return this.#table.dead(limit);
  }

  async revive(id: string): Promise<boolean> {
    const isThere = await this.#table.revive(id, this.#options.now());
    if (isThere) this.#wake();
    return isThere;
  }

  async drain(deadlineMs: number): Promise<void> {
    this.#phase = 'draining';
    clearTimeout(this.#timer);
    await this.#filling;
    const rest = await this.#running.endWithin(deadlineMs);
    this.#phase = 'drained';
    clearTimeout(this.#beat);
    if (rest.length > 0) await this.#table.handBack(rest);
  }

  #isSooner(milliseconds: number): boolean {
    return performance.now() + Math.min(milliseconds, longestWaitMs) < this.#timerEnd || this.#timer === undefined;
  }

  async #recover(): Promise<void> {
    try {
      await this.#table.recover();
      if (this.#phase === 'recovering') this.#phase = 'open';
      this.#wake();
    } catch (error) {
      this.#options.onFault(error);
      if (this.#phase === 'recovering') this.#later(longestWaitMs, () => void this.#recover());
    }
  }

  /** Fills the free places, now or, when that is under way, once more after it. */
  #wake(): void {
    if (this.#phase !== 'open') return;
    this.#fillAgain = true;
    this.#filling ??= this.#detached(() => this.#fillAll());
  }

  async #fillAll(): Promise<void> {
    try {
      while (this.#fillAgain && this.#phase === 'open') {
        this.#fillAgain = false;
        await this.#fill();
      }
    } catch (error) {
      this.#options.onFault(error);
      this.#later(longestWaitMs, () => this.#wake());
    } finally {
      this.#filling = null;
    }
  }

  async #fill(): Promise<void> {
    const { places, now } = this.#options;
    // One time for both questions, so that no job comes due unseen between them.
    const at = now();
    for (;;) {
      const kinds = startableKinds([...this.#handlers.keys()], this.#running.kinds(), places);
      // The next job that ends looks again.
      if (kinds.length === 0) return;
      const taken = await this.#table.take(kinds, at);
      if (taken === null) break;
      const handler = this.#handlers.get(taken.job.kind);
      // While it was taken the queue may have begun to drain.
      if (this.#phase !== 'open' || handler === undefined) return this.#table.handBack([taken]);
      this.#run(taken, handler);
    }
    const due = await this.#table.nextDue([...this.#handlers.keys()], at);
    if (due !== null) this.#watch(due);
  }

  /** The clock is asked, not the timer alone: it may be another one than the system's. */
  #watch(due: Date): void {
    const left = due.getTime() - this.#options.now().getTime();
    if (left <= 0) this.#wake();
    else this.#later(Math.min(left, longestWaitMs), () => this.#watch(due));
  }

  #later(milliseconds: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#phase === 'draining' || this.#phase === 'drained') return;
    this.#timerEnd = performance.now() + milliseconds;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      work();
    }, milliseconds);
    this.#timer.unref();
  }

  #beatLater(): void {
    this.#beat = setTimeout(() => void this.#beatOnce(), this.#beatMs);
    this.#beat.unref();
  }

  async #beatOnce(): Promise<void> {
    const taken = this.#running.taken();
    try {
      if (taken.length > 0) this.#running.heed(await this.#table.beat(taken));
    } catch (error) {
      this.#options.onFault(error);
    }
    if (this.#options.isShared === true) this.#wake();
    if (this.#phase !== 'drained') this.#beatLater();
  }

  #run(taken: TakenJob, handler: Handler<JobKind>): void {
    const running: Running = { taken, abort: new AbortController(), dropped: null };
    const { interruptions } = this.#options.retry;
    const work = async (): Promise<void> => handler(taken.job, running.abort.signal);
    const done = (taken.interruptions < interruptions ? work() : Promise.reject(interrupted(taken)))
      .then(
        () => this.#settle(running, () => this.#succeed(running)),
        (error: unknown) => this.#settle(running, () => this.#fail(running, error)),
      )
      .catch((error: unknown) => this.#options.onFault(error))
      .finally(() => {
        this.#running.remove(running);
        this.#wake();
      });
    this.#running.add(running, done);
  }

  /** Goes on until the store can be written again: what was done is not to be done once more for a full disk. */
  async #settle(running: Running, write: () => Promise<void>): Promise<void> {
    while (running.dropped !== 'handed back') {
      try {
        return await write();
      } catch (error) {
        this.#options.onFault(error);
        await wait(this.#beatMs, undefined, { ref: false });
      }
    }
  }

  async #succeed({ taken, dropped }: Running): Promise<void> {
    if (dropped !== 'handed back') await this.#table.finish(taken);
  }

  async #fail({ taken, dropped }: Running, error: unknown): Promise<void> {
    if (dropped === 'handed back' || dropped === 'lost') return;
    if (dropped === 'replaced') return void (await this.#table.finish(taken));
    const { retry, now, random } = this.#options;
    const attempt = taken.attempts + 1;
    const dead = attempt >= retry.tries || taken.interruptions >= retry.interruptions;
    const runAt = retryAt(error, attempt, { retry, now: now(), random: random() });
    const isOurs = await (dead
      ? this.#table.bury(taken, nameOf(error))
      : this.#table.retry(taken, runAt, nameOf(error)));
    // Whoever took it over tells of its end.
    if (isOurs) this.#tell(taken, error, dead);
  }

  #tell(taken: TakenJob, error: unknown, dead: boolean): void {
    this.#options.onFailure(taken.job, error, taken.attempts + 1, dead, taken.since);
  }
}

/** What may be kept of an error: never its message, which can quote anything. */
function nameOf(error: unknown): string {
  if (error instanceof FairleadError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

function interrupted({ job, key }: TakenJob): FairleadError {
  return new FairleadError({
    code: 'job-interrupted',
    subject: key,
    message: `the process died each time it ran the ${job.kind} job ${key}`,
    remedy: 'Look in the log before each start: most often memory ran out.',
  });
}
