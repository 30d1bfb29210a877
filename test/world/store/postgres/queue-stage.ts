import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import type { QueueStage, QueueWish, ToldFailure } from '../../../contract/queue-fixtures.ts';
import { createClock } from '../../../contract/store-fixtures.ts';

/** A queue of its own connections on the database, as a process of its own would have. */
export async function openPostgresQueue(url: string, wish: QueueWish, clock = createClock()): Promise<QueueStage> {
  const { concurrency = 4, ...retry } = wish;
  const failures: ToldFailure[] = [];
  const { store, queue, close } = await openPostgres({
    url,
    now: clock.now,
    random: () => 0.5,
    concurrency,
    retry,
    onFailure: ({ kind }, error, attempt, dead, since) => failures.push({ kind, error, attempt, dead, since }),
    onFault: (error) => {
      throw error;
    },
  });
  return { store, queue, clock, failures, close };
}
