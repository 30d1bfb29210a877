import type { Kysely } from 'kysely';
import { type Deployment, endStates } from '../../../model/deployment.ts';
import { repoKey } from '../../../model/repo.ts';
import type { DeploymentQuery, Deployments } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import type { Tables } from './tables.ts';

/** Commits carried out on targets. */
export function createDeployments(access: Access): Deployments {
  return {
    create: (tx, deployment) =>
      access.write(tx, async (db) => (await openTwin(db, deployment)) ?? (await insert(db, deployment))),
    get: (id) =>
      access.read(async (db) => {
        const number = numberOf(id);
        return number === null ? null : read(db, number);
      }),
    update: (tx, id, change, from) => access.write(tx, (db) => update(db, id, change, from)),
    find: (query) => access.read((db) => find(db, query)),
  };
}

async function openTwin(db: Kysely<Tables>, deployment: Omit<Deployment, 'id'>): Promise<Deployment | null> {
  const row = await db
    .selectFrom('deployments')
    .select(['number', 'state', 'document'])
    .where('repo', '=', repoKey(deployment.repo))
    .where('target', '=', deployment.target)
    .where('commit_id', '=', deployment.commit)
    .where('asked_by', '=', deployment.trigger)
    .where('state', 'not in', [...endStates])
    .executeTakeFirst();
  return row === undefined ? null : deploymentOf(row);
}

async function insert(db: Kysely<Tables>, deployment: Omit<Deployment, 'id'>): Promise<Deployment> {
  const { number } = await db
    .insertInto('deployments')
    .values(columnsOf(deployment))
    .returning('number')
    .executeTakeFirstOrThrow();
  await setPulls(db, number, deployment.pulls);
  return { ...deployment, id: `D-${number}` };
}

async function setPulls(db: Kysely<Tables>, deployment: number, pulls: readonly number[]): Promise<void> {
  await db.deleteFrom('deployment_pulls').where('deployment', '=', deployment).execute();
  const rows = [...new Set(pulls)].map((pull) => ({ deployment, pull }));
  if (rows.length > 0) await db.insertInto('deployment_pulls').values(rows).execute();
}

async function update(
  db: Kysely<Tables>,
  id: string,
  change: Partial<Omit<Deployment, 'id'>>,
  from: readonly Deployment['state'][] | undefined,
): Promise<boolean> {
  const number = numberOf(id);
  const current = number === null ? null : await read(db, number);
  if (number === null || current === null) return false;
  if (from !== undefined && !from.includes(current.state)) return false;
  const { id: _, ...next } = { ...current, ...change };
  await db.updateTable('deployments').set(columnsOf(next)).where('number', '=', number).execute();
  if (change.pulls !== undefined) await setPulls(db, number, next.pulls);
  return true;
}

async function read(db: Kysely<Tables>, number: number): Promise<Deployment | null> {
  const row = await db
    .selectFrom('deployments')
    .select(['number', 'state', 'document'])
    .where('number', '=', number)
    .executeTakeFirst();
  return row === undefined ? null : deploymentOf(row);
}

async function find(db: Kysely<Tables>, query: DeploymentQuery): Promise<readonly Deployment[]> {
  const { repo, target, environment, application, pull, commit, states, limit = 100 } = query;
  if (states?.length === 0) return [];
  let rows = db.selectFrom('deployments').select(['number', 'state', 'document']);
  if (repo !== undefined) rows = rows.where('repo', '=', repoKey(repo));
  if (target !== undefined) rows = rows.where('target', '=', target);
  if (environment !== undefined) rows = rows.where('environment', '=', environment);
  if (application !== undefined) rows = rows.where('application', '=', application);
  if (commit !== undefined) rows = rows.where('commit_id', '=', commit);
  if (states !== undefined) rows = rows.where('state', 'in', [...states]);
  if (pull !== undefined) {
    const ofPull = db.selectFrom('deployment_pulls').select('deployment').where('pull', '=', pull);
    rows = rows.where('number', 'in', ofPull);
  }
  const found = await rows
    .orderBy('number', 'desc')
    .limit(Math.max(0, Math.min(limit, 1_000)))
    .execute();
  return found.map(deploymentOf);
}

function numberOf(id: string): number | null {
  const digits = /^D-([1-9][0-9]{0,14})$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

function columnsOf(deployment: Omit<Deployment, 'id'>): Omit<Tables['deployments'], 'number'> {
  const { state, ...document } = deployment;
  return {
    repo: repoKey(deployment.repo),
    target: deployment.target,
    application: deployment.application,
    environment: deployment.environment,
    commit_id: deployment.commit,
    asked_by: deployment.trigger,
    state,
    document: toColumn(document),
  };
}

function deploymentOf(row: { readonly number: number; readonly state: string; readonly document: string }): Deployment {
  // Only `columnsOf` writes the column.
  const state = row.state as Deployment['state'];
  return { id: `D-${row.number}`, state, ...fromColumn<Omit<Deployment, 'id' | 'state'>>(row.document) };
}
