import { resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { BesideOptions, BesideStore } from '../opened-store.ts';
import { createAccess } from '../sql/access.ts';
import { createBesideStore } from '../sql/beside-store.ts';
import { createJobTable } from '../sql/job-table.ts';
import type { Tables } from '../sql/tables.ts';
import { CommitGroup } from './commit-group.ts';
import { openDatabaseHere } from './database-here.ts';
import { sqliteDialect } from './dialect.ts';

/**
 * Opens a second way into the database of a server, on the calling thread. The server has brought its schema up to date and holds its
 * lock. Throws `FairleadError` `store-failed`.
 */
export async function openSqliteBeside(path: string, { now, onAdded }: BesideOptions): Promise<BesideStore> {
  const file = resolve(path);
  const database = openDatabaseHere(file);
  const group = new CommitGroup(database);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(group, () => database.close()) });
  const access = createAccess(db, { path: file, readOnly: false, sharing: group });
  // On the connection, so that a transaction that is open comes to its end first.
  const close = (): Promise<void> => db.connection().execute(() => database.close());
  // Nothing lies between the statements of a transaction on this thread.
  const keepBehind: BesideStore['keepBehind'] = async () => null;
  return createBesideStore(access, createJobTable(access, now), { onAdded, keepBehind, close });
}
