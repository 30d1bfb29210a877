import { BorderError } from '../../../model/error.ts';

/** How often and how soon a job that failed is tried again. */
export interface Retry {
  /** Tries in all; the last one that fails makes the job dead. */
  readonly tries: number;
  /** Wait after the first failure, in milliseconds; twice as long after each further one, up to the longest. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** How often the process may die while the job runs before the job is taken for the reason. */
  readonly interruptions: number;
}

/**
 * 8 tries in the first 15 minutes, then one every 15 minutes for a day: nothing else asks again for a comment that could not be
 * written or a command that could not be read.
 */
export const defaultRetry: Retry = { tries: 103, firstWaitMs: 7_000, longestWaitMs: 900_000, interruptions: 10 };

/** When a job that failed for the `attempt`th time is tried again: never before the other side said it may. */
export function retryAt(error: unknown, attempt: number, options: { retry: Retry; now: Date; random: number }): Date {
  const { retry, now, random } = options;
  // 80 to 120 %, so that jobs that failed together do not come back together.
  const wait = Math.min(retry.firstWaitMs * 2 ** (attempt - 1), retry.longestWaitMs) * (0.8 + 0.4 * random);
  const asked = error instanceof BorderError ? (error.retryAt?.getTime() ?? 0) : 0;
  return new Date(Math.max(now.getTime() + Math.round(wait), asked));
}
