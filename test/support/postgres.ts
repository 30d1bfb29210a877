import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { threeAttempts } from '../control-plane/processes.ts';
import { usePart } from '../control-plane/shared.ts';
import { endPostgres, makePostgres, type PostgresState, removePostgres, startPostgres } from './postgres-server.ts';

/** A database for one suite. */
export interface TestDatabase {
  /** With user and password. */
  readonly url: string;
  /** Runs a statement beside Fairlead; gives the rows. */
  query(statement: string, parameters?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** A PostgreSQL server of one suite alone, for tests that stop and crash it. */
export interface OwnPostgres {
  /** Of its database `postgres`; alike after each start. */
  readonly url: string;
  readonly port: number;
  freshDatabase(): Promise<TestDatabase>;
  /** The user it runs as. */
  owner(): Promise<{ readonly uid: number; readonly gid: number }>;
  /** Shuts down as an administrator would: connections are ended, then it ends. */
  stop(): Promise<void>;
  /** Ends it with `kill -9`. */
  crash(): Promise<void>;
  /** After `stop` or `crash`; resolves when it answers. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * A real PostgreSQL that all suites of this jest run share: the one DATABASE_URL names (it must allow to create databases), else
 * a private one, started from the installed programs by whoever asks first and removed by the global teardown. Throws what to
 * install when there is none.
 */
export async function usePostgres(): Promise<{ readonly url: string }> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given };
  return usePart('postgres', (dir, owner) => threeAttempts(() => makePostgres(dir, owner)));
}

/** A new, empty database on the shared server. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { url } = await usePostgres();
  return databaseOn(url);
}

/** Starts a server of the caller's own. It ends with the caller at the latest. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(await placeOfRun(), 'fairlead-postgres-'));
  let state: PostgresState = await threeAttempts(() => makePostgres(join(folder, 'server'), process.pid));
  const { url, port } = state;
  return {
    url,
    port,
    freshDatabase: () => databaseOn(url),
    owner: () => stat(join(folder, 'server')),
    stop: () => endPostgres(state, 'fast'),
    crash: () => endPostgres(state, 'crash'),
    start: async () => {
      state = await startPostgres(state, process.pid);
    },
    remove: async () => {
      await removePostgres(state);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Under jest the folder that the global teardown removes, also when the worker was killed before. */
async function placeOfRun(): Promise<string> {
  const { FAIRLEAD_TEST_RUN: run } = process.env;
  if (!run) return tmpdir();
  const place = join(tmpdir(), `fairlead-test-${run}`);
  await mkdir(place, { recursive: true });
  // So that the user the server runs as gets through, whatever the mask of this one.
  await chmod(place, 0o711);
  return place;
}

async function databaseOn(server: string): Promise<TestDatabase> {
  const name = `fairlead_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await ask(server, `create database ${name}`);
  return {
    url: url.href,
    query: (statement, parameters = []) => ask(url.href, statement, parameters),
    drop: async () => {
      await ask(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function ask(
  url: string,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  client.on('error', () => {}); // the rejection of the question says it
  try {
    await client.connect();
    const { rows } = await client.query(statement, [...parameters]);
    return rows;
  } finally {
    await client.end();
  }
}
