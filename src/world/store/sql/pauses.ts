import { repoKey } from '../../../model/repo.ts';
import type { Pause, Pauses } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';

/** Environments that stand still. */
export function createPauses(access: Access): Pauses {
  return {
    list: (repo) =>
      access.read(async (db) => {
        const rows = await db
          .selectFrom('pauses')
          .select('document')
          .where('repo', '=', repoKey(repo))
          .orderBy('environment')
          .execute();
        return rows.map((row) => fromColumn<Pause>(row.document));
      }),
    set: async (tx, pause) => {
      const place = { repo: repoKey(pause.repo), environment: pause.environment ?? '' };
      const document = toColumn(pause);
      await access.writeOne(tx, (db) =>
        db
          .insertInto('pauses')
          .values({ ...place, document })
          .onConflict((conflict) => conflict.columns(['repo', 'environment']).doUpdateSet({ document }))
          .execute(),
      );
    },
    clear: (tx, repo, environment) =>
      access.writeOne(tx, async (db) => {
        const { numDeletedRows } = await db
          .deleteFrom('pauses')
          .where('repo', '=', repoKey(repo))
          .where('environment', '=', environment ?? '')
          .executeTakeFirst();
        return numDeletedRows > 0n;
      }),
  };
}
