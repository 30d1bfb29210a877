import type { Redacted } from '../../../model/redacted.ts';
import type { Thread } from '../../../model/repo.ts';
import type { Comment, CommentOutcome } from '../forge.ts';
import { retitled } from '../retitled.ts';
import { knownId } from '../writes/announce.ts';
import { type Access, isKind, orNull, readPages } from './access.ts';
import { isBotName } from './bots.ts';
import { isSame, markerOf } from './marker.ts';
import { disarm } from './quick-actions.ts';
import { type Fields, read, utc } from './read.ts';

/** Pages of notes we look through for ours: 2,500 notes. */
const MOST_PAGES = 25;

interface Found {
  readonly id: number;
  readonly body: string;
}

/**
 * Makes sure that exactly one note of this key stands in the thread with this body. Ours are those that our own user
 * wrote and that begin with the marker: a marker quoted further down, or written by somebody else, counts for nothing.
 * Any of ours beyond the oldest are deleted: a POST whose answer was lost leaves such a twin.
 */
export function ensureNote(
  access: Access,
  wanted: { thread: Thread; key: string; body: Redacted; sameApartFrom: RegExp | null },
): Promise<CommentOutcome> {
  const { thread, key } = wanted;
  return access.oneAtATime(turnOf(access, thread), async () => {
    const [listed, ...twins] = await findOurs(access, thread, key);
    for (const twin of twins) await remove(access, thread, twin.id);
    const oldest = listed ?? (await findKnown(access, thread, key));
    const body = disarm(`${markerOf(key)}\n${wanted.body}`);
    if (oldest === undefined) return outcomeOf(access, thread, 'created', await create(access, thread, body));
    const { id } = oldest;
    if (isSame(oldest.body, body, wanted.sameApartFrom)) return outcomeOf(access, thread, 'unchanged', id);
    await notesOf(access, thread).edit(access.ref.id, thread.number, id, { body });
    return outcomeOf(access, thread, 'edited', id);
  });
}

/** Whether a note of this key that is ours stands in the thread. */
export async function hasNote(access: Access, thread: Thread, key: string): Promise<boolean> {
  return (await findOurs(access, thread, key)).length > 0;
}

/** Removes every note of this key that is ours. */
export function retireNote(access: Access, thread: Thread, key: string): Promise<void> {
  return access.oneAtATime(turnOf(access, thread), async () => {
    for (const found of await findOurs(access, thread, key)) await remove(access, thread, found.id);
  });
}

/** Gives the note of this key another first line, where there is one. */
export function retitleNote(
  access: Access,
  { thread, key, line, unless }: { thread: Thread; key: string; line: Redacted; unless: RegExp | null },
): Promise<CommentOutcome | null> {
  return access.oneAtATime(turnOf(access, thread), async () => {
    const [oldest] = await findOurs(access, thread, key);
    const body = oldest === undefined ? null : retitled(oldest.body, line, unless);
    if (oldest === undefined || body === null) return null;
    await notesOf(access, thread).edit(access.ref.id, thread.number, oldest.id, { body: disarm(body) });
    return outcomeOf(access, thread, 'edited', oldest.id);
  });
}

/** One note; null when it is gone. */
export async function readNote(access: Access, thread: Thread, id: number): Promise<Comment | null> {
  const found = await orNull<unknown>(notesOf(access, thread).show(access.ref.id, thread.number, id));
  if (found === null) return null;
  const note = read(found, `note ${id}`);
  const author = note.text('author', 'username');
  return {
    id,
    author,
    isBot: isBotName(author) || note.flag('author', 'bot'),
    body: note.text('body'),
    edited: await wasEdited(access, note),
    createdAt: utc(note.text('created_at')),
    url: noteUrl(access, thread, id),
  };
}

/**
 * A reaction moves `updated_at` as well (`bump_updated_at` of GitLab's Note), so where it moved GraphQL is asked, which
 * alone knows when the text was last edited. A server that does not tell counts as edited: a command is then refused
 * rather than obeyed in somebody else's words.
 */
async function wasEdited(access: Access, note: Fields): Promise<boolean> {
  if (note.text('updated_at') === note.text('created_at')) return false;
  const query = `{ note(id: "gid://gitlab/Note/${note.number('id')}") { id lastEditedAt } }`;
  try {
    const { body } = await access.client.MergeRequests.requester.post('../graphql', { body: { query } });
    const answer = read(body, 'GraphQL note');
    return !answer.has('data', 'note', 'id') || answer.has('data', 'note', 'lastEditedAt');
  } catch (error) {
    // A server that serves no GraphQL, or not to us; one that cannot be reached is asked again by the queue.
    if (isKind(error, 'forbidden', 'not-found', 'unauthorized', 'invalid')) return true;
    throw error;
  }
}

/** Our notes of a key, oldest first. */
async function findOurs(access: Access, thread: Thread, key: string): Promise<readonly Found[]> {
  const ownId = await access.ownId();
  const notes = await readPages({
    what: `notes of ${thread.kind} ${thread.number}`,
    pages: MOST_PAGES,
    read: (at) =>
      notesOf(access, thread).all(access.ref.id, thread.number, { ...at, sort: 'asc', orderBy: 'created_at' }),
  });
  return notes
    .filter((note) => note.numberOrNull('author', 'id') === ownId && !note.flag('system'))
    .map((note) => ({ id: note.number('id'), body: note.text('body') }))
    .filter(({ body }) => body.startsWith(markerOf(key)))
    .toSorted((a, b) => a.id - b.id);
}

/** The note we wrote the last time, where the list does not show it: lists lag behind. Undefined when it is gone. */
async function findKnown(access: Access, thread: Thread, key: string): Promise<Found | undefined> {
  const id = await knownId();
  const found =
    id === null ? null : await orNull<unknown>(notesOf(access, thread).show(access.ref.id, thread.number, id));
  if (id === null || found === null) return undefined;
  const note = read(found, `note ${id}`);
  const isOurs = note.numberOrNull('author', 'id') === (await access.ownId());
  return isOurs && note.text('body').startsWith(markerOf(key)) ? { id, body: note.text('body') } : undefined;
}

async function create(access: Access, thread: Thread, body: string): Promise<number> {
  const made = await notesOf(access, thread).create(access.ref.id, thread.number, body);
  return read(made, 'new note').number('id');
}

/** Deleting what is gone already is a success. */
async function remove(access: Access, thread: Thread, id: number): Promise<void> {
  await orNull(notesOf(access, thread).remove(access.ref.id, thread.number, id));
}

function notesOf({ client }: Access, thread: Thread) {
  return thread.kind === 'pull' ? client.MergeRequestNotes : client.IssueNotes;
}

function turnOf(access: Access, thread: Thread): string {
  return `${access.ref.id} ${thread.kind} ${thread.number}`;
}

function outcomeOf(access: Access, thread: Thread, did: CommentOutcome['did'], id: number): CommentOutcome {
  return { id, did, url: noteUrl(access, thread, id) };
}

function noteUrl({ url, ref }: Access, thread: Thread, id: number): string {
  const place = thread.kind === 'pull' ? 'merge_requests' : 'issues';
  return `${url}/${ref.fullName}/-/${place}/${thread.number}#note_${id}`;
}
