import type { SqlDialect } from './dialect.ts';

/**
 * The first schema. What is asked for has a column of its own; the rest of a row is JSON in one. `repo` is the repository's key,
 * `github:42`. Times are ISO 8601, except where they are compared with the clock: milliseconds.
 */
export function schema1(words: SqlDialect): readonly string[] {
  return [
    ...pullTables(words),
    ...targetTables(words),
    ...writeTables(words),
    ...auditTables(words),
    ...jobTables(words),
  ];
}

function pullTables({ text, number, counter, bytes, end }: SqlDialect): readonly string[] {
  return [
    `create table deliveries (
       forge ${text} not null, id ${text} not null, event ${text} not null, headers ${text} not null,
       body ${bytes} not null, received_at ${text} not null, state ${text} not null,
       primary key (forge, id))${end}`,
    'create index deliveries_by_age on deliveries (received_at)',
    `create table marks (
       repo ${text} not null, pull ${number} not null, kind ${text} not null, subject ${text} not null,
       author ${text} not null, head ${text} not null, digests ${text} not null, reason ${text} not null,
       at ${text} not null,
       primary key (repo, pull, kind, subject, author))${end}`,
    `create table reviewed_pulls (
       repo ${text} not null, pull ${number} not null, base ${text} not null, head ${text} not null,
       inputs ${text} not null,
       primary key (repo, pull))${end}`,
    `create table plans (
       id ${counter}, repo ${text} not null, pull ${number} not null, head ${text} not null, document ${text} not null,
       unique (repo, pull, head))${end}`,
  ];
}

function targetTables({ text, number, counter, end }: SqlDialect): readonly string[] {
  return [
    `create table deployments (
       number ${counter}, repo ${text} not null, target ${text} not null, application ${text} not null,
       environment ${text} not null, commit_id ${text} not null, asked_by ${text} not null, state ${text} not null,
       document ${text} not null)${end}`,
    'create index deployments_by_target on deployments (repo, target, number)',
    'create index deployments_by_state on deployments (state, number)',
    `create table deployment_pulls (
       deployment ${number} not null references deployments (number), pull ${number} not null,
       primary key (deployment, pull))${end}`,
    'create index deployment_pulls_by_pull on deployment_pulls (pull)',
    `create table repos (key ${text} primary key, document ${text} not null)${end}`,
    `create table heads (
       repo ${text} not null, branch ${text} not null, head ${text} not null, primary key (repo, branch))${end}`,
    `create table drift (
       id ${text} primary key, repo ${text} not null, target ${text} not null, environment ${text} not null,
       is_open ${number} not null, first_seen ${text} not null, document ${text} not null)${end}`,
    'create index drift_by_target on drift (repo, target)',
    `create table pauses (
       repo ${text} not null, environment ${text} not null, document ${text} not null,
       primary key (repo, environment))${end}`,
    `create table inventories (
       repo ${text} not null, target ${text} not null, entries ${text} not null, primary key (repo, target))${end}`,
  ];
}

function writeTables({ text, number, counter, end }: SqlDialect): readonly string[] {
  return [
    `create table leases (
       key ${text} primary key, holder ${text} not null, fence ${number} not null, expires_at ${number} not null)${end}`,
    `create table intents (
       number ${counter}, key ${text} not null unique, operation ${text} not null, subject ${text} not null,
       at ${text} not null, outcome ${text} not null, done ${number} not null)${end}`,
    'create index intents_by_state on intents (done, number)',
  ];
}

function auditTables({ text, number, end, protect }: SqlDialect): readonly string[] {
  return [
    `create table audit (
       sequence ${number} primary key, at ${text} not null, actor ${text} not null, action ${text} not null,
       subject ${text} not null, data ${text} not null, previous ${text} not null, hash ${text} not null)${end}`,
    ...protect('audit', {
      removal: { name: 'audit_is_kept', why: 'audit rows are never deleted' },
      change: { name: 'audit_is_final', why: 'audit rows are never changed' },
    }),
    // The end of the chain, so that rows cut off there are missed.
    `create table audit_head (one ${number} primary key, sequence ${number} not null, hash ${text} not null)${end}`,
    ...protect('audit_head', {
      removal: { name: 'audit_head_is_kept', why: 'the end of the audit chain is never deleted' },
      change: {
        name: 'audit_head_grows',
        why: 'the audit chain only grows',
        refusedWhen: 'new.sequence <> old.sequence + 1',
      },
    }),
  ];
}

function jobTables({ text, number, counter, end }: SqlDialect): readonly string[] {
  return [
    `create table jobs (
       id ${counter}, kind ${text} not null, key ${text} not null, priority ${number} not null,
       payload ${text} not null, replaces ${number} not null, state ${text} not null, run_at ${number} not null,
       attempts ${number} not null, interruptions ${number} not null, error ${text})${end}`,
    'create index jobs_in_line on jobs (state, priority, id)',
    'create index jobs_by_time on jobs (state, run_at)',
    'create index keyed_jobs on jobs (key, kind, state)',
  ];
}
