import type { JobKind } from '../../../model/jobs.ts';
import { within } from '../../../tools/within.ts';
import type { Beat, TakenJob } from './taken-job.ts';

/** A job that runs in this process. */
export interface Running {
  readonly taken: TakenJob;
  readonly abort: AbortController;
  /** Why nobody waits for its outcome any more; null while its outcome counts. */
  dropped: 'replaced' | 'lost' | 'handed back' | null;
}

/** The jobs that run in this process, with what they came to once they end. */
export class RunningJobs {
  readonly #jobs = new Map<Running, Promise<void>>();
  readonly #abortable: readonly JobKind[];

  constructor(abortable: readonly JobKind[]) {
    this.#abortable = abortable;
  }

  add(running: Running, done: Promise<void>): void {
    this.#jobs.set(running, done);
  }

  remove(running: Running): void {
    this.#jobs.delete(running);
  }

  kinds(): readonly JobKind[] {
    return this.taken().map(({ job }) => job.kind);
  }

  taken(): readonly TakenJob[] {
    return [...this.#jobs.keys()].map(({ taken }) => taken);
  }

  /** A newer job of kind and key waits. */
  replace(kind: JobKind, key: string): void {
    for (const running of this.#jobs.keys()) {
      if (running.taken.key === key && running.taken.job.kind === kind) this.#cut(running);
    }
  }

  /** Tells what was lost or replaced, as somebody else's doing, to stop. */
  heed({ lost, replaced }: Beat): void {
    for (const running of this.#jobs.keys()) {
      const { id } = running.taken;
      if (replaced.has(id)) this.#cut(running);
      if (lost.has(id)) drop(running, 'lost', 'another process has taken over the job');
    }
  }

  /** Waits for all that run, at most so long; gives what still runs then, told to stop. */
  async endWithin(milliseconds: number): Promise<readonly TakenJob[]> {
    await within(milliseconds, Promise.all(this.#jobs.values()));
    const rest = [...this.#jobs.keys()];
    for (const running of rest) drop(running, 'handed back', 'shutting down');
    return rest.map(({ taken }) => taken);
  }

  #cut(running: Running): void {
    if (!this.#abortable.includes(running.taken.job.kind)) return;
    if (running.dropped === null) drop(running, 'replaced', 'replaced by a newer job');
  }
}

function drop(running: Running, why: Exclude<Running['dropped'], null>, reason: string): void {
  running.dropped = why;
  running.abort.abort(new DOMException(reason, 'AbortError'));
}
