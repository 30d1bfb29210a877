import { type RepoRef, repoKey } from '../../../model/repo.ts';
import type { Repos } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';

/** The repositories that were heard of. */
export function createRepos(access: Access): Repos {
  return {
    see: async (tx, repo) => {
      const document = toColumn(repo);
      await access.writeOne(tx, (db) =>
        db
          .insertInto('repos')
          .values({ key: repoKey(repo), document })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ document }))
          .execute(),
      );
    },
    list: () =>
      access.read(async (db) => {
        const rows = await db.selectFrom('repos').select('document').orderBy('key').execute();
        return rows.map(({ document }) => fromColumn<RepoRef>(document));
      }),
  };
}
