import { type BorderCode, BorderError } from '../../../model/error.ts';

/** Milliseconds to wait after a limit that names no time. */
const DEFAULT_WAIT = 60_000;

/** What turning a failure into a domain error needs. */
export interface ErrorContext {
  readonly now: () => Date;
  /** Masks secrets in texts that came from outside. */
  readonly redact: (text: string) => string;
}

/** A call that failed. */
export interface Failure {
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's body, or what broke the connection. */
  readonly text: string;
  readonly method: string;
  /** `/api/v4/projects/5/merge_requests/7`. */
  readonly path: string;
}

/** A failed call in domain terms: kind, the right that is missing, when to try again, what to do. */
export function toBorderError(failure: Failure, context: ErrorContext): BorderError {
  const { status, headers, method, path } = failure;
  const said = context.redact(readMessage(failure.text)).slice(0, 500);
  const kind = kindOf(status, said);
  return new BorderError({
    code: `gitlab-${kind}`,
    kind,
    status,
    retryAt: retryTime(failure, context.now()),
    subject: `${method} ${path}`,
    message: messageOf(failure, kind, said),
    remedy: remedies[kind],
    // What may be logged of it: the request itself holds the token.
    cause: { status, requestId: headers['x-request-id'] ?? null },
  });
}

/** When GitLab lets us in again: Retry-After, else the reset of the limit, else a minute after a limit. */
function retryTime({ status, headers }: Failure, now: Date): Date | null {
  const wait = retryAfter(headers);
  if (wait !== null) return new Date(now.getTime() + wait);
  if (status !== 429) return null;
  const reset = Number(headers['ratelimit-reset']);
  return reset > 0 ? new Date(reset * 1000) : new Date(now.getTime() + DEFAULT_WAIT);
}

/** Milliseconds that Retry-After asks for; null when it asks for nothing. */
function retryAfter(headers: Readonly<Record<string, string>>): number | null {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

/** GitLab says what is wrong in `message`, `error_description` or `error`: a text, a list or an object of lists. */
function readMessage(text: string): string {
  try {
    const body = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const said = body?.['error_description'] ?? body?.['message'] ?? body?.['error'] ?? text;
    return typeof said === 'string' ? said : JSON.stringify(said);
  } catch {
    // A proxy in between answers in HTML or plain text.
    return text;
  }
}

const kinds: Readonly<Record<number, BorderCode>> = {
  0: 'unavailable',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  // Merging answers these two where the pull is in no state to be merged.
  405: 'conflict',
  406: 'conflict',
  408: 'unavailable',
  409: 'conflict',
  410: 'not-found',
  412: 'conflict',
  413: 'too-large',
  429: 'limited',
  451: 'forbidden',
};

function kindOf(status: number, said: string): BorderCode {
  if ((status === 400 || status === 422) && /too long|too large/i.test(said)) return 'too-large';
  return kinds[status] ?? (status >= 500 ? 'unavailable' : 'invalid');
}

function messageOf({ status, method, path, text }: Failure, kind: BorderCode, said: string): string {
  if (status === 0) return `GitLab could not be reached for ${method} ${path}: ${said}`;
  const missing = kind === 'forbidden' ? `; ${missingRight(method, text)} is missing` : '';
  return `GitLab answered ${status} to ${method} ${path}: ${said}${missing}`;
}

/** GitLab names a scope that is missing, a role never: reading wants Reporter, writing Developer. */
function missingRight(method: string, text: string): string {
  const scope = /"scope":\s*"([\w ]{1,80})"/.exec(text)?.[1];
  if (scope !== undefined) return `the scope ${scope} of the token`;
  const isRead = method === 'GET';
  return isRead
    ? 'the role Reporter (scope read_api)'
    : 'the role Developer (scope api), or more on a protected branch,';
}

const remedies: Readonly<Record<BorderCode, string>> = {
  'not-found': "Check that the token's user is a member of the project: GitLab hides what a user may not see.",
  forbidden: "Give the token's user the role in the project or its group, and the token the scope.",
  conflict: 'Nothing to do: it is looked at again.',
  limited: 'Nothing to do: it is tried again once GitLab lets us.',
  'too-large': 'Split the change, or compare in Git instead.',
  invalid: 'This is a fault of Fairlead, or GitLab is too old: report it with the message.',
  unavailable: 'Nothing to do: it is tried again. If it stays, look at the GitLab server and the network.',
  unauthorized: 'Check the token: it may have expired or been revoked. Make a new one with the scope api.',
};
