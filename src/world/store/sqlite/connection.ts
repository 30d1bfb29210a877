import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { LockHeld, takeLock } from './lock.ts';

/** What a connection is opened with. */
export interface DatabaseSettings {
  /** A file, or `:memory:`. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Side file and name of the holder of the server's lock; null takes none. */
  readonly lock: { readonly path: string; readonly holder: string } | null;
  /** How long SQLite itself waits for others that write, in milliseconds, and keeps the thread meanwhile; default 5,000. */
  readonly busyMs?: number;
  /** Pages of the log after which whoever commits copies them into the database; default: SQLite's 1,000. */
  readonly checkpointPages?: number;
}

/** What is asked of a connection. */
export type DatabaseRequest =
  | { readonly kind: 'run'; readonly sql: string; readonly parameters: readonly SQLInputValue[] }
  | { readonly kind: 'rollback' }
  /** Whether a transaction is open: `changes` is 1 when it is. */
  | { readonly kind: 'in-transaction' }
  | { readonly kind: 'close' };

/** What a statement gave. */
export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly changes: number;
}

/** Why a request failed: SQLite's own words, which name tables and columns, never values. */
export interface DatabaseFault {
  readonly message: string;
  /** SQLite's primary result code, 0 when it was not SQLite that failed. */
  readonly code: number;
  /** Who holds the lock, when that is why. */
  readonly heldBy: { readonly pid: number; readonly holder: string } | null;
}

/** What a request gives that asks for nothing. */
export const nothing: StatementResult = { rows: [], changes: 0 };

/** How long SQLite waits for others that write, in milliseconds. */
export const usualBusyMs = 5_000;

/** Prepared statements that are kept; Fairlead has fewer different ones. */
const keptStatements = 256;

/** Opens a database on the calling thread. Throws, as its requests do, what `describeFault` describes. */
export function openConnection(settings: DatabaseSettings): (request: DatabaseRequest) => StatementResult {
  if (!settings.readOnly && settings.path !== ':memory:') createPrivateFile(settings.path);
  const releaseLock = settings.lock === null ? () => {} : takeLock(settings.lock.path, settings.lock.holder);
  const database = new DatabaseSync(settings.path, {
    readOnly: settings.readOnly,
    enableForeignKeyConstraints: true,
    timeout: settings.busyMs ?? usualBusyMs,
  });
  if (!settings.readOnly) database.exec('pragma journal_mode = wal; pragma synchronous = full;');
  if (settings.checkpointPages !== undefined) database.exec(`pragma wal_autocheckpoint = ${settings.checkpointPages}`);
  const run = statementRunner(database);
  const rollback = (): void => {
    if (database.isTransaction) database.exec('rollback');
  };
  const close = (): void => {
    rollback();
    database.close();
    releaseLock();
  };
  return (request) => {
    switch (request.kind) {
      case 'run':
        return run(request.sql, request.parameters);
      case 'in-transaction':
        return { rows: [], changes: database.isTransaction ? 1 : 0 };
      case 'rollback':
        rollback();
        return nothing;
      case 'close':
        close();
        return nothing;
      default:
        return request satisfies never;
    }
  };
}

/** The database holds webhooks as they came: only its owner may read it. SQLite gives its side files the same mode. */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // An existing file is not opened here: closing it would drop the locks this process has on it (POSIX).
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function statementRunner(
  database: DatabaseSync,
): (sql: string, parameters: readonly SQLInputValue[]) => StatementResult {
  const statements = new Map<string, { readonly statement: StatementSync; readonly reads: boolean }>();
  const prepare = (sql: string) => {
    const kept = statements.get(sql);
    if (kept !== undefined) return kept;
    const statement = database.prepare(sql);
    const fresh = { statement, reads: statement.columns().length > 0 };
    statements.set(sql, fresh);
    const [oldest] = statements.keys();
    if (statements.size > keptStatements && oldest !== undefined) statements.delete(oldest);
    return fresh;
  };
  return (sql, parameters) => {
    const { statement, reads } = prepare(sql);
    if (reads) return { rows: statement.all(...parameters), changes: 0 };
    return { rows: [], changes: Number(statement.run(...parameters).changes) };
  };
}

/** What may be told of why opening or a request failed. */
export function describeFault(error: unknown): DatabaseFault {
  const { message = String(error), errcode = 0 } = (error ?? {}) as {
    readonly message?: string;
    readonly errcode?: number;
  };
  // SQLite's extended code holds the primary one in its last byte.
  return { message, code: errcode & 0xff, heldBy: error instanceof LockHeld ? error.heldBy : null };
}
