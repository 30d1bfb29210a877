import { repoKey } from '../../../model/repo.ts';
import type { Heads } from '../store.ts';
import type { Access } from './access.ts';

/** How far the merges of branches were worked out. */
export function createHeads(access: Access): Heads {
  return {
    get: (repo, branch) =>
      access.read(async (db) => {
        const row = await db
          .selectFrom('heads')
          .select('head')
          .where('repo', '=', repoKey(repo))
          .where('branch', '=', branch)
          .executeTakeFirst();
        return row?.head ?? null;
      }),
    set: async (tx, repo, branch, head) => {
      await access.writeOne(tx, (db) =>
        db
          .insertInto('heads')
          .values({ repo: repoKey(repo), branch, head })
          .onConflict((conflict) => conflict.columns(['repo', 'branch']).doUpdateSet({ head }))
          .execute(),
      );
    },
  };
}
