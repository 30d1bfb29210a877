import { BorderError } from '../../../model/error.ts';
import type { Redacted } from '../../../model/redacted.ts';
import type { CommentOutcome } from '../forge.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { writeOnce } from './client.ts';
import { calling } from './errors.ts';

/** Pages of comments we look through for ours: 2,500 comments. */
const MOST_PAGES = 25;

interface Found {
  readonly id: number;
  readonly body: string;
  readonly url: string;
}

/**
 * Makes sure that exactly one comment of this key stands on the pull with this body. Ours are those that our own user
 * wrote and that begin with the marker: a marker quoted further down, or written by somebody else, counts for nothing.
 * Any of ours beyond the oldest are deleted: a POST whose answer was lost leaves such a twin.
 */
export function ensureComment(
  access: Access,
  wanted: { pull: number; key: string; body: Redacted; sameApartFrom: RegExp | null },
): Promise<CommentOutcome> {
  const marker = markerOf(wanted.key);
  return access.oneAtATime(`${access.ref.id}#${wanted.pull}`, async () => {
    const [oldest, ...twins] = await findOurs(access, wanted.pull, marker);
    for (const twin of twins) await remove(access, twin.id);
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

/** The hidden first line of our comments. Keys are our own words, never foreign text. */
export function markerOf(key: string): string {
  return `<!-- fairlead:v1 key=${key} -->`;
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
    if (!(error instanceof BorderError) || error.kind !== 'not-found') throw error;
  }
}

function isSame(one: string, other: string, apartFrom: RegExp | null): boolean {
  return blank(one, apartFrom) === blank(other, apartFrom);
}

/** GitHub may store line ends and trailing blanks its own way. */
function blank(text: string, apartFrom: RegExp | null): string {
  const plain = text.replaceAll('\r\n', '\n').trimEnd();
  if (apartFrom === null) return plain;
  const flags = apartFrom.flags.includes('g') ? apartFrom.flags : `${apartFrom.flags}g`;
  return plain.replace(new RegExp(apartFrom.source, flags), '');
}
