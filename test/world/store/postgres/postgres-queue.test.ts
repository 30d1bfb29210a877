import { afterAll, beforeAll } from '@jest/globals';
import { describeQueue } from '../../../contract/queue.ts';
import { describeSharedQueue } from '../../../contract/queue-shared.ts';
import { createClock } from '../../../contract/store-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../../../support/postgres.ts';
import { openPostgresQueue } from './queue-stage.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
}, 60_000);
afterAll(() => database.drop());

/** As new: one database with pg-boss's schema serves all tests. */
async function empty(): Promise<void> {
  await database.query('delete from pgboss.job').catch(() => {});
}

describeQueue('PostgreSQL', async (wish) => {
  await empty();
  return openPostgresQueue(database.url, wish);
});

describeSharedQueue('PostgreSQL', async (wish) => {
  await empty();
  const clock = createClock();
  const [first, second] = await Promise.all([
    openPostgresQueue(database.url, wish, clock),
    openPostgresQueue(database.url, wish, clock),
  ]);
  const abandon = async (): Promise<void> => {
    // What pg-boss makes of a job whose heartbeats are missing.
    await database.query(
      "update pgboss.job set state = 'retry', heartbeat_on = null, start_after = now() where state = 'active'",
    );
  };
  return { first, second, abandon, later: () => openPostgresQueue(database.url, wish, clock) };
});
