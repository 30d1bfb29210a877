import type { RequesterType } from '@gitbeaker/requester-utils';
import type { BudgetAmount, BudgetWord } from '../../../model/budget.ts';
import { BorderError } from '../../../model/error.ts';
import { type Guard, noGuard } from '../calls/guard.ts';
import { createPacer } from '../github/pacer.ts';
import { announceWrite } from '../writes/announce.ts';
import { type ErrorContext, type Failure, toBorderError } from './errors.ts';

/** How fast we may go and how long we wait, in milliseconds. */
export interface Pace {
  /** Between two writes; GitLab allows 300 notes a minute. */
  readonly write: number;
  /** Unit of the pauses between tries of a read: 1, 4 and 9 of it. */
  readonly retry: number;
  /** Deadline of one call. */
  readonly deadline: number;
  /** Longest Retry-After that is waited for on the spot; beyond it the queue waits, which knows `retryAt`. */
  readonly patience: number;
  /** Unit of waiting until GitLab has made the pipeline of a commit: asked for up to five times. */
  readonly settle: number;
}

export const defaultPace: Pace = { write: 200, retry: 1000, deadline: 30_000, patience: 5000, settle: 2000 };

/** Time as the sender needs it. */
export interface Clock {
  /** Milliseconds that only grow. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What sending takes. */
export interface SenderOptions {
  readonly pace: Pace;
  readonly errors: ErrorContext;
  readonly clock: Clock;
  /** Keeps within limits; left out: nothing does. */
  readonly guard?: Omit<Guard, 'figure'>;
}

/** One answer, as Gitbeaker wants it. */
type Answer = Awaited<ReturnType<RequesterType['get']>>;

/** The parts of Gitbeaker's request we send on. */
interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Tries of a read. */
const MOST_TRIES = 4;

/** Answers after which a read is tried again; 0 is no answer. */
const passing = new Set([0, 429, 502, 503, 504]);

/**
 * Sends Gitbeaker's requests in place of its own sender, which repeats POST after a 502 and ignores Retry-After. Every
 * call has a deadline; reads are tried again a few times; a write is sent once, as its answer may be all that was lost.
 *
 * @throws BorderError
 */
export function createSender(options: SenderOptions) {
  const { pace, errors, clock, guard = noGuard } = options;
  const writes = createPacer(pace.write, clock);
  return async (endpoint: string, given: Readonly<Record<string, unknown>> = {}): Promise<Answer> => {
    const request = readRequest(endpoint, given);
    const call = { subject: `${request.method} ${request.url.pathname}`, cost: costOf(request) };
    return guard.run(call, async (admit) => {
      const send = async () => {
        await admit();
        if (request.method !== 'GET') await announceWrite();
        return sendOnce(request, pace, { errors, guard });
      };
      return request.method === 'GET' ? sendAgain(send, options) : writes.key('write').schedule({}, send);
    });
  };
}

async function sendAgain(send: () => Promise<Answer>, options: SenderOptions): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const begun = options.clock.now();
    try {
      return await send();
    } catch (error) {
      // One that ran into its deadline held its place long enough.
      const hung = options.clock.now() - begun >= options.pace.deadline * 0.9;
      const wait = hung ? null : pauseBefore(error, attempt, options);
      if (wait === null) throw error;
      await options.clock.sleep(wait);
    }
  }
}

/** Milliseconds until a read is tried again; null when it is not. */
function pauseBefore(error: unknown, attempt: number, { pace, errors }: SenderOptions): number | null {
  if (!(error instanceof BorderError) || attempt >= MOST_TRIES || !passing.has(error.status)) return null;
  if (error.retryAt === null) return pace.retry * attempt ** 2;
  const asked = error.retryAt.getTime() - errors.now().getTime();
  return asked <= pace.patience ? Math.max(asked, 0) : null;
}

function readRequest(endpoint: string, given: Readonly<Record<string, unknown>>): Request {
  const { method, prefixUrl, searchParams, headers, body } = given;
  const base = String(prefixUrl ?? '');
  const url = new URL(endpoint, base.endsWith('/') ? base : `${base}/`);
  url.search = typeof searchParams === 'string' ? searchParams : '';
  return {
    method: typeof method === 'string' ? method : 'GET',
    url,
    // The cast: Gitbeaker's own options handler made them, texts all.
    headers: (headers ?? {}) as Readonly<Record<string, string>>,
    body: typeof body === 'string' ? body : undefined,
  };
}

async function sendOnce(
  request: Request,
  pace: Pace,
  { errors, guard }: { readonly errors: ErrorContext; readonly guard: Omit<Guard, 'figure'> },
): Promise<Answer> {
  const facts = { method: request.method, path: request.url.pathname };
  const outcome = await exchange(request, pace.deadline);
  if ('failed' in outcome) throw toBorderError({ ...facts, status: 0, headers: {}, text: outcome.failed }, errors);
  const { status, headers, text } = outcome;
  guard.hear(wordOf(headers));
  if (status >= 200 && status < 300) return { status, headers, body: readBody({ ...facts, ...outcome }, errors) };
  const isMoved = status >= 300 && status < 400;
  const said = isMoved ? `moved to ${hostOf(headers['location'])}; set the URL of the forge to where it is` : text;
  throw toBorderError({ ...facts, status, headers, text: said }, errors);
}

/** GitLab counts calls; notes and other things that people see have limits of their own. */
function costOf({ method, url }: Request): BudgetAmount {
  const isContent = ['POST', 'PUT'].includes(method) && /\/(notes|issues|merge_requests)\b/.test(url.pathname);
  return { points: 1, writes: isContent ? 1 : 0 };
}

/** The limit as the headers tell it; many servers have none. */
function wordOf(headers: Readonly<Record<string, string>>): Partial<BudgetWord> {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => Number(headers[`ratelimit-${name}`]));
  const isTold = [limit, remaining, reset].every((value) => Number.isFinite(value));
  return isTold ? { limit: limit ?? 0, remaining: remaining ?? 0, resetAt: (reset ?? 0) * 1000 } : {};
}

type Exchange =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }
  | { readonly failed: string };

/** A redirect is not followed: it would carry a write, or the token, elsewhere. */
async function exchange(request: Request, deadline: number): Promise<Exchange> {
  const { method, url, headers, body } = request;
  const signal = AbortSignal.timeout(deadline);
  try {
    const sent = await fetch(url, { method, headers, body: body ?? null, signal, redirect: 'manual' });
    return { status: sent.status, headers: Object.fromEntries(sent.headers.entries()), text: await sent.text() };
  } catch (error) {
    return { failed: rootText(error) };
  }
}

/** What stopped a call that got no answer: `fetch failed` says nothing, its innermost cause does. */
function rootText(error: unknown): string {
  let current = error as { readonly message?: unknown; readonly cause?: unknown };
  for (let depth = 0; depth < 8 && typeof current?.cause === 'object' && current.cause !== null; depth += 1) {
    current = current.cause as typeof current;
  }
  return String(current?.message ?? current);
}

function readBody(answer: Failure, errors: ErrorContext): Answer['body'] {
  if (answer.text === '') return null;
  try {
    return JSON.parse(answer.text) as Answer['body'];
  } catch {
    // A proxy's page with status 200, which says nothing of GitLab.
    throw toBorderError({ ...answer, status: 0, text: 'the answer is not JSON' }, errors);
  }
}

function hostOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : 'another place';
}
