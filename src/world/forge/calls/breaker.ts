import { BorderError } from '../../../model/error.ts';

/** Keeps calls from a forge that does not answer, so that they do not hold up what others wait for. */
export interface Breaker {
  /** Throws `BorderError` while no call is to be made, with when the next one is. */
  check(subject: string): void;
  /** A call was answered. */
  passed(): void;
  /** A call failed, after so many milliseconds. Only what speaks against the forge or our access counts. */
  failed(error: unknown, took: number): void;
}

/** Milliseconds the first time, twice as long each time after. */
const firstPause = 15_000;
const longestPause = 240_000;

/** Faults in a row that open it; what costs a deadline, or will not change by asking, weighs more. */
const most = 5;
const heavy = 2.5;

/**
 * A breaker: open after five faults in a row, or two calls that ran into their deadline, or two refusals of our access. After its
 * pause one call tries whether things are well again; the others wait for what becomes of it. `deadline`: of one call, in
 * milliseconds.
 */
export function createBreaker(now: () => Date, deadline: number): Breaker {
  let weight = 0;
  let trips = 0;
  let openUntil = 0;
  let isTrying = false;
  let last: BorderError | null = null;
  return {
    check: (subject) => {
      if (last === null || weight < most) return;
      const at = now().getTime();
      if (at < openUntil || isTrying) throw stayAway(last, subject, new Date(Math.max(openUntil, at + 1_000)));
      isTrying = true;
    },
    passed: () => {
      [weight, trips, isTrying, last] = [0, 0, false, null];
    },
    failed: (error, took) => {
      const wasTrying = isTrying;
      isTrying = false;
      const counted = weigh(error, took >= deadline * 0.9);
      if (counted === null || !(error instanceof BorderError)) return;
      // What a forge answers sanely is an answer.
      weight = counted === 0 ? 0 : weight + counted;
      last = error;
      if (weight < most && !(wasTrying && counted > 0)) return;
      weight = Math.max(weight, most);
      openUntil = now().getTime() + Math.min(firstPause * 2 ** trips, longestPause);
      trips += 1;
    },
  };
}

/** How much an error speaks against the forge; 0 speaks for it, null says nothing. */
function weigh(error: unknown, isHung: boolean): number | null {
  if (!(error instanceof BorderError)) return null;
  // A limit is an answer, and the budget's matter.
  if (error.kind === 'limited') return null;
  if (error.kind === 'unauthorized' || /suspended/i.test(error.message)) return heavy;
  if (error.status >= 500 || error.status === 0) return isHung ? heavy : 1;
  return 0;
}

function stayAway(last: BorderError, subject: string, retryAt: Date): BorderError {
  return new BorderError({
    code: last.code,
    kind: last.kind,
    status: last.status,
    subject,
    message: `${subject} was not sent, as calls before it failed: ${last.message}`,
    remedy: last.remedy,
    retryAt,
  });
}
