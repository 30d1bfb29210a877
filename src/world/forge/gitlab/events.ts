import { FairleadError } from '../../../model/error.ts';
import type { RepoRef, Thread } from '../../../model/repo.ts';
import type { ForgeEvent, RawDelivery } from '../receiver.ts';
import { isBotName } from './bots.ts';
import { keyIn } from './marker.ts';

type Payload = Readonly<Record<string, unknown>>;
type Reader = (payload: Payload, repo: RepoRef) => readonly ForgeEvent[];

/**
 * What a webhook means to the bot; an empty list for all it does not want. Reads only the fields it needs and ignores
 * the rest, because GitLab adds fields at any time.
 *
 * @throws FairleadError `broken-payload` where a wanted event lacks a field
 */
export function readEvents(delivery: RawDelivery, forge: string): readonly ForgeEvent[] {
  const reader = readers.get(delivery.headers['x-gitlab-event'] ?? '');
  if (reader === undefined) return [];
  const payload = parse(delivery);
  return reader(payload, repoOf(payload, forge));
}

// A map, as the name comes from outside and an object has names of its own.
const readers = new Map<string, Reader>([
  ['Merge Request Hook', readMergeRequest],
  ['Push Hook', readPush],
  ['Note Hook', readNote],
]);

function readMergeRequest(payload: Payload, repo: RepoRef): readonly ForgeEvent[] {
  const action = dig(payload, ['object_attributes', 'action']);
  const pull = () => number(payload, 'object_attributes', 'iid');
  if (action === 'close') return [{ kind: 'pull-closed', repo, pull: pull() }];
  if (action === 'merge') {
    return [{ kind: 'pull-merged', repo, pull: pull(), branch: text(payload, 'object_attributes', 'target_branch') }];
  }
  const isChanged = action === 'open' || action === 'reopen' || (action === 'update' && changesPlan(payload));
  if (!isChanged) return [];
  const head = text(payload, 'object_attributes', 'last_commit', 'id');
  const before = dig(payload, ['object_attributes', 'oldrev']);
  return [{ kind: 'pull-changed', repo, pull: pull(), head, ...(typeof before === 'string' ? { before } : {}) }];
}

/** New commits (`oldrev`), another target branch, or a draft no more. */
function changesPlan(payload: Payload): boolean {
  const paths = [
    ['object_attributes', 'oldrev'],
    ['changes', 'target_branch'],
    ['changes', 'draft'],
  ];
  return paths.some((path) => dig(payload, path) !== undefined && dig(payload, path) !== null);
}

function readPush(payload: Payload, repo: RepoRef): readonly ForgeEvent[] {
  const ref = text(payload, 'ref');
  const prefix = 'refs/heads/';
  const head = text(payload, 'after');
  if (!ref.startsWith(prefix) || isZero(head)) return [];
  const before = text(payload, 'before');
  return [
    { kind: 'branch-moved', repo, branch: ref.slice(prefix.length), head, before: isZero(before) ? null : before },
  ];
}

/** A commit id of noughts: there was, or is, no branch. */
function isZero(sha: string): boolean {
  return /^0+$/.test(sha);
}

/** A new note by a person, not hidden from outsiders, with a line for us. What we wrote ourselves bears our marker. */
function readNote(payload: Payload, repo: RepoRef): readonly ForgeEvent[] {
  const note = (name: string) => dig(payload, ['object_attributes', name]);
  const isNew = note('action') === 'create' && note('system') !== true;
  const isOpen = note('internal') !== true && note('confidential') !== true;
  const thread = threadOf(payload);
  if (!isNew || !isOpen || thread === null) return [];
  const author = text(payload, 'user', 'username');
  const body = String(note('note') ?? '');
  if (isBotName(author) || keyIn(body) !== null || !speaksToUs.test(body)) return [];
  return [{ kind: 'comment-created', repo, thread, comment: number(payload, 'object_attributes', 'id'), author }];
}

/** Only a hint that a look is worth while: the parser of commands decides what a command is. */
export const speaksToUs = /^[ \t]{0,3}\/fairlead(?![\w-])/im;

function threadOf(payload: Payload): Thread | null {
  const type = dig(payload, ['object_attributes', 'noteable_type']);
  if (type === 'MergeRequest') return { kind: 'pull', number: number(payload, 'merge_request', 'iid') };
  return type === 'Issue' ? { kind: 'issue', number: number(payload, 'issue', 'iid') } : null;
}

function repoOf(payload: Payload, forge: string): RepoRef {
  return {
    forge,
    id: number(payload, 'project', 'id'),
    fullName: text(payload, 'project', 'path_with_namespace'),
    installation: null,
  };
}

function parse(delivery: RawDelivery): Payload {
  const subject = delivery.headers['x-gitlab-event'] ?? 'webhook';
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(delivery.body).toString('utf8'));
  } catch {
    // The parser's own text quotes the body.
    throw broken(subject, 'it is not JSON');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Payload;
  throw broken(subject, 'it is not an object');
}

function text(payload: Payload, ...path: readonly string[]): string {
  const found = dig(payload, path);
  if (typeof found === 'string' && found !== '') return found;
  throw broken(path.join('.'), `${path.join('.')} is not a text`);
}

function number(payload: Payload, ...path: readonly string[]): number {
  const found = dig(payload, path);
  if (typeof found === 'number' && Number.isSafeInteger(found)) return found;
  throw broken(path.join('.'), `${path.join('.')} is not a whole number`);
}

function dig(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Payload)[key];
  }
  return current;
}

function broken(subject: string, why: string): FairleadError {
  return new FairleadError({
    code: 'broken-payload',
    subject,
    message: `A webhook of GitLab could not be read: ${why}.`,
    remedy: 'Look at the delivery under "Recent events" of the webhook in the settings of the project, and resend it.',
  });
}
