import { Kysely, PostgresDialect } from 'kysely';
import { createAccess } from '../sql/access.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { checkVersion } from './migrations.ts';
import { Connections, usualDeadlines } from './pool.ts';

/**
 * Opens a store to look into it, while servers run or not. Every write is refused, here (`store-read-only`) and by the database.
 * Throws `FairleadError`: `store-missing`, `store-failed`, `store-newer`, `store-older`; `usage` for a URL that is none.
 */
export async function openPostgresReadOnly(url: string): Promise<Store> {
  await checkVersion(url);
  const pool = new Connections({ url, name: 'fairlead reader', readOnly: true, size: 2, deadlines: usualDeadlines });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const access = createAccess(db, { path: pool.address, readOnly: true });
  // Nothing that reads asks for the time.
  return createSqlStore(access, { now: () => new Date(0), close: () => pool.end() });
}
