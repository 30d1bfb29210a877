import { hostname } from 'node:os';
import { Kysely, PostgresDialect } from 'kysely';
import type { BesideOptions, BesideStore } from '../opened-store.ts';
import { createAccess } from '../sql/access.ts';
import { createBesideStore } from '../sql/beside-store.ts';
import type { Tables } from '../sql/tables.ts';
import { openBoss } from './boss.ts';
import { createBossJobs } from './boss-jobs.ts';
import { insertBehind } from './insert-behind.ts';
import { Connections, usualDeadlines } from './pool.ts';
import { createTransactions } from './transactions.ts';

/** Connections of this way at most, and transactions on them at once. */
const connections = 4;

/**
 * Opens a second way into the database of a server, with connections of its own. The server has brought its schema up to date. Throws
 * `FairleadError` `store-failed`; a database that is lost later is not the end.
 */
export async function openPostgresBeside(url: string, { now, onAdded }: BesideOptions): Promise<BesideStore> {
  const deadlines = usualDeadlines;
  const pool = new Connections({ url, name: `fairlead ${hostname()}`, readOnly: false, size: connections, deadlines });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const { address } = pool;
  const patience = deadlines.connect + deadlines.statement;
  const transactions = createTransactions(db, { address, random: Math.random, places: connections, patience });
  const access = createAccess(db, { path: address, readOnly: false, transactions });
  const boss = await openBoss(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const close = async (): Promise<void> => {
    await transactions.settled();
    await boss.stop({ graceful: false, close: false });
    await pool.end();
  };
  const keepBehind: BesideStore['keepBehind'] = (deliveries, { kind }, { key, runAt }) =>
    access.writeBeside(null, (own) => insertBehind(own, deliveries, { kind, key, runAt: runAt ?? now() }));
  return createBesideStore(access, createBossJobs(access, boss, now), { onAdded, keepBehind, close });
}
