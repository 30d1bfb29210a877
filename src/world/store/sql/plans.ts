import type { Kysely } from 'kysely';
import type { Plan } from '../../../model/plan.ts';
import { repoKey } from '../../../model/repo.ts';
import type { Plans } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import type { Tables } from './tables.ts';

/** Heads of a pull whose plans are kept: a merge takes the newest, or one that was the newest a moment ago. */
const keptHeads = 10;

/** What reviews worked out. */
export function createPlans(access: Access): Plans {
  return {
    save: (tx, plan) =>
      access.write(tx, async (db) => {
        const place = { repo: repoKey(plan.repo), pull: plan.pull };
        // Inserted again rather than updated, so that the id tells which head was reviewed last.
        await db
          .deleteFrom('plans')
          .where('repo', '=', place.repo)
          .where('pull', '=', place.pull)
          .where('head', '=', plan.head)
          .execute();
        await db
          .insertInto('plans')
          .values({ ...place, head: plan.head, document: toColumn(plan) })
          .execute();
        await removeOld(db, place);
      }),
    of: (repo, pull, head) =>
      access.read(async (db) => {
        const plans = db
          .selectFrom('plans')
          .select('document')
          .where('repo', '=', repoKey(repo))
          .where('pull', '=', pull);
        const row = await (head === null
          ? plans.orderBy('id', 'desc').limit(1)
          : plans.where('head', '=', head)
        ).executeTakeFirst();
        return row === undefined ? null : fromColumn<Plan>(row.document);
      }),
  };
}

async function removeOld(db: Kysely<Tables>, { repo, pull }: { repo: string; pull: number }): Promise<void> {
  const kept = db
    .selectFrom('plans')
    .select('id')
    .where('repo', '=', repo)
    .where('pull', '=', pull)
    .orderBy('id', 'desc')
    .limit(keptHeads);
  await db.deleteFrom('plans').where('repo', '=', repo).where('pull', '=', pull).where('id', 'not in', kept).execute();
}
