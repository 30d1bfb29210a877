import type { Kysely } from 'kysely';
import type { Plan } from '../../../model/plan.ts';
import { repoKey } from '../../../model/repo.ts';
import { resourceKey } from '../../../model/resource.ts';
import type { Plans, Touching } from '../store.ts';
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
        await noteTargets(db, place, plan);
      }),
    touching: (repo, targets, except) => access.read((db) => touching(db, { repo: repoKey(repo), targets, except })),
    leave: (repo, pull) =>
      access.write(null, async (db) => {
        await db.deleteFrom('plan_targets').where('repo', '=', repoKey(repo)).where('pull', '=', pull).execute();
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

interface Wanted {
  readonly repo: string;
  readonly targets: readonly string[];
  readonly except: number;
}

async function touching(db: Kysely<Tables>, { repo, targets, except }: Wanted): Promise<readonly Touching[]> {
  const rows = await db
    .selectFrom('plan_targets')
    .select(['pull', 'head', 'target', 'changed'])
    .where('repo', '=', repo)
    .where('target', 'in', [...targets])
    .where('pull', '!=', except)
    .orderBy('pull', 'desc')
    .orderBy('target')
    .limit(100)
    .execute();
  return rows.map((row) => ({ ...row, changed: fromColumn<readonly string[]>(row.changed) }));
}

/** Where a pull changes a target of many thousand objects, so many of them are noted. */
const mostChanged = 2_000;

async function noteTargets(db: Kysely<Tables>, place: { repo: string; pull: number }, plan: Plan): Promise<void> {
  const { repo, pull } = place;
  await db.deleteFrom('plan_targets').where('repo', '=', repo).where('pull', '=', pull).execute();
  const rows = plan.targets
    .filter(({ changes }) => changes.length > 0)
    .map(({ id, changes }) => {
      const keys = [...new Set(changes.map(({ resource }) => resourceKey(resource)))].slice(0, mostChanged);
      return { repo, pull, target: id, head: plan.head, changed: toColumn(keys) };
    });
  for (let from = 0; from < rows.length; from += rowsPerInsert)
    await db
      .insertInto('plan_targets')
      .values(rows.slice(from, from + rowsPerInsert))
      .execute();
}

/** Databases bound the parameters of a statement. */
const rowsPerInsert = 500;

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
