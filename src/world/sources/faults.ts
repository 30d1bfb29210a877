import { BorderError, FairleadError } from '../../model/error.ts';

/** A URL as errors show it: no user, no password, no query (which may be a signature). */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Code `source-not-allowed`: the operator has not listed the host. */
export function notAllowed(host: string): FairleadError {
  return new FairleadError({
    code: 'source-not-allowed',
    subject: host,
    message: `${host} is not among the hosts this server may fetch from.`,
    remedy: `If it may be: add "${host}" to sources.allow in the file of the server.`,
  });
}

/** Code `source-private`: a name that leads to an address which is not of the public internet. */
export function privateAddress(host: string, addresses: readonly string[]): FairleadError {
  const [first = ''] = addresses;
  const isName = !first.includes(host.replace(/[[\]]/g, ''));
  return new FairleadError({
    code: 'source-private',
    subject: host,
    message: `${host} ${isName ? `leads to ${addresses.join(', ')}, which is` : 'is'} a private or special address.`,
    remedy: `If it may be reached: add "${first}" (or a range that holds it) to sources.private in the file of the server.`,
  });
}

/** Code `source-unreachable`: no answer, or one that says the server is broken. */
export function unreachable(
  subject: string,
  why: string,
  about: { status?: number; cause?: unknown } = {},
): BorderError {
  return new BorderError({
    code: 'source-unreachable',
    kind: 'unavailable',
    status: about.status ?? 0,
    subject,
    message: `${subject} cannot be reached: ${why}.`,
    remedy: 'Check that the server answers, then run the review again.',
    ...(about.cause === undefined ? {} : { cause: about.cause }),
  });
}

/** Code `source-refused`: 401 or 403. */
export function refused(subject: string, host: string, status: number): BorderError {
  return new BorderError({
    code: 'source-refused',
    kind: status === 401 ? 'unauthorized' : 'forbidden',
    status,
    subject,
    message: `${subject} may not be read (${status}).`,
    remedy: `Check that it exists, and the credentials of ${host} under sources.hosts in the file of the server.`,
  });
}

/** Code `source-missing`: 404, or a version, tag or ref that is not there. */
export function missing(subject: string, what: string, remedy: string): BorderError {
  return new BorderError({ code: 'source-missing', kind: 'not-found', status: 404, subject, message: what, remedy });
}

/** Code `source-limited`: 429. `retryAt` where the server says when. */
export function limited(subject: string, retryAt: Date | null): BorderError {
  return new BorderError({
    code: 'source-limited',
    kind: 'limited',
    status: 429,
    retryAt,
    subject,
    message: `${subject} answers that there were too many requests.`,
    remedy: 'It is asked again later; credentials under sources.hosts often allow more.',
  });
}

/** Code `source-too-large`. */
export function tooLarge(subject: string, limit: number): BorderError {
  return new BorderError({
    code: 'source-too-large',
    kind: 'too-large',
    status: 0,
    subject,
    message: `${subject} has more than ${limit} bytes, which is the most that is fetched.`,
    remedy: 'Name a smaller source, or keep the files in the repository itself.',
  });
}

/** Code `source-digest`: other content than the one that was pinned or announced. */
export function otherDigest(subject: string, wanted: string, found: string): FairleadError {
  return new FairleadError({
    code: 'source-digest',
    subject,
    message: `${subject} has the digest ${found}, not ${wanted}.`,
    remedy:
      'Somebody replaced what was published, or altered it on the way. Find out who, before you pin the new digest.',
  });
}

/** Code `source-invalid`: words that name no source, or an answer that is none. */
export function invalid(subject: string, message: string, remedy: string, cause?: unknown): FairleadError {
  return new FairleadError({
    code: 'source-invalid',
    subject,
    message,
    remedy,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Code `archive-refused`: an archive that is broken or dangerous. `entry` is null where it concerns the whole of it. */
export function archiveRefused(archive: string, entry: string | null, why: string, cause?: unknown): FairleadError {
  return new FairleadError({
    code: 'archive-refused',
    subject: archive,
    message: `${archive} is refused: ${entry === null ? 'it' : JSON.stringify(entry.slice(0, 200))} ${why}.`,
    remedy: 'Ask whoever publishes it for an archive of plain files, as helm package or flux push artifact make them.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Code `source-secret`: a Secret that was read and does not hold what is needed. Nothing of it is quoted but names of keys. */
export function secretUnfit(subject: string, why: string, remedy: string): FairleadError {
  return new FairleadError({ code: 'source-secret', subject, message: `${sentence(subject)} ${why}.`, remedy });
}

/** Code `source-secret`: a Secret (or a list) that could not be read. `option` names who asks for it in the file of the server. */
export function secretUnread(option: string, what: string, cause: unknown): unknown {
  if (!(cause instanceof FairleadError)) return cause;
  const facts = {
    code: 'source-secret',
    subject: option,
    message: `${sentence(what)}, which ${option} asks for, cannot be read: ${cause.message}`,
    remedy: cause.remedy,
    cause,
  };
  if (!(cause instanceof BorderError)) return new FairleadError(facts);
  const { kind, status, retryAt } = cause;
  return new BorderError({ ...facts, kind, status, retryAt });
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
