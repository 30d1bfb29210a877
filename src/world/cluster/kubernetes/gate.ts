import type { Clock } from './clock.ts';

/** Lets so many through at once, and so many a second. */
export interface Gate {
  /** Waits for a place, runs `work`, gives the place back. Rejects with the signal's reason while waiting. */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Makes a gate. First come, first served. */
export function createGate(limits: { inFlight: number; perSecond: number | null }, clock: Clock): Gate {
  const waiting: (() => void)[] = [];
  let free = limits.inFlight;
  let nextStart = 0;
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const pace = async (signal: AbortSignal): Promise<void> => {
    if (limits.perSecond === null) return;
    const start = Math.max(nextStart, clock.now());
    nextStart = start + 1000 / limits.perSecond;
    if (start > clock.now()) await clock.wait(start - clock.now(), signal);
  };
  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) free -= 1;
    else await queue(waiting, signal);
  };
  return {
    pass: async (work, signal) => {
      await enter(signal);
      try {
        await pace(signal);
        return await work();
      } finally {
        leave();
      }
    },
  };
}

function queue(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const admit = (): void => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = (): void => {
      waiting.splice(waiting.indexOf(admit), 1);
      reject(signal.reason);
    };
    waiting.push(admit);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
