import { repoKey } from '../../../model/repo.ts';
import type { Inventories, InventoryEntry } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';

/** What engines applied to targets. */
export function createInventories(access: Access): Inventories {
  return {
    get: (target, repo) =>
      access.read(async (db) => {
        const row = await db
          .selectFrom('inventories')
          .select('entries')
          .where('repo', '=', repoKey(repo))
          .where('target', '=', target)
          .executeTakeFirst();
        return row === undefined ? [] : fromColumn<readonly InventoryEntry[]>(row.entries);
      }),
    set: async (tx, target, repo, entries) => {
      const column = { entries: toColumn(entries) };
      await access.writeOne(tx, (db) =>
        db
          .insertInto('inventories')
          .values({ ...column, repo: repoKey(repo), target })
          .onConflict((conflict) => conflict.columns(['repo', 'target']).doUpdateSet(column))
          .execute(),
      );
    },
  };
}
