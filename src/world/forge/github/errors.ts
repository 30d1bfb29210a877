import { type BorderCode, BorderError } from '../../../model/error.ts';

/** Milliseconds to wait after a secondary limit that names no time; GitHub asks for at least a minute. */
const DEFAULT_WAIT = 60_000;

/** What turning a failure into a domain error needs. */
export interface ErrorContext {
  readonly now: () => Date;
  /** Masks secrets in texts that came from outside. */
  readonly redact: (text: string) => string;
}

/** The parts of an Octokit error that matter, read without trusting its class (several copies of it may be installed). */
interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** `POST /repos/o/r/check-runs`. */
  readonly subject: string;
}

/** Runs a call to GitHub; every failure of it comes out as a `BorderError`. Faults of our own code stay what they are. */
export async function calling<T>(context: ErrorContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isCallFailure(error) ? toBorderError(error, context) : error;
  }
}

/** Whether a call failed in this way. */
export function failedWith(error: unknown, kind: BorderCode): error is BorderError {
  return error instanceof BorderError && error.kind === kind;
}

/** The answer of a call, or something else where it failed in this way. */
export async function unless<T, O>(kind: BorderCode, instead: O, work: () => Promise<T>): Promise<T | O> {
  try {
    return await work();
  } catch (error) {
    if (failedWith(error, kind)) return instead;
    throw error;
  }
}

/** What we asked for cannot be, as things stand on GitHub. */
export function conflict(facts: { readonly subject: string; readonly message: string; readonly remedy: string }) {
  return new BorderError({ code: 'github-conflict', kind: 'conflict', status: 409, ...facts });
}

/** Octokit gives every failed call a status, also where no answer came. What is mapped already stays as it is. */
function isCallFailure(error: unknown): boolean {
  if (error instanceof BorderError) return false;
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number';
}

/** A failed call in domain terms: kind, the permission that is missing, when to try again, what to do. */
export function toBorderError(error: unknown, context: ErrorContext): BorderError {
  const failure = readFailure(error, context.redact);
  const retryAt = retryTime(failure, context.now());
  const kind = kindOf(failure, retryAt);
  return new BorderError({
    code: `github-${kind}`,
    kind,
    status: failure.status,
    retryAt,
    subject: failure.subject,
    message: messageOf(failure, kind),
    remedy: remedyOf(failure, kind),
    cause: causeOf(failure),
  });
}

function readFailure(error: unknown, redact: (text: string) => string): Failure {
  const facts = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly status?: unknown;
    readonly message?: unknown;
    readonly response?: { readonly headers?: Failure['headers'] };
    readonly request?: { readonly method?: string; readonly url?: string };
    readonly cause?: unknown;
  };
  // Without an answer Octokit still reports 500.
  const answered = facts.response !== undefined && typeof facts.status === 'number';
  return {
    status: answered ? Number(facts.status) : 0,
    headers: facts.response?.headers ?? {},
    text: redact(answered ? String(facts.message ?? error) : rootText(error)).slice(0, 500),
    subject: subjectOf(facts.request),
  };
}

/** What stopped a call that got no answer: `fetch failed` says nothing, its innermost cause does. */
function rootText(error: unknown): string {
  let current = error as { readonly message?: unknown; readonly cause?: unknown };
  // Chains are three long in practice; the cap keeps a circular one from hanging us.
  for (let depth = 0; depth < 8 && typeof current?.cause === 'object' && current.cause !== null; depth += 1) {
    current = current.cause as typeof current;
  }
  return String(current?.message ?? current);
}

function subjectOf(request: { readonly method?: string; readonly url?: string } | undefined): string {
  if (request?.url === undefined) return 'GitHub';
  const path = URL.canParse(request.url) ? new URL(request.url).pathname : request.url;
  return `${request.method ?? 'GET'} ${path}`;
}

/** When GitHub lets us in again: Retry-After, else the reset of a used-up quota, else a minute after a secondary limit. */
function retryTime({ status, headers, text }: Failure, now: Date): Date | null {
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && after > 0) return new Date(now.getTime() + after * 1000);
  if (status !== 403 && status !== 429) return null;
  const reset = Number(headers['x-ratelimit-reset']);
  if (headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) return new Date(reset * 1000);
  const isLimit = status === 429 || /rate limit|abuse detection/i.test(text);
  return isLimit ? new Date(now.getTime() + DEFAULT_WAIT) : null;
}

const kinds: Readonly<Record<number, BorderCode>> = {
  0: 'unavailable',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'conflict',
  408: 'unavailable',
  409: 'conflict',
  410: 'not-found',
  413: 'too-large',
  422: 'invalid',
  429: 'limited',
  451: 'forbidden',
};

function kindOf({ status, text }: Failure, retryAt: Date | null): BorderCode {
  if (status === 403 && retryAt !== null) return 'limited';
  if (status === 422 && /too long|too large/i.test(text)) return 'too-large';
  return kinds[status] ?? (status >= 500 ? 'unavailable' : 'invalid');
}

function messageOf({ status, subject, text, headers }: Failure, kind: BorderCode): string {
  if (status === 0) return `GitHub could not be reached for ${subject}: ${text}`;
  const missing = headers['x-accepted-github-permissions'];
  const permission = kind === 'forbidden' && missing !== undefined ? `; the permission ${missing} is missing` : '';
  return `GitHub answered ${status} to ${subject}: ${text}${permission}`;
}

const remedies: Readonly<Record<BorderCode, string>> = {
  'not-found': 'Check that the app is installed on the repository, or that the token reaches it.',
  forbidden: 'Give the app or token the permission, as app.yml lists it, and accept it on the installation.',
  conflict: 'Nothing to do: it is looked at again.',
  limited: 'Nothing to do: it is tried again once GitHub lets us.',
  'too-large': 'Split the change, or compare in Git instead.',
  invalid: 'This is a fault of Fairlead: report it with the message.',
  unavailable: 'Nothing to do: it is tried again. If it stays, see https://www.githubstatus.com and the network.',
  unauthorized: 'Check APP_ID and PRIVATE_KEY, or the token, and that the clock of this machine is right.',
};

function remedyOf({ headers, text }: Failure, kind: BorderCode): string {
  if (kind === 'forbidden' && /suspended/i.test(text))
    return 'Unsuspend the app in the settings of the organisation, under GitHub Apps.';
  const sso = /url=(\S+)/.exec(headers['x-github-sso'] ?? '')?.[1];
  if (kind === 'forbidden' && sso !== undefined) return `Authorise the token for single sign-on at ${sso}`;
  return remedies[kind];
}

/** What may be logged of it: the raw error holds the request with its authorization header. */
function causeOf({ status, headers }: Failure): { readonly status: number; readonly requestId: string | null } {
  return { status, requestId: headers['x-github-request-id'] ?? null };
}
