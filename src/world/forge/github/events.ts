import { FairleadError } from '../../../model/error.ts';
import type { RepoRef } from '../../../model/repo.ts';
import type { ForgeEvent, RawDelivery } from '../receiver.ts';

type Payload = Readonly<Record<string, unknown>>;

/** Actions of a pull after which it must be looked at again. `edited` counts only where the base moved. */
const changing = new Set(['opened', 'synchronize', 'reopened', 'ready_for_review']);

/** Branches on which GitHub tries out its merge queue: they come and go, and nobody deploys from them. */
const queueBranches = 'gh-readonly-queue/';

/**
 * What a webhook means to the bot; an empty list for all it does not want. Reads only the fields it needs and ignores
 * the rest, because GitHub adds fields at any time.
 *
 * @throws FairleadError `broken-payload` where a wanted event lacks a field
 */
export function readEvents(delivery: RawDelivery): readonly ForgeEvent[] {
  const read = readers.get(delivery.headers['x-github-event'] ?? '');
  return read === undefined ? [] : read(parse(delivery));
}

// A map, as the name comes from outside and an object has names of its own.
const readers = new Map<string, (payload: Payload) => readonly ForgeEvent[]>([
  ['pull_request', readPull],
  ['push', readPush],
  ['check_run', (payload) => readRerun(payload, 'check_run')],
  ['check_suite', (payload) => readRerun(payload, 'check_suite')],
  ['merge_group', readGroup],
  ['repository', readRepository],
  ['installation', (payload) => readInstalled(payload, ['created', 'unsuspend'], 'repositories')],
  ['installation_repositories', (payload) => readInstalled(payload, ['added'], 'repositories_added')],
  ['issue_comment', readComment],
]);

function readPull(payload: Payload): readonly ForgeEvent[] {
  const action = text(payload, 'action');
  if (action === 'closed') return [readClosed(payload)];
  if (!changing.has(action) && !(action === 'edited' && movedBase(payload))) return [];
  const head = text(payload, 'pull_request', 'head', 'sha');
  const before = dig(payload, ['before']);
  const replaced = typeof before === 'string' ? { before } : {};
  return [{ kind: 'pull-changed', repo: repoOf(payload), pull: number(payload, 'number'), head, ...replaced }];
}

function readClosed(payload: Payload): ForgeEvent {
  const what = { repo: repoOf(payload), pull: number(payload, 'number') };
  if (dig(payload, ['pull_request', 'merged']) !== true) return { kind: 'pull-closed', ...what };
  return { kind: 'pull-merged', ...what, branch: text(payload, 'pull_request', 'base', 'ref') };
}

function movedBase(payload: Payload): boolean {
  return dig(payload, ['changes', 'base']) !== undefined;
}

function readPush(payload: Payload): readonly ForgeEvent[] {
  const ref = text(payload, 'ref');
  const prefix = 'refs/heads/';
  if (!ref.startsWith(prefix) || payload['deleted'] === true) return [];
  const branch = ref.slice(prefix.length);
  if (branch.startsWith(queueBranches)) return [];
  const before = text(payload, 'before');
  const moved = { head: text(payload, 'after'), before: /^0+$/.test(before) ? null : before };
  return [{ kind: 'branch-moved', repo: repoOf(payload), branch, ...moved }];
}

/** A repository that goes away says nothing here: work for it ends when it finds nothing there. */
function readRepository(payload: Payload): readonly ForgeEvent[] {
  const action = text(payload, 'action');
  const isBack = action === 'unarchived';
  if (!isBack && action !== 'renamed' && action !== 'transferred') return [];
  return [{ kind: 'repo-seen', repo: repoOf(payload), isBack }];
}

/** Repositories on which the app is installed now. */
function readInstalled(payload: Payload, actions: readonly string[], list: string): readonly ForgeEvent[] {
  if (!actions.includes(text(payload, 'action'))) return [];
  const installation = number(payload, 'installation', 'id');
  const listed = dig(payload, [list]);
  return (Array.isArray(listed) ? (listed as readonly Payload[]) : []).map((repository) => ({
    kind: 'repo-seen',
    repo: { forge: 'github', id: number(repository, 'id'), fullName: text(repository, 'full_name'), installation },
    isBack: true,
  }));
}

/** A group of the merge queue. The pull it was made for stands only in the name of its branch. */
function readGroup(payload: Payload): readonly ForgeEvent[] {
  const action = text(payload, 'action');
  if (action !== 'checks_requested' && action !== 'destroyed') return [];
  const ref = text(payload, 'merge_group', 'head_ref');
  const pull = /\/pr-(\d+)-[0-9a-f]+$/.exec(ref)?.[1];
  return [
    {
      ...{ kind: 'group-changed', repo: repoOf(payload), ref },
      head: text(payload, 'merge_group', 'head_sha'),
      base: text(payload, 'merge_group', 'base_sha'),
      branch: text(payload, 'merge_group', 'base_ref').replace(/^refs\/heads\//, ''),
      pull: pull === undefined ? null : Number(pull),
      isOver: action === 'destroyed',
    },
  ];
}

/** "Re-run" of one check, and "re-run all": GitHub tells an app only of its own. */
function readRerun(payload: Payload, what: 'check_run' | 'check_suite'): readonly ForgeEvent[] {
  if (text(payload, 'action') !== 'rerequested') return [];
  return [{ kind: 'check-rerequested', repo: repoOf(payload), head: text(payload, what, 'head_sha') }];
}

/** A line that starts with our command word, indented less than a code block. The words behind it are read later. */
export const addressed = /^ {0,3}\/fairlead(?=\s|$)/im;

/** New comments of people on pulls and issues. An edit must not execute, and a bot must not command a bot. */
function readComment(payload: Payload): readonly ForgeEvent[] {
  if (text(payload, 'action') !== 'created') return [];
  const body = dig(payload, ['comment', 'body']);
  const isBot = [['sender'], ['comment', 'user']].some((who) => dig(payload, [...who, 'type']) === 'Bot');
  if (isBot || typeof body !== 'string' || !addressed.test(body)) return [];
  const kind = dig(payload, ['issue', 'pull_request']) === undefined ? 'issue' : 'pull';
  return [
    {
      kind: 'comment-created',
      repo: repoOf(payload),
      thread: { kind, number: number(payload, 'issue', 'number') },
      comment: number(payload, 'comment', 'id'),
      author: text(payload, 'comment', 'user', 'login'),
    },
  ];
}

function repoOf(payload: Payload): RepoRef {
  const installation = dig(payload, ['installation', 'id']);
  return {
    forge: 'github',
    id: number(payload, 'repository', 'id'),
    fullName: text(payload, 'repository', 'full_name'),
    installation: typeof installation === 'number' ? installation : null,
  };
}

function parse(delivery: RawDelivery): Payload {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(delivery.body).toString('utf8'));
  } catch (cause) {
    throw broken(delivery.headers['x-github-delivery'] ?? 'webhook', 'it is not JSON', cause);
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Payload;
  throw broken(delivery.headers['x-github-delivery'] ?? 'webhook', 'it is not an object');
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

function broken(subject: string, why: string, cause?: unknown): FairleadError {
  return new FairleadError({
    code: 'broken-payload',
    subject,
    message: `A webhook of GitHub could not be read: ${why}.`,
    remedy: 'Look at the delivery under "Recent deliveries" in the settings of the GitHub App, and redeliver it.',
    cause,
  });
}
