import { repoKey } from '../../../model/repo.ts';
import type { Mark, Pulls } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';
import type { Tables } from './tables.ts';
import { keptText } from './text-column.ts';

/** What people and reviews said about pulls. */
export function createPulls(access: Access): Pulls {
  return { ...createMarks(access), ...createMemory(access) };
}

function createMarks(access: Access): Pick<Pulls, 'marks' | 'mark' | 'unmark'> {
  return {
    marks: (repo, pull) =>
      access.read(async (db) => {
        const rows = await db
          .selectFrom('marks')
          .selectAll()
          .where('repo', '=', repoKey(repo))
          .where('pull', '=', pull)
          .orderBy('at')
          .orderBy('kind')
          .orderBy('subject')
          .orderBy('author')
          .execute();
        return rows.map(markOf);
      }),
    mark: async (tx, repo, pull, { by, digests, reason, ...mark }) => {
      const said = { ...mark, reason: keptText(reason), digests: toColumn(digests) };
      await access.writeOne(tx, (db) =>
        db
          .insertInto('marks')
          .values({ ...said, author: by, repo: repoKey(repo), pull })
          .onConflict((conflict) => conflict.columns(['repo', 'pull', 'kind', 'subject', 'author']).doUpdateSet(said))
          .execute(),
      );
    },
    unmark: (tx, repo, pull, kind, subject) =>
      access.writeOne(tx, async (db) => {
        const { numDeletedRows } = await db
          .deleteFrom('marks')
          .where('repo', '=', repoKey(repo))
          .where('pull', '=', pull)
          .where('kind', '=', kind)
          .where('subject', '=', subject)
          .executeTakeFirst();
        return numDeletedRows > 0n;
      }),
  };
}

function createMemory(access: Access): Pick<Pulls, 'last' | 'remember'> {
  return {
    last: (repo, pull) =>
      access.read(async (db) => {
        const row = await db
          .selectFrom('reviewed_pulls')
          .select(['base', 'head', 'inputs'])
          .where('repo', '=', repoKey(repo))
          .where('pull', '=', pull)
          .executeTakeFirst();
        return row === undefined ? null : { base: row.base, head: row.head, inputs: fromColumn(row.inputs) };
      }),
    remember: async (repo, pull, { base, head, inputs }) => {
      const last = { base, head, inputs: toColumn(inputs) };
      await access.writeOne(null, (db) =>
        db
          .insertInto('reviewed_pulls')
          .values({ ...last, repo: repoKey(repo), pull })
          .onConflict((conflict) => conflict.columns(['repo', 'pull']).doUpdateSet(last))
          .execute(),
      );
    },
  };
}

function markOf(row: Tables['marks']): Mark {
  return {
    // Only `mark` writes the column.
    kind: row.kind as Mark['kind'],
    subject: row.subject,
    head: row.head,
    digests: fromColumn(row.digests),
    by: row.author,
    reason: row.reason,
    at: row.at,
  };
}
