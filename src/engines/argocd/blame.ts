import { createHash } from 'node:crypto';
import { formatResource, type ResourceId } from '../../model/resource.ts';
import type { AppOperation, OperationResult } from './application.ts';

/** Failing objects told of. */
const mostTold = 3;

/**
 * Words of faults that say nothing about the commit: a server, repository or cluster that could not be reached or would not let
 * Argo CD in. Everything else is taken for the commit's fault.
 */
const beyondCommit = new RegExp(
  [
    /code = (?:Unavailable|DeadlineExceeded|Canceled|ResourceExhausted)/,
    /failed to list refs|failed to fetch|unable to resolve|failed calling webhook/,
    /failed to (?:sync|get) cluster|failed to load live state|cluster cache|etcdserver/,
    /authentication (?:required|failed)|\bUnauthorized\b|is forbidden: User |x509:|tls: |TLS handshake/,
    /connection (?:refused|reset|timed out)|no such host|no route to host|network is unreachable|broken pipe/,
    // A template that ends too early is the commit's.
    /(?<!unexpected )\bEOF\b|": unexpected EOF|hung up unexpectedly/,
    // Fields are named timeout too.
    /timed out|time-?out (?:exceeded|after|waiting|awaiting)|(?:i\/o|gateway|request|handshake) time-?out|Client\.Timeout/,
    /deadline exceeded|context cancell?ed|signal: killed|no space left on device/,
    /too many requests|rate limit|server is currently unable|service unavailable|bad gateway|internal server error/,
    /status (?:code|from \S+ request to \S+):? (?:5\d\d|429)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** A person, or a limit on time, ended it. */
const endedFromOutside = /^operation (?:is )?terminat/i;

/** Whether a message of Argo CD tells of a fault that another commit would not have. */
export function isBeyondCommit(message: string): boolean {
  return beyondCommit.test(message);
}

/** What is known of a sync that failed. */
export interface Blame {
  /** The messages of the objects it failed at, or its own. */
  readonly reason: string;
  readonly resource: ResourceId | null;
  readonly isBeyondCommit: boolean;
}

/** Why a sync failed, and whether the commit is to blame. */
export function blame(operation: AppOperation): Blame {
  const failing = operation.results.filter(hasFailed);
  const messages = failing.length > 0 ? failing.map(({ message }) => message) : [operation.message];
  const told = failing.slice(0, mostTold).map(({ id, message }) => `${formatResource(id)}: ${clip(message, 500)}`);
  const more = failing.length > mostTold ? [`and ${failing.length - mostTold} more`] : [];
  const reason =
    told.length > 0 ? [...told, ...more].join('; ') : clip(operation.message, 1000) || 'it gives no reason';
  const isBeyond = endedFromOutside.test(operation.message) || messages.every(isBeyondCommit);
  return { reason, resource: failing[0]?.id ?? null, isBeyondCommit: isBeyond };
}

function hasFailed({ status, hookPhase }: OperationResult): boolean {
  return status === 'SyncFailed' || hookPhase === 'Failed' || hookPhase === 'Error';
}

/** What two tries of one fault have in common: their numbers may differ. Tells nothing of what was said. */
export function fingerprint(message: string): string {
  return createHash('sha256').update(message.replace(/\d+/g, '')).digest('base64').slice(0, 22);
}

/** A message in one line, cut after so many characters. */
export function clip(message: string, most: number): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
