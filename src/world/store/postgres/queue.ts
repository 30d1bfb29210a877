import type { StoreOptions } from '../opened-store.ts';
import type { Queue } from '../queue.ts';
import type { Access } from '../sql/access.ts';
import { createJobRunner } from '../sql/job-runner.ts';
import { runnerOptions } from '../sql/runner-options.ts';
import { startBoss } from './boss.ts';
import { createBossJobs } from './boss-jobs.ts';
import { hurryJobs } from './boss-table.ts';
import type { Connections } from './pool.ts';

export interface PostgresQueue {
  readonly queue: Queue;
  /** Hands back the jobs that run, then stops. The pool stays open. */
  close(): Promise<void>;
}

/**
 * The queue of any number of processes on one database: pg-boss on the pool, with jobs added in the transactions of the access,
 * which must be to the same database. Throws `FairleadError` `store-failed`.
 */
export async function createPostgresQueue(
  access: Access,
  pool: Connections,
  options: StoreOptions,
): Promise<PostgresQueue> {
  const running = runnerOptions(options);
  const boss = await startBoss(pool, running.onFault);
  await access.writeBeside(null, (db) => hurryJobs(db, options.now()));
  const jobs = createBossJobs(access, boss, options.now);
  const queue = createJobRunner(jobs, access, { ...running, isShared: true, beatMs: 500 });
  return {
    queue,
    close: async () => {
      try {
        await queue.drain(0);
      } finally {
        await boss.stop({ graceful: false, close: false });
      }
    },
  };
}
