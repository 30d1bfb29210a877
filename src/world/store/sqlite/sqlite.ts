import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { OpenedStore, StoreOptions } from '../opened-store.ts';
import { createAccess } from '../sql/access.ts';
import { createJobRunner } from '../sql/job-runner.ts';
import { createJobTable } from '../sql/job-table.ts';
import { hurryJobs } from '../sql/late-jobs.ts';
import { runnerOptions } from '../sql/runner-options.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { CommitGroup } from './commit-group.ts';
import type { DatabaseSettings } from './connection.ts';
import { type Database, openDatabase } from './database.ts';
import { sqliteDialect } from './dialect.ts';
import { migrate } from './migrations.ts';

export type { OpenedStore };

export interface SqliteOptions extends StoreOptions {
  /** The database file, made with its folder when there is none, or `:memory:`. */
  readonly path: string;
  /** Whether to take the server's lock beside the file; default true. Only a holder of the lock may start the queue. */
  readonly lock?: boolean;
}

/** Opens the embedded store and queue. Throws `FairleadError`: `store-failed`, `store-locked`, `store-newer`. */
export async function openSqlite(options: SqliteOptions): Promise<OpenedStore> {
  const settings = settingsOf(options);
  const database = await openDatabase(settings);
  try {
    await migrate(database, settings.path);
    return await assemble(database, settings.path, options);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function settingsOf({ path, lock = true, holder = hostname() }: SqliteOptions): DatabaseSettings {
  if (path === ':memory:') return { path, readOnly: false, lock: null };
  const file = resolve(path);
  return { path: file, readOnly: false, lock: lock ? { path: `${file}.lock`, holder } : null };
}

async function assemble(database: Database, path: string, options: SqliteOptions): Promise<OpenedStore> {
  const group = new CommitGroup(database);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(group, () => database.close()) });
  const access = createAccess(db, { path, readOnly: false, sharing: group });
  await access.write(null, (own) => hurryJobs(own, options.now()));
  const queue = createJobRunner(createJobTable(access, options.now), access, runnerOptions(options));
  const close = async (): Promise<void> => {
    try {
      await queue.drain(0);
    } finally {
      // On the connection, so that a transaction that is open comes to its end first.
      await db.connection().execute(async () => {
        await group.commit().catch(() => undefined);
        await database.close();
      });
    }
  };
  let closing: Promise<void> | null = null;
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };
  const store = createSqlStore(access, { now: options.now, close: closeOnce });
  return { store, queue, broken: database.broken, close: closeOnce };
}
