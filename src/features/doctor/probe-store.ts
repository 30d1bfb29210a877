import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepoRef } from '../../model/repo.ts';
import { probePostgres } from '../../world/store/probe-postgres.ts';
import { LockHeld, takeLock } from '../../world/store/sqlite/lock.ts';
import { openSqliteReadOnly } from '../../world/store/sqlite/read-only.ts';
import { type Diagnosis, type Probe, teller } from './diagnosis.ts';

/** Where the store is. */
export interface StorePlace {
  readonly dataDir: string;
  /** `postgresql://…`; null: the embedded one. */
  readonly databaseUrl: string | null;
}

/** Whether the store opens, may be written, and who holds it. */
export function storeProbe({ dataDir, databaseUrl }: StorePlace): Probe {
  const area = 'machine';
  if (databaseUrl !== null) return { area, check: 'store', look: (signal) => lookAtPostgres(databaseUrl, signal) };
  return { area, check: 'store', look: () => lookAtSqlite(join(dataDir, 'fairlead.db')) };
}

async function lookAtPostgres(url: string, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const tell = teller('machine', 'store');
  const { version, isReadOnly } = await probePostgres(url, signal);
  if (isReadOnly) return [tell.fault(`PostgreSQL ${version} takes no writes`, 'Name the primary in DATABASE_URL.')];
  if (Number.parseInt(version, 10) < 15)
    return [tell.fault(`PostgreSQL ${version} is too old`, 'Use PostgreSQL 15 or newer.')];
  return [tell.ok(`PostgreSQL ${version}, writable`)];
}

async function lookAtSqlite(file: string): Promise<readonly Diagnosis[]> {
  const tell = teller('machine', 'store');
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return [tell.ok('embedded; it is made at the first start')];
  const store = await openSqliteReadOnly(file);
  await store.close();
  const mayWrite = await access(file, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!mayWrite) return [tell.fault(`${file} cannot be written`, 'Let this process write it.', { kind: 'forbidden' })];
  return [tell.ok(`embedded, ${holderOf(file)}`)];
}

function holderOf(file: string): string {
  try {
    takeLock(`${file}.lock`, 'fairlead doctor')();
    return 'no server runs on it';
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error;
    const { pid, holder } = error.heldBy;
    return `a server runs on it (process ${pid} on ${holder})`;
  }
}

/** Repositories the embedded store knows; none where there is no store yet. */
export async function knownRepositories(dataDir: string): Promise<readonly RepoRef[]> {
  const store = await openSqliteReadOnly(join(dataDir, 'fairlead.db')).catch(() => null);
  if (store === null) return [];
  try {
    return await store.repos.list();
  } finally {
    await store.close();
  }
}
