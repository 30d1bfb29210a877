import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import { describeQueue } from '../../../contract/queue.ts';
import type { QueueStage, QueueWish, ToldFailure } from '../../../contract/queue-fixtures.ts';
import { describeSharedQueue } from '../../../contract/queue-shared.ts';
import { createClock } from '../../../contract/store-fixtures.ts';

async function openQueue(path: string, wish: QueueWish, clock = createClock(), lock = true): Promise<QueueStage> {
  const { concurrency = 4, ...retry } = wish;
  const failures: ToldFailure[] = [];
  const { store, queue, close } = await openSqlite({
    path,
    now: clock.now,
    random: () => 0.5,
    concurrency,
    lock,
    retry,
    onFailure: ({ kind }, error, attempt, dead, since) => failures.push({ kind, error, attempt, dead, since }),
    onFault: (error) => {
      throw error;
    },
  });
  return { store, queue, clock, failures, close };
}

describeQueue('SQLite in memory', (wish) => openQueue(':memory:', wish));

describeQueue('SQLite in a file', async (wish) => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-queue-'));
  return removing(folder, await openQueue(join(folder, 'fairlead.db'), wish));
});

describeSharedQueue('SQLite in a file', async (wish) => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-queue-'));
  const path = join(folder, 'fairlead.db');
  const clock = createClock();
  const first = removing(folder, await openQueue(path, wish, clock));
  const second = await openQueue(path, wish, clock, false);
  // Its start takes whatever runs for abandoned.
  return { first, second, abandon: async () => {}, later: () => openQueue(path, wish, clock, false) };
});

function removing(folder: string, stage: QueueStage): QueueStage {
  const close = async (): Promise<void> => {
    await stage.close();
    await rm(folder, { recursive: true });
  };
  return { ...stage, close };
}
