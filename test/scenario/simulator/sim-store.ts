import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { createAccess } from '../../../src/world/store/sql/access.ts';
import { defaultRetry } from '../../../src/world/store/sql/backoff.ts';
import { createJobRunner } from '../../../src/world/store/sql/job-runner.ts';
import { createJobTable } from '../../../src/world/store/sql/job-table.ts';
import { createSqlStore } from '../../../src/world/store/sql/sql-store.ts';
import type { Tables } from '../../../src/world/store/sql/tables.ts';
import { CommitGroup } from '../../../src/world/store/sqlite/commit-group.ts';
import type { StatementResult } from '../../../src/world/store/sqlite/connection.ts';
import type { Database } from '../../../src/world/store/sqlite/database.ts';
import { sqliteDialect } from '../../../src/world/store/sqlite/dialect.ts';
import { migrate } from '../../../src/world/store/sqlite/migrations.ts';
import type { OpenedStore } from '../../../src/world/store/sqlite/sqlite.ts';

/** What a process of the simulation works with. */
export type SimProcess = Pick<OpenedStore, 'store' | 'queue'>;

/**
 * The store of the server in memory, on this thread: every statement is done when it is asked, so a schedule repeats exactly. Several
 * schedules that came to their end may use one after another, each with a repository of its own: opening one takes longer than a schedule.
 */
export interface SimStore {
  /** A process that opens the store. Before each of its statements `step` is called; once it is dead, nothing is answered. */
  connect(life: Life, now: () => Date): SimProcess;
  /** What a crash leaves: an open transaction is rolled back, as the database does for a process that died. */
  crashed(): void;
  close(): void;
}

/** A process that may end at any statement. */
export interface Life {
  isOver(): boolean;
  step(): void;
}

export async function openSimStore(): Promise<SimStore> {
  const file = new DatabaseSync(':memory:');
  file.exec('pragma journal_mode = memory; pragma synchronous = off');
  const statements: Statements = new Map();
  const connection = (life: Life): Database => connect(file, statements, life);
  await migrate(connection({ isOver: () => false, step: () => undefined }), ':memory:');
  return {
    connect: (life, now) => openProcess(connection(life), now),
    crashed: () => {
      if (file.isTransaction) file.exec('rollback');
    },
    close: () => file.close(),
  };
}

type Statements = Map<string, { readonly statement: StatementSync; readonly reads: boolean }>;

/** Nobody hears of it any more. */
const never = new Promise<never>(() => undefined);

function connect(file: DatabaseSync, statements: Statements, life: Life): Database {
  const run = async (sql: string, parameters: readonly SQLInputValue[]): Promise<StatementResult> => {
    if (!life.isOver()) life.step();
    if (life.isOver()) return never;
    const { statement, reads } = statements.get(sql) ?? prepare(file, sql, statements);
    if (reads) return { rows: statement.all(...parameters), changes: 0 };
    return { rows: [], changes: Number(statement.run(...parameters).changes) };
  };
  return {
    run,
    rollback: async () => {
      if (life.isOver()) return never;
      if (file.isTransaction) file.exec('rollback');
    },
    isInTransaction: async () => (life.isOver() ? never : file.isTransaction),
    close: async () => undefined,
    broken: never,
  };
}

function prepare(file: DatabaseSync, sql: string, statements: Statements) {
  const statement = file.prepare(sql);
  const prepared = { statement, reads: statement.columns().length > 0 };
  statements.set(sql, prepared);
  return prepared;
}

/** A store and queue on a database that is at hand, assembled as the SQLite store does. */
export function openProcess(database: Database, now: () => Date): SimProcess {
  const group = new CommitGroup(database);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(group, async () => undefined) });
  const access = createAccess(db, { path: ':memory:', readOnly: false, sharing: group });
  const store = createSqlStore(access, { now, close: async () => undefined });
  const queue = createJobRunner(createJobTable(access, now), access, {
    now,
    random: () => 0.5,
    places: { total: 4, reviews: 2 },
    retry: defaultRetry,
    abortable: ['review'],
    isShared: false,
    // By the real clock, which does not move in a simulation.
    beatMs: 3_600_000,
    onFailure: () => undefined,
    onFault: () => undefined,
  });
  return { store, queue };
}
