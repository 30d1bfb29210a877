import type { FoundComment } from '../forge.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { addressed } from './events.ts';

/** Pages of comments looked through: 1,000 comments. */
const MOST_PAGES = 10;

/** Comments of people that speak to us, written after `since`, newest first: one call where little was written. */
export async function readNewCommands(access: Access, since: Date): Promise<readonly FoundComment[]> {
  const isOld = (created: string): boolean => new Date(created) <= since;
  const found = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo, client } = access;
      // `since` is about the last edit, so the age is compared as well.
      const order = { since: since.toISOString(), sort: 'created', direction: 'desc' } as const;
      const route = 'GET /repos/{owner}/{repo}/issues/comments';
      return (await client.request(route, { owner, repo, ...order, per_page: PAGE, page })).data;
    },
    enough: (page) => page.some(({ created_at }) => isOld(created_at)),
  });
  return found.flatMap(({ id, user, body, html_url, created_at }) => {
    const thread = threadOf(html_url);
    const isPerson = user !== null && user.type !== 'Bot';
    if (!isPerson || thread === null || isOld(created_at) || !addressed.test(body ?? '')) return [];
    return [{ thread, comment: Number(id), author: user.login, createdAt: created_at }];
  });
}

/** Lists give no more of the thread than the address people see: `/acme/shop/pull/7#issuecomment-1`. */
function threadOf(url: string): FoundComment['thread'] | null {
  const [, kind, number] = /\/(pull|issues)\/(\d+)(?:#|$)/.exec(url) ?? [];
  if (kind === undefined) return null;
  return { kind: kind === 'pull' ? 'pull' : 'issue', number: Number(number) };
}
