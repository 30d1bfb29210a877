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
export const defaultPace: Pace = { write: 250, notify: 1000, retry: 1000, deadline: 30_000 };

/**
 * Octokit options that are the same for an app and a token: reads are retried, writes never (a repeated POST makes a
 * second comment), limits are not waited for (the queue does that, it knows `retryAt`), and every call has a deadline.
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
    retry: { doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451], retryAfterBaseValue: pace.retry },
    request: { fetch: (input: string | URL, init?: RequestInit) => fetchOnce(input, init, pace.deadline) },
  };
}

/** Parameters that keep a write from being sent twice. */
export const writeOnce = { request: { retries: 0 } } as const;

/** Octokit carries our `fetch` in `request`; a deadline covers headers and body. */
function fetchOnce(input: string | URL, init: RequestInit | undefined, deadline: number): Promise<Response> {
  return fetch(input, { ...init, signal: AbortSignal.timeout(deadline) });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
