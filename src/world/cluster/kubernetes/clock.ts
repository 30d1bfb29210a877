import { setTimeout as delay } from 'node:timers/promises';

/** Time, passed in so that tests decide it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wait: async (milliseconds, signal) => {
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (cause) {
      // node wraps the reason in an AbortError of its own
      signal.throwIfAborted();
      throw cause;
    }
  },
};
