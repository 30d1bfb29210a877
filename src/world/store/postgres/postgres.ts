import { hostname } from 'node:os';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { OpenedStore, StoreOptions } from '../opened-store.ts';
import { createAccess } from '../sql/access.ts';
import type { LeaseTime } from '../sql/leases.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { migrate } from './migrations.ts';
import { Connections, type Deadlines, usualDeadlines } from './pool.ts';
import { createPostgresQueue } from './queue.ts';
import { createTransactions } from './transactions.ts';

export interface PostgresOptions extends StoreOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: string;
  /** What leases are timed by; default: the clock of the database, so that replicas agree. */
  readonly leaseTime?: LeaseTime;
  readonly deadlines?: Partial<Deadlines>;
}

/** Connections of a process to the database at most: one for transactions that run alone, some for reads and single statements. */
const connections = 10;
const besideAtOnce = 6;

/** By the clock of the database, in milliseconds. */
const databaseTime: LeaseTime = () => sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`;

/**
 * Opens the store and queue of a PostgreSQL database (15 or newer), which several processes may share, and brings its schema up to
 * date. Throws `FairleadError`: `store-failed`, `store-newer`; `usage` for a URL that is none. Once it is open, a database that is
 * lost is not the end: calls fail with `store-failed` until it is back.
 */
export async function openPostgres(options: PostgresOptions): Promise<OpenedStore> {
  const { url, now, random, holder = hostname(), leaseTime = databaseTime } = options;
  await migrate(url);
  const deadlines = { ...usualDeadlines, ...options.deadlines };
  const pool = new Connections({ url, name: `fairlead ${holder}`, readOnly: false, size: connections, deadlines });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const { address } = pool;
  const patience = deadlines.connect + deadlines.statement;
  const transactions = createTransactions(db, { address, random, places: besideAtOnce, patience });
  const access = createAccess(db, { path: address, readOnly: false, transactions });
  const { queue, close: closeQueue } = await createPostgresQueue(access, pool, options).catch(async (error) => {
    await pool.end();
    throw error;
  });
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    try {
      await closeQueue();
    } finally {
      await transactions.settled();
      await pool.end();
    }
  };
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };
  const store = createSqlStore(access, { now, leaseTime, close: closeOnce });
  // Never: it recovers by itself.
  const { promise: broken } = Promise.withResolvers<never>();
  return { store, queue, broken, close: closeOnce };
}
