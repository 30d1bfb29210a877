import { sqliteWords } from '../sql/dialect.ts';
import { checkSchema, migrationsFrom, schemaVersion } from '../sql/migrations.ts';
import type { Database } from './database.ts';

/** Brings the schema up to date, all or nothing. Throws `FairleadError` `store-newer`. */
export async function migrate(database: Database, path: string): Promise<void> {
  await database.run('begin immediate', []);
  try {
    const version = await versionOf(database);
    for (const statement of migrationsFrom(version, path, sqliteWords)) await database.run(statement, []);
    if (version < schemaVersion) await database.run(`pragma user_version = ${schemaVersion}`, []);
    await database.run('commit', []);
  } catch (error) {
    await database.rollback();
    throw error;
  }
}

/** Throws `FairleadError` `store-newer` or `store-older` when the schema is not this version's. */
export async function checkVersion(database: Database, path: string): Promise<void> {
  checkSchema(await versionOf(database), path);
}

async function versionOf(database: Database): Promise<number> {
  const { rows } = await database.run('pragma user_version', []);
  return Number(rows[0]?.['user_version'] ?? 0);
}
