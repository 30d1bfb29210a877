import type { CheckReport } from '../forge.ts';
import { type Access, readPages } from './access.ts';
import { writeOnce } from './client.ts';
import { calling } from './errors.ts';

/** Characters GitHub keeps of a status's description. */
const DESCRIPTION = 140;

/** Pages of statuses of one commit we look through. */
const MOST_PAGES = 5;

/**
 * Says what a finished check says as a commit status of the same name too, for branches whose protection asks for one. Nothing is sent
 * when the newest one of the name says the same.
 */
export async function reportCommitStatus(access: Access, sha: string, check: CheckReport): Promise<void> {
  const state = check.conclusion === 'failure' ? 'failure' : 'success';
  const description = cut(check.title);
  const newest = await newestStatus(access, sha, check.name);
  if (newest?.state === state && newest.description === description) return;
  const { owner, repo, client, errors } = access;
  const asked = { owner, repo, sha, state, description, context: check.name, ...writeOnce } as const;
  await calling(errors, () => client.request('POST /repos/{owner}/{repo}/statuses/{sha}', asked));
}

/** GitHub lists the newest first. */
async function newestStatus(
  access: Access,
  sha: string,
  name: string,
): Promise<{ readonly state: string; readonly description: string | null } | null> {
  const { owner, repo, client } = access;
  const statuses = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const route = 'GET /repos/{owner}/{repo}/commits/{ref}/statuses';
      return (await client.request(route, { owner, repo, ref: sha, per_page: 100, page })).data;
    },
    enough: (page) => page.some(({ context }) => context === name),
  });
  return statuses.find(({ context }) => context === name) ?? null;
}

/** A character outside the first plane is not cut in two. */
function cut(text: string): string {
  return text.length <= DESCRIPTION ? text : `${text.slice(0, DESCRIPTION - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
