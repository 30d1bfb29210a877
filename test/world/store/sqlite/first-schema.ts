/** The first schema as the first servers wrote it, word for word: stores of today have it. Never changed. */
export const firstSchema: readonly string[] = [
  `create table deliveries (
     forge text not null, id text not null, event text not null, headers text not null, body blob not null,
     received_at text not null, state text not null,
     primary key (forge, id)) strict`,
  'create index deliveries_by_age on deliveries (received_at)',
  `create table marks (
     repo text not null, pull integer not null, kind text not null, subject text not null, author text not null,
     head text not null, digests text not null, reason text not null, at text not null,
     primary key (repo, pull, kind, subject, author)) strict`,
  `create table reviewed_pulls (
     repo text not null, pull integer not null, base text not null, head text not null, inputs text not null,
     primary key (repo, pull)) strict`,
  `create table plans (
     id integer primary key autoincrement, repo text not null, pull integer not null, head text not null,
     document text not null,
     unique (repo, pull, head)) strict`,
  `create table deployments (
     number integer primary key autoincrement, repo text not null, target text not null, application text not null,
     environment text not null, commit_id text not null, asked_by text not null, state text not null,
     document text not null) strict`,
  'create index deployments_by_target on deployments (repo, target, number)',
  'create index deployments_by_state on deployments (state, number)',
  `create table deployment_pulls (
     deployment integer not null references deployments (number), pull integer not null,
     primary key (deployment, pull)) strict`,
  'create index deployment_pulls_by_pull on deployment_pulls (pull)',
  'create table repos (key text primary key, document text not null) strict',
  'create table heads (repo text not null, branch text not null, head text not null, primary key (repo, branch)) strict',
  `create table drift (
     id text primary key, repo text not null, target text not null, environment text not null, is_open integer not null,
     first_seen text not null, document text not null) strict`,
  'create index drift_by_target on drift (repo, target)',
  `create table pauses (
     repo text not null, environment text not null, document text not null, primary key (repo, environment)) strict`,
  `create table inventories (
     repo text not null, target text not null, entries text not null, primary key (repo, target)) strict`,
  `create table leases (
     key text primary key, holder text not null, fence integer not null, expires_at integer not null) strict`,
  `create table intents (
     number integer primary key autoincrement, key text not null unique, operation text not null, subject text not null,
     at text not null, outcome text not null, done integer not null) strict`,
  'create index intents_by_state on intents (done, number)',
  `create table audit (
     sequence integer primary key, at text not null, actor text not null, action text not null, subject text not null,
     data text not null, previous text not null, hash text not null) strict`,
  "create trigger audit_is_kept before delete on audit begin select raise(abort, 'audit rows are never deleted'); end",
  "create trigger audit_is_final before update on audit begin select raise(abort, 'audit rows are never changed'); end",
  // The end of the chain, so that rows cut off there are missed.
  'create table audit_head (one integer primary key, sequence integer not null, hash text not null) strict',
  `create trigger audit_head_is_kept before delete on audit_head
     begin select raise(abort, 'the end of the audit chain is never deleted'); end`,
  `create trigger audit_head_grows before update on audit_head when new.sequence <> old.sequence + 1
     begin select raise(abort, 'the audit chain only grows'); end`,
  `create table jobs (
     id integer primary key autoincrement, kind text not null, key text not null, priority integer not null,
     payload text not null, replaces integer not null, state text not null, run_at integer not null,
     attempts integer not null, interruptions integer not null, error text) strict`,
  'create index jobs_in_line on jobs (state, priority, id)',
  'create index jobs_by_time on jobs (state, run_at)',
  'create index keyed_jobs on jobs (key, kind, state)',
];
