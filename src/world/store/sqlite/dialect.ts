import type { SQLInputValue } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { CommitGroup } from './commit-group.ts';

/**
 * Kysely over a database on a thread of its own. There is one connection; Kysely's mutex makes a transaction exclusive and lets
 * everything else wait for its end, which is when the next one may join its group.
 */
export function sqliteDialect(group: CommitGroup, close: () => Promise<void>): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(group, close),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createDriver(group: CommitGroup, close: () => Promise<void>): Driver {
  const connection = createConnection(group);
  return {
    init: async () => {},
    acquireConnection: async () => {
      await group.acquired();
      return connection;
    },
    beginTransaction: () => group.begin(),
    commitTransaction: () => group.end(),
    rollbackTransaction: () => group.rollback(),
    releaseConnection: () => group.released(),
    destroy: close,
  };
}

function createConnection(group: CommitGroup): DatabaseConnection {
  return {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      // The tables' types hold only what SQLite binds, and its rows are of the tables' types.
      const { rows, changes } = await group.run(sql, parameters as readonly SQLInputValue[]);
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    // biome-ignore lint/correctness/useYield: nothing here reads by stream
    streamQuery: async function* () {
      throw new Error('the SQLite store does not stream');
    },
  };
}
