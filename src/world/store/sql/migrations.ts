import { FairleadError } from '../../../model/error.ts';
import type { SqlDialect } from './dialect.ts';
import { forgeWritesSchema } from './forge-writes-schema.ts';
import { schema1 } from './schema-1.ts';

/** Statements that lead from one version of the schema to the next: alike in both databases, or in the words of each. */
type Migration = readonly string[] | ((words: SqlDialect) => readonly string[]);

/** The deliveries that wait to be understood are few among those that are kept. */
const receivedDeliveries = [
  `create index deliveries_received on deliveries (forge, received_at, id) where state = 'received'`,
] as const;

/** When a job that is tried was tried first, in milliseconds: people are told of it when it is given up. */
const firstTries = ({ number }: SqlDialect): readonly string[] => [`alter table jobs add column since ${number}`];

/** What open pulls change, by target: two that change the same are told of each other. */
const planTargets = ({ text, number, end }: SqlDialect): readonly string[] => [
  `create table plan_targets (
     repo ${text} not null, pull ${number} not null, target ${text} not null, head ${text} not null, changed ${text} not null,
     primary key (repo, pull, target))${end}`,
  'create index plan_targets_by_target on plan_targets (repo, target)',
];

/**
 * The first leads from nothing to version 1. Only ever added to. Replicas of the version before go on while a new one migrates: a
 * migration adds tables and columns with defaults, and takes away only what no version in use reads.
 */
const migrations: readonly Migration[] = [schema1, forgeWritesSchema, receivedDeliveries, firstTries, planTargets];

/** The version this Fairlead reads and writes. */
export const schemaVersion = migrations.length;

/** What leads from a version to the present one; nothing when it is that. Throws `FairleadError` `store-newer`. */
export function migrationsFrom(version: number, path: string, words: SqlDialect): readonly string[] {
  if (version > schemaVersion) throw newer(path, version);
  return migrations
    .slice(version)
    .flatMap((migration) => (typeof migration === 'function' ? migration(words) : migration));
}

/** Throws `FairleadError` `store-newer` or `store-older` when the schema is not this version's. */
export function checkSchema(version: number, path: string): void {
  if (version > schemaVersion) throw newer(path, version);
  if (version === schemaVersion) return;
  throw new FairleadError({
    code: 'store-older',
    subject: path,
    message: `the store ${path} was written by an older Fairlead (schema ${version}, this one has ${schemaVersion})`,
    remedy: 'Start this version of the server once: it brings the store up to date.',
  });
}

function newer(path: string, version: number): FairleadError {
  return new FairleadError({
    code: 'store-newer',
    subject: path,
    message: `the store ${path} was written by a newer Fairlead (schema ${version}, this one knows ${schemaVersion})`,
    remedy: 'Start that version again, or restore the backup made before the upgrade.',
  });
}
