import type { Thread } from '../../../model/repo.ts';
import type { FoundComment } from '../forge.ts';
import { type Access, readPages } from './access.ts';
import { isBotName } from './bots.ts';
import { speaksToUs } from './events.ts';
import { keyIn } from './marker.ts';
import { type Fields, utc } from './read.ts';

/** Pages of events looked through: 1,000 comments. */
const MOST_PAGES = 10;

const day = 24 * 3_600_000;

/**
 * Notes of people that speak to us, written after `since`, newest first, from the project's events: GitLab has no list of its notes.
 * Events are asked for by day, the day itself left out, in the time zone of the server.
 */
export async function readNewCommands(access: Access, since: Date): Promise<readonly FoundComment[]> {
  const after = new Date(since.getTime() - 2 * day).toISOString().slice(0, 10);
  const isOld = (event: Fields): boolean => new Date(event.text('created_at')) <= since;
  const events = await readPages({
    what: `comments of project ${access.ref.id}`,
    pages: MOST_PAGES,
    read: (at) =>
      access.client.Events.all({ ...at, projectId: access.ref.id, action: 'commented', after, sort: 'desc' }),
    enough: (page) => page.some(isOld),
  });
  return events.filter((event) => !isOld(event)).flatMap(readEvent);
}

function readEvent(event: Fields): readonly FoundComment[] {
  const thread = threadOf(event);
  const author = event.textOrNull('author', 'username');
  const body = event.textOrNull('note', 'body') ?? '';
  const isOpen =
    !event.flag('note', 'system') && !event.flag('note', 'internal') && !event.flag('note', 'confidential');
  if (thread === null || author === null || !isOpen) return [];
  if (isBotName(author) || keyIn(body) !== null || !speaksToUs.test(body)) return [];
  const createdAt = utc(event.textOrNull('note', 'created_at') ?? event.text('created_at'));
  return [{ thread, comment: event.number('note', 'id'), author, createdAt }];
}

function threadOf(event: Fields): Thread | null {
  const number = event.numberOrNull('note', 'noteable_iid');
  const type = event.textOrNull('note', 'noteable_type');
  if (number === null) return null;
  if (type === 'MergeRequest') return { kind: 'pull', number };
  return type === 'Issue' ? { kind: 'issue', number } : null;
}
