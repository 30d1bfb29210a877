import { FairleadError } from '../../../model/error.ts';
import type { ForgeEvent, RawDelivery, RepoRef } from '../forge.ts';

type Payload = Readonly<Record<string, unknown>>;

/** Actions of a pull after which it must be looked at again. `edited` counts only where the base moved. */
const changing = new Set(['opened', 'synchronize', 'reopened', 'ready_for_review']);

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
  ['check_run', readCheckRun],
]);

function readPull(payload: Payload): readonly ForgeEvent[] {
  const action = text(payload, 'action');
  if (action === 'closed') return [{ kind: 'pull-closed', repo: repoOf(payload), pull: number(payload, 'number') }];
  if (!changing.has(action) && !(action === 'edited' && movedBase(payload))) return [];
  const head = text(payload, 'pull_request', 'head', 'sha');
  return [{ kind: 'pull-changed', repo: repoOf(payload), pull: number(payload, 'number'), head }];
}

function movedBase(payload: Payload): boolean {
  return dig(payload, ['changes', 'base']) !== undefined;
}

function readPush(payload: Payload): readonly ForgeEvent[] {
  const ref = text(payload, 'ref');
  const prefix = 'refs/heads/';
  if (!ref.startsWith(prefix) || payload['deleted'] === true) return [];
  const branch = ref.slice(prefix.length);
  return [{ kind: 'branch-moved', repo: repoOf(payload), branch, head: text(payload, 'after') }];
}

function readCheckRun(payload: Payload): readonly ForgeEvent[] {
  if (text(payload, 'action') !== 'rerequested') return [];
  return [{ kind: 'check-rerequested', repo: repoOf(payload), head: text(payload, 'check_run', 'head_sha') }];
}

function repoOf(payload: Payload): RepoRef {
  const installation = dig(payload, ['installation', 'id']);
  return {
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
