/** What writes to forges need beyond the first schema, in SQL that both databases read. Times are ISO 8601. */
export const forgeWritesSchema: readonly string[] = [
  "alter table intents add column payload text not null default 'null'",
  'create index intents_by_age on intents (done, at)',
  // One row for an installation of a forge; `version` guards against two replicas that write at once.
  'create table budgets (key text primary key, version integer not null, document text not null)',
];
