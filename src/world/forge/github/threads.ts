import type { Thread } from '../../../model/repo.ts';
import type { Acknowledgement, Comment } from '../forge.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { writeOnce } from './client.ts';
import { calling, unless } from './errors.ts';

/** Reactions GitHub has for what we say. */
const contents = { seen: 'eyes', done: 'rocket', refused: 'confused' } as const satisfies Record<
  Acknowledgement,
  string
>;

/** Pages of reactions below one comment we look through. */
const MOST_PAGES = 10;

/**
 * One comment of a thread; null when it is gone or stands in another thread. GitHub counts time in seconds, so an edit
 * within the second of writing is not seen.
 */
export async function readComment(access: Access, thread: Thread, id: number): Promise<Comment | null> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}';
  const data = await unless('not-found', null, async () => {
    return (await calling(access.errors, () => client.request(route, { owner, repo, comment_id: id }))).data;
  });
  if (data === null || !data.issue_url.endsWith(`/issues/${thread.number}`)) return null;
  return {
    id,
    // A deleted account has no user; GitHub shows it as ghost.
    author: data.user?.login ?? 'ghost',
    isBot: data.user?.type === 'Bot',
    body: data.body ?? '',
    edited: data.updated_at !== data.created_at,
    createdAt: data.created_at,
    url: data.html_url,
  };
}

/** Puts our reaction below a comment and takes an earlier one of ours away. A comment that is gone needs none. */
export function acknowledge(access: Access, comment: number, how: Acknowledgement): Promise<void> {
  return access.oneAtATime(`${access.ref.id}:comment:${comment}`, () =>
    unless('not-found', undefined, async () => {
      const ours = await readOurs(access, comment);
      const wanted = contents[how];
      if (!ours.some(({ content }) => content === wanted)) await add(access, comment, wanted);
      for (const { id, content } of ours) if (content !== wanted) await remove(access, comment, id);
    }),
  );
}

interface Ours {
  readonly id: number;
  readonly content: string;
}

async function readOurs(access: Access, comment: number): Promise<readonly Ours[]> {
  const authors = await access.authorIds();
  const said: readonly string[] = Object.values(contents);
  const all = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo, client } = access;
      const route = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
      return (await client.request(route, { owner, repo, comment_id: comment, per_page: PAGE, page })).data;
    },
  });
  return all
    .filter(({ user, content }) => authors.has(Number(user?.id ?? -1)) && said.includes(content))
    .map(({ id, content }) => ({ id: Number(id), content }));
}

/** GitHub answers with the one that stands already, so this may run twice. */
async function add(access: Access, comment: number, content: (typeof contents)[Acknowledgement]): Promise<void> {
  const { owner, repo, client } = access;
  const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
  await calling(access.errors, () =>
    client.request(route, { owner, repo, comment_id: comment, content, ...writeOnce }),
  );
}

async function remove(access: Access, comment: number, reaction: number): Promise<void> {
  const { owner, repo, client } = access;
  const route = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}';
  const asked = { owner, repo, comment_id: comment, reaction_id: reaction, ...writeOnce };
  await unless('not-found', undefined, () => calling(access.errors, () => client.request(route, asked)));
}
