import { hostname } from 'node:os';
import { Kysely, PostgresDialect } from 'kysely';
import type { BesideOptions, BesideStore } from '../opened-store.ts';
import { type Access, createAccess } from '../sql/access.ts';
import { createBesideStore } from '../sql/beside-store.ts';
import type { Tables } from '../sql/tables.ts';
import type { JobTable } from '../sql/taken-job.ts';
import { insertBehind } from './insert-behind.ts';
import { Connections, usualDeadlines } from './pool.ts';
import { createTransactions } from './transactions.ts';

/** Connections of this way at most; one is kept from transactions, which may need another to be made. */
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
  const transactions = createTransactions(db, { address, random: Math.random, places: connections - 1, patience });
  const access = createAccess(db, { path: address, readOnly: false, transactions });
  const jobs = addLater(access, pool, now);
  // What the first webhook would wait for. Where the database does not answer now, the next one tries again.
  await Promise.all([jobs.warm(), pool.query('select 1').catch(() => null)]);
  const close = async (): Promise<void> => {
    await transactions.settled();
    await jobs.close();
    await pool.end();
  };
  const keepBehind: BesideStore['keepBehind'] = (deliveries, { kind }, { key, runAt }) =>
    access.writeBeside(null, (own) => insertBehind(own, deliveries, { kind, key, runAt: runAt ?? now() }));
  return createBesideStore(access, jobs, { onAdded, keepBehind, close });
}

/** pg-boss is loaded when it is warmed, or with the first job that is added; one that cannot be reached then is tried again with the next. */
function addLater(
  access: Access,
  pool: Connections,
  now: () => Date,
): Pick<JobTable, 'add'> & Pick<BesideStore, 'close'> & { readonly warm: () => Promise<void> } {
  let opening: Promise<Opened> | null = null;
  const open = async (): Promise<Opened> => {
    const [{ openBoss }, { createBossJobs }] = await Promise.all([import('./boss.ts'), import('./boss-jobs.ts')]);
    const boss = await openBoss(pool);
    return { jobs: createBossJobs(access, boss, now), stop: () => boss.stop({ graceful: false, close: false }) };
  };
  const opened = (): Promise<Opened> => {
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  return {
    warm: async () => void (await opened().catch(() => null)),
    add: async (...added) => (await opened()).jobs.add(...added),
    close: async () => (await opening?.catch(() => null))?.stop(),
  };
}

interface Opened {
  readonly jobs: Pick<JobTable, 'add'>;
  readonly stop: () => Promise<void>;
}
