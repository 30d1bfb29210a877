import type { Octokit } from 'octokit';
import { createPacer } from './pacer.ts';

/** The calls we make of an Octokit, ours or Probot's. */
export type Client = Pick<Octokit, 'request'>;

/** How fast we may go, in milliseconds. */
export interface Pace {
  /** Between two writes of one installation. */
  readonly write: number;
  /** Between two calls that notify people, such as a new comment. */
  readonly notify: number;
  /** Unit of the retry pauses for reads: 1, 4 and 9 of it. */
  readonly retry: number;
  /** Deadline of one call. */
  readonly deadline: number;
}

/** Within GitHub's limits: 80 content creations a minute, 900 points a minute. */
export const defaultPace: Pace = { write: 250, notify: 1000, retry: 1000, deadline: 15_000 };

/**
 * Octokit options that are the same for an app and a token: nothing is retried (a repeated POST makes a second comment; the guarded
 * client tries reads again), limits are not waited for (the queue does that, it knows `retryAt`), and every call has a deadline.
 */
export function clientOptions(pace: Pace) {
  const clock = { now: () => performance.now(), sleep };
  return {
    throttle: {
      enabled: true,
      write: createPacer(pace.write, clock),
      notifications: createPacer(pace.notify, clock),
      onRateLimit: () => false,
      onSecondaryRateLimit: () => false,
    },
    retry: { enabled: false },
    request: { fetch: (input: string | URL, init?: RequestInit) => fetchOnce(input, init, pace.deadline) },
  };
}

/** Parameters that keep a write from being sent twice. */
export const writeOnce = { request: { retries: 0 } } as const;

/**
 * A request with a deadline that covers headers and body. An answer of success that is no JSON is none: half an
 * answer, or the page of a proxy in between. Octokit would hand it on as text.
 */
export async function fetchOnce(
  input: string | URL,
  init: RequestInit | undefined,
  deadline: number,
): Promise<Response> {
  const response = await fetch(input, { ...init, signal: AbortSignal.timeout(deadline) });
  const { ok, status, statusText, headers } = response;
  if (!ok || status === 204 || status === 205) return response;
  const text = await response.text();
  if (text !== '') requireJson(text);
  return new Response(text, { status, statusText, headers });
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    // Its own message quotes the answer.
    throw new Error('the answer was not JSON, but cut off or the page of a proxy');
  }
}

/** Waits so many milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
