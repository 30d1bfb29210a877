import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Kysely } from 'kysely';
import { FairleadError } from '../../../model/error.ts';
import { createAccess } from '../sql/access.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { CommitGroup } from './commit-group.ts';
import { openDatabase } from './database.ts';
import { sqliteDialect } from './dialect.ts';
import { checkVersion } from './migrations.ts';

/**
 * Opens a store to look into it, while a server runs or not. Every write is refused: `store-read-only`. Throws `FairleadError`:
 * `store-missing`, `store-failed`, `store-newer`, `store-older`.
 */
export async function openSqliteReadOnly(path: string): Promise<Store> {
  const file = resolve(path);
  await access(file).catch((cause: unknown) => {
    throw missing(file, cause);
  });
  const database = await openDatabase({ path: file, readOnly: true, lock: null });
  try {
    await checkVersion(database, file);
  } catch (error) {
    await database.close();
    throw error;
  }
  const close = (): Promise<void> => database.close();
  const db = new Kysely<Tables>({ dialect: sqliteDialect(new CommitGroup(database), close) });
  // Nothing that reads asks for the time.
  const now = (): Date => new Date(0);
  return createSqlStore(createAccess(db, { path: file, readOnly: true }), { now, close });
}

function missing(path: string, cause: unknown): FairleadError {
  return new FairleadError({
    code: 'store-missing',
    subject: path,
    message: `there is no store at ${path}`,
    remedy: 'Name the data folder of the server; a server that never started has none yet.',
    cause,
  });
}
