import { type Db, PgBoss } from 'pg-boss';
import { bossSchema, deadQueue, jobsQueue } from './boss-names.ts';
import type { Connections } from './pool.ts';

const minute = 60;
const day = 24 * 60 * minute;

/**
 * Starts pg-boss on the pool: makes or updates its schema, also where several replicas start at once, and watches for jobs whose
 * process died. Jobs never end by pg-boss's own rules: when and how often they are tried is Fairlead's to say.
 */
export async function startBoss(pool: Connections, onFault: (error: unknown) => void): Promise<PgBoss> {
  const boss = new PgBoss({
    db: databaseOf(pool),
    schema: bossSchema,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    // With the heartbeat of 10 s, a job of a dead process waits again after 12 s at the latest.
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    maintenanceIntervalSeconds: 5 * minute,
  });
  boss.on('error', onFault);
  await boss.start();
  await boss.createQueue(jobsQueue, {
    policy: 'singleton',
    heartbeatSeconds: 10,
    // The longest pg-boss allows. What hangs is for the deadlines inside of a job to end.
    expireInSeconds: day - 1,
    retryLimit: 1_000_000,
    retryDelay: 0,
    retentionSeconds: 3_650 * day,
    deleteAfterSeconds: 10 * minute,
  });
  await boss.createQueue(deadQueue, { policy: 'standard', retentionSeconds: 90 * day, deleteAfterSeconds: minute });
  return boss;
}

/** pg-boss on the pool of a thread that only adds jobs: another has started it, and watches. */
export async function openBoss(pool: Connections): Promise<PgBoss> {
  const boss = new PgBoss({
    db: databaseOf(pool),
    schema: bossSchema,
    migrate: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
  });
  // What a statement meets, whoever asked is told.
  boss.on('error', () => undefined);
  await boss.start();
  return boss;
}

function databaseOf(pool: Connections): Db {
  return {
    executeSql: async (text, values = []) => {
      const client = await pool.connect();
      try {
        const result = await client.query(text, values);
        client.release();
        // Of several statements there are several results, as pg-boss knows.
        return result as Awaited<ReturnType<Db['executeSql']>>;
      } catch (error) {
        // Some texts begin a transaction, which is then still open.
        client.release(true);
        throw error;
      }
    },
  };
}
