import type { Logger } from 'pino';
import { FairleadError } from '../model/error.ts';
import type { QueuedJob } from '../model/jobs.ts';
import { type RepoRef, repoKey } from '../model/repo.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Delivery, Store } from '../world/store/store.ts';
import { ingestJob } from './keep.ts';
import { lastingJobs, routeEvent } from './route.ts';

/** What understanding webhooks needs. */
export interface IntakeTools {
  readonly store: Pick<Store, 'transaction' | 'deliveries' | 'repos'>;
  readonly queue: Queue;
  readonly forge: (name: string) => Forge;
  /** Hears of a branch that moved before anything is made of it. */
  readonly moved: (repo: RepoRef) => void;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Hears of each webhook that was set aside, to be counted. */
  readonly poisoned?: (forge: string) => void;
  /** Goes around the adding of the jobs one webhook leads to, so that they can be told from those of others. */
  readonly about?: (delivery: Delivery, work: () => Promise<void>) => Promise<void>;
}

/**
 * Deliveries that are understood together: few at first and twice as many each time, so that a process which is killed again and
 * again gets through some of them each time.
 */
const together = { first: 10, most: 100, bytes: 16 * 1024 * 1024 };

/** What a delivery means, or why nobody knows. */
interface Reading {
  readonly delivery: Delivery;
  readonly state: Delivery['state'];
  /** What happened. */
  readonly kinds: readonly string[];
  readonly repos: readonly RepoRef[];
  readonly jobs: readonly QueuedJob[];
  readonly fault: unknown;
}

/**
 * Understands kept webhooks and routes them to jobs, many at once. One that cannot be understood is set aside; one over which
 * Fairlead itself stumbles is tried again by a job of its own; the rest goes on.
 */
export function workIntake(queue: Queue, tools: IntakeTools): void {
  const intake = new Intake(tools);
  queue.work('ingest', ({ payload: { forge, delivery } }, signal) =>
    delivery === null ? intake.all(forge, signal) : intake.one(forge, delivery),
  );
}

class Intake {
  readonly #tools: IntakeTools;
  /** Repositories as they were last written down by this process. */
  readonly #seen = new Map<string, string>();

  constructor(tools: IntakeTools) {
    this.#tools = tools;
  }

  async all(forge: string, signal: AbortSignal): Promise<void> {
    const { first, most, bytes } = together;
    for (let count = first; ; count = Math.min(count * 2, most)) {
      signal.throwIfAborted();
      const { deliveries, isAll } = await this.#tools.store.deliveries.received(forge, { count, bytes });
      await this.#carry(
        forge,
        deliveries.map((delivery) => this.#read(delivery)),
      );
      if (isAll) return;
    }
  }

  /** As `all` for one that is apart; throws what keeps it from being understood. */
  async one(forge: string, id: string): Promise<void> {
    const { deliveries } = this.#tools.store;
    const delivery = await deliveries.get(forge, id);
    if (delivery?.state !== 'apart' && delivery?.state !== 'received') return;
    const reading = this.#read(delivery);
    if (reading.state === 'apart') throw reading.fault;
    await deliveries.settle(forge, id, 'received');
    await this.#carry(forge, [reading]);
  }

  #read(delivery: Delivery): Reading {
    try {
      const events = this.#tools.forge(delivery.forge).receiver.normalise(delivery);
      const jobs = events.flatMap(routeEvent);
      const moved = events.filter(({ kind }) => kind === 'branch-moved' || kind === 'pull-merged');
      for (const { repo } of moved) this.#tools.moved(repo);
      const facts = { kinds: events.map(({ kind }) => kind), repos: events.map(({ repo }) => repo) };
      return { delivery, state: jobs.length === 0 ? 'ignored' : 'processed', ...facts, jobs, fault: null };
    } catch (fault) {
      const isBroken = fault instanceof FairleadError && fault.code === 'broken-payload';
      return { delivery, state: isBroken ? 'poison' : 'apart', kinds: [], repos: [], jobs: [], fault };
    }
  }

  /** Notes what became of them together with what follows, and tells. */
  async #carry(forge: string, readings: readonly Reading[]): Promise<void> {
    const repos = readings.flatMap((reading) => reading.repos).filter((repo) => this.#isNews(repo));
    const settled = await this.#write(forge, readings, repos);
    for (const repo of repos) this.#seen.set(repoKey(repo), JSON.stringify(repo));
    for (const reading of readings) if (settled.has(reading.delivery.id)) this.#tell(reading);
  }

  async #write(forge: string, readings: readonly Reading[], repos: readonly RepoRef[]): Promise<ReadonlySet<string>> {
    const { store, queue, about = (_delivery, adding) => adding() } = this.#tools;
    const outcomes = readings.map(({ delivery: { id }, state }) => ({ id, state }));
    const work = readings.filter(({ jobs, state }) => jobs.length > 0 || state === 'apart');
    if (work.length === 0 && repos.length === 0) return store.deliveries.settleAll(null, forge, outcomes);
    return store.transaction(async (tx) => {
      const settled = await store.deliveries.settleAll(tx, forge, outcomes);
      for (const repo of repos) await store.repos.see(tx, repo);
      const ours = work.filter(({ delivery }) => settled.has(delivery.id));
      const lasting = lastingJobs(ours.flatMap(({ jobs }) => jobs));
      for (const { delivery, state, jobs } of ours) {
        const next = state === 'apart' ? [ingestJob(forge, delivery.id)] : jobs.filter((job) => lasting.has(job));
        await about(delivery, async () => {
          for (const { job, ...options } of next) await queue.add(tx, job, options);
        });
      }
      return settled;
    });
  }

  #isNews(repo: RepoRef): boolean {
    return this.#seen.get(repoKey(repo)) !== JSON.stringify(repo);
  }

  #tell({ delivery: { forge, id, event }, state, kinds, fault }: Reading): void {
    const { logger, poisoned } = this.#tools;
    const facts = { forge, delivery: id, event };
    if (state === 'poison') {
      const reason = fault instanceof FairleadError ? fault.message : '';
      logger.error({ ...facts, reason }, 'webhook not understood, set aside');
      poisoned?.(forge);
    } else if (state === 'apart') {
      logger.warn(facts, 'webhook not understood for a fault of our own, tried again');
    } else {
      logger.info({ ...facts, events: kinds }, 'webhook understood');
    }
  }
}
