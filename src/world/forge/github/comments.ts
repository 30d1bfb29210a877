import type { Redacted } from '../../../model/redacted.ts';
import type { CommentOutcome } from '../forge.ts';
import { retitled } from '../retitled.ts';
import { knownId } from '../writes/announce.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { writeOnce } from './client.ts';
import { calling, failedWith, unless } from './errors.ts';
import { isSame, markerOf } from './marker.ts';

/** Pages of comments we look through for ours: 2,500 comments. */
const MOST_PAGES = 25;

interface Found {
  readonly id: number;
  readonly body: string;
  readonly url: string;
}

/**
 * Makes sure that exactly one comment of this key stands on the pull or issue with this body. Ours are those that our own user
 * wrote and that begin with the marker: a marker quoted further down, or written by somebody else, counts for nothing.
 * Any of ours beyond the oldest are deleted: a POST whose answer was lost leaves such a twin.
 */
export function ensureComment(
  access: Access,
  wanted: { pull: number; key: string; body: Redacted; sameApartFrom: RegExp | null },
): Promise<CommentOutcome> {
  const marker = markerOf(wanted.key);
  return access.oneAtATime(`${access.ref.id}#${wanted.pull}`, async () => {
    const [listed, ...twins] = await findOurs(access, wanted.pull, marker);
    for (const twin of twins) await remove(access, twin.id);
    const oldest = listed ?? (await findKnown(access, wanted.pull, marker));
    const body = `${marker}\n${wanted.body}`;
    if (oldest === undefined) return create(access, wanted.pull, body);
    if (isSame(oldest.body, body, wanted.sameApartFrom)) return { id: oldest.id, did: 'unchanged', url: oldest.url };
    return edit(access, oldest.id, body);
  });
}

/** Whether a comment of this key that is ours stands on the pull. */
export async function hasComment(access: Access, pull: number, key: string): Promise<boolean> {
  return (await findOurs(access, pull, markerOf(key))).length > 0;
}

/** Removes every comment of this key that is ours. */
export function retireComment(access: Access, pull: number, key: string): Promise<void> {
  return access.oneAtATime(`${access.ref.id}#${pull}`, async () => {
    for (const found of await findOurs(access, pull, markerOf(key))) await remove(access, found.id);
  });
}

/** Gives the comment of this key another first line, where there is one. */
export function retitleComment(
  access: Access,
  { pull, key, line, unless }: { pull: number; key: string; line: Redacted; unless: RegExp | null },
): Promise<CommentOutcome | null> {
  return access.oneAtATime(`${access.ref.id}#${pull}`, async () => {
    const [oldest] = await findOurs(access, pull, markerOf(key));
    const body = oldest === undefined ? null : retitled(oldest.body, line, unless);
    return oldest === undefined || body === null ? null : edit(access, oldest.id, body);
  });
}

/** Our comments of a marker, oldest first. */
async function findOurs(access: Access, pull: number, marker: string): Promise<readonly Found[]> {
  const authors = await access.authorIds();
  const comments = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { data } = await access.client.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        owner: access.owner,
        repo: access.repo,
        issue_number: pull,
        per_page: PAGE,
        page,
      });
      return data;
    },
  });
  return comments
    .filter((comment) => authors.has(Number(comment.user?.id ?? -1)) && (comment.body ?? '').startsWith(marker))
    .map((comment) => ({ id: Number(comment.id), body: comment.body ?? '', url: comment.html_url }))
    .toSorted((a, b) => a.id - b.id);
}

/** The comment we wrote the last time, where the list does not show it: lists lag behind. Undefined when it is gone. */
async function findKnown(access: Access, pull: number, marker: string): Promise<Found | undefined> {
  const id = await knownId();
  if (id === null) return undefined;
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}';
  return unless('not-found', undefined, async () => {
    const asked = { owner, repo, comment_id: id };
    const { data } = await calling(access.errors, () => client.request(route, asked));
    const isOurs = (await access.authorIds()).has(Number(data.user?.id ?? -1));
    const stands = isOurs && data.issue_url.endsWith(`/issues/${pull}`) && (data.body ?? '').startsWith(marker);
    return stands ? { id, body: data.body ?? '', url: data.html_url } : undefined;
  });
}

async function create(access: Access, pull: number, body: string): Promise<CommentOutcome> {
  const { owner, repo, client } = access;
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const { data } = await calling(access.errors, () =>
    client.request(route, { owner, repo, issue_number: pull, body, ...writeOnce }),
  );
  return { id: Number(data.id), did: 'created', url: data.html_url };
}

async function edit(access: Access, id: number, body: string): Promise<CommentOutcome> {
  const { owner, repo, client } = access;
  const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
  const { data } = await calling(access.errors, () =>
    client.request(route, { owner, repo, comment_id: id, body, ...writeOnce }),
  );
  return { id, did: 'edited', url: data.html_url };
}

/** Deleting what is gone already is a success. */
async function remove(access: Access, id: number): Promise<void> {
  const { owner, repo, client } = access;
  const route = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}';
  try {
    await calling(access.errors, () => client.request(route, { owner, repo, comment_id: id, ...writeOnce }));
  } catch (error) {
    if (!failedWith(error, 'not-found')) throw error;
  }
}
