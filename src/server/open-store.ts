import { join } from 'node:path';
import type { Redactor } from '../formats/redaction/redactor.ts';
import { ownKey } from '../world/store/installation-key.ts';
import type { BesideOptions, BesideStore, OpenedStore, StoreOptions } from '../world/store/opened-store.ts';

/** Where a server keeps what it remembers. */
export interface StorePlace {
  readonly dataDir: string;
  /** A PostgreSQL database, or null (or left out) for SQLite in the data folder. */
  readonly databaseUrl?: string | null | undefined;
}

/** What was opened, and how to get the installation key that is kept with it, made when there is none. */
export interface ChosenStore extends OpenedStore {
  readonly key: () => Promise<Uint8Array>;
}

/** Opens a second way into the store of the place, which is open. Throws `FairleadError` `store-failed`. */
export async function openBeside(
  { dataDir, databaseUrl = null }: StorePlace,
  options: BesideOptions,
): Promise<BesideStore> {
  if (databaseUrl === null) {
    const { openSqliteBeside } = await import('../world/store/sqlite/beside.ts');
    return openSqliteBeside(databaseFile(dataDir), options);
  }
  const { openPostgresBeside } = await import('../world/store/postgres/beside.ts');
  return openPostgresBeside(databaseUrl, options);
}

function databaseFile(dataDir: string): string {
  return join(dataDir, 'fairlead.db');
}

/** Opens the store and queue of the place. What is secret in its address is learned first. Throws what the stores throw. */
export async function openChosenStore(
  { dataDir, databaseUrl = null }: StorePlace,
  options: StoreOptions,
  redactor: Pick<Redactor, 'learn'>,
): Promise<ChosenStore> {
  if (databaseUrl === null) {
    const { openSqlite } = await import('../world/store/sqlite/sqlite.ts');
    const opened = await openSqlite({ ...options, path: databaseFile(dataDir) });
    return { ...opened, key: () => ownKey(dataDir) };
  }
  const { secretsOf } = await import('../world/store/postgres/address.ts');
  for (const secret of secretsOf(databaseUrl)) redactor.learn(secret);
  const { openPostgres } = await import('../world/store/postgres/postgres.ts');
  const { sharedKey } = await import('../world/store/postgres/shared-key.ts');
  const opened = await openPostgres({ ...options, url: databaseUrl });
  return { ...opened, key: () => sharedKey(databaseUrl) };
}
