import { type Kysely, sql } from 'kysely';
import type { Drift } from '../../../model/drift.ts';
import { repoKey } from '../../../model/repo.ts';
import type { Drifts } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import type { Tables } from './tables.ts';

/** What the clusters have that Git has not. */
export function createDrifts(access: Access): Drifts {
  return {
    find: (query) => access.read((db) => find(db, query)),
    get: (id) =>
      access.read(async (db) => {
        const row = await db
          .selectFrom('drift')
          .select(['document', 'first_seen'])
          .where('id', '=', id)
          .executeTakeFirst();
        return row === undefined ? null : driftOf(row);
      }),
    save: async (tx, drift) => {
      const { firstSeen, ...document } = drift;
      const columns = {
        repo: repoKey(drift.repo),
        target: drift.target,
        environment: drift.environment,
        is_open: drift.resolvedAt === null ? 1 : 0,
        document: toColumn(document),
      };
      const first_seen = sql<string>`case when drift.is_open = 1 then drift.first_seen else ${firstSeen} end`;
      await access.writeOne(tx, (db) =>
        db
          .insertInto('drift')
          .values({ ...columns, id: drift.id, first_seen: firstSeen })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...columns, first_seen }))
          .execute(),
      );
    },
  };
}

async function find(db: Kysely<Tables>, query: Parameters<Drifts['find']>[0]): Promise<readonly Drift[]> {
  const { repo, target, environment, open } = query;
  let rows = db.selectFrom('drift').select(['document', 'first_seen']);
  if (repo !== undefined) rows = rows.where('repo', '=', repoKey(repo));
  if (target !== undefined) rows = rows.where('target', '=', target);
  if (environment !== undefined) rows = rows.where('environment', '=', environment);
  if (open === true) rows = rows.where('is_open', '=', 1);
  const found = await rows.orderBy('first_seen', 'desc').orderBy('id').execute();
  return found.map(driftOf);
}

function driftOf(row: { readonly document: string; readonly first_seen: string }): Drift {
  return { ...fromColumn<Omit<Drift, 'firstSeen'>>(row.document), firstSeen: row.first_seen };
}
