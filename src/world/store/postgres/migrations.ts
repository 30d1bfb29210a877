import type { Client } from 'pg';
import { FairleadError } from '../../../model/error.ts';
import { postgresWords } from '../sql/dialect.ts';
import { checkSchema, migrationsFrom, schemaVersion } from '../sql/migrations.ts';
import { addressOf } from './address.ts';
import { withClient } from './client.ts';
import { schema } from './pool.ts';

/** Names the lock of migrations among the advisory locks of the database. */
const lock = 0x6661_6d69;

/** What SQLite keeps elsewhere: its version in the file's head, the installation key in the data folder. */
const ownTables = [
  'create table if not exists schema_version (one bigint primary key, version bigint not null)',
  'create table if not exists installation (one bigint primary key, key text not null)',
];

/** How long a replica waits for another that migrates, in milliseconds. */
const patience = 120_000;

/**
 * Brings the schema up to date, all or nothing: one transaction, so that a killed one leaves the version before. Replicas that
 * start at once wait for each other, and the second finds nothing to do. Throws `FairleadError`: `store-newer`, `store-failed`.
 */
export async function migrate(url: string): Promise<void> {
  await withClient(url, async (client) => {
    // Looked at first without writing: on an up to date one nothing but reading is asked for.
    if ((await versionOf(client)) === schemaVersion) return;
    await client.query(`begin; set local lock_timeout = ${patience}; select pg_advisory_xact_lock(${lock})`);
    const version = (await versionOf(client)) ?? 0;
    const statements = migrationsFrom(version, addressOf(url), postgresWords);
    if (version === 0) await client.query(`create schema if not exists ${schema}`);
    await client.query(`set local search_path = ${schema}`);
    for (const statement of statements) await client.query(statement);
    for (const statement of ownTables) await client.query(statement);
    await client.query(
      'insert into schema_version values (1, $1) on conflict (one) do update set version = excluded.version',
      [schemaVersion],
    );
    await client.query('commit');
  });
}

/** Throws `FairleadError` `store-missing`, `store-newer` or `store-older` when the schema is not this version's. */
export async function checkVersion(url: string): Promise<void> {
  const address = addressOf(url);
  await withClient(url, async (client) => {
    const version = await versionOf(client);
    if (version !== null) return checkSchema(version, address);
    throw new FairleadError({
      code: 'store-missing',
      subject: address,
      message: `there is no store in ${address}`,
      remedy: 'Start the server with this DATABASE_URL once: it makes the store.',
    });
  });
}

/** null where there is no store. Asks the catalogue by a query: functions such as to_regclass remember what another replica changed since. */
async function versionOf(client: Client): Promise<number | null> {
  const { rows } = await client.query(
    `select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = 'schema_version'`,
    [schema],
  );
  if (rows.length === 0) return null;
  const found = await client.query(`select version from ${schema}.schema_version`);
  return Number(found.rows[0]?.version ?? 0);
}
