/** Takes its turn in a queue; the shape the throttling plugin of Octokit asks of a limiter. */
export interface Turn {
  schedule<T>(options: unknown, work: () => Promise<T> | T): Promise<T>;
}

/** Queues by key, each with a pause between starts. */
export interface Pacer {
  key(id: string): Turn;
}

/** Keys remembered at once; idle ones beyond it are forgotten, oldest first. */
const MOST_KEYS = 1000;

/**
 * Spaces work of one key by at least `pauseMs`. It stands in for the plugin's own groups, which are global to the
 * process, shared by all installations, and wait one second between writes and three between comments.
 */
export function createPacer(pauseMs: number, clock: { now(): number; sleep(ms: number): Promise<void> }): Pacer {
  const nextStart = new Map<string, number>();
  const takeTurn = (id: string): number => {
    const now = clock.now();
    const start = Math.max(now, nextStart.get(id) ?? 0);
    nextStart.delete(id);
    nextStart.set(id, start + pauseMs);
    forgetIdle(nextStart, now);
    return start - now;
  };
  return {
    key: (id) => ({
      schedule: async (_options, work) => {
        const wait = takeTurn(id);
        if (wait > 0) await clock.sleep(wait);
        return work();
      },
    }),
  };
}

function forgetIdle(nextStart: Map<string, number>, now: number): void {
  if (nextStart.size <= MOST_KEYS) return;
  for (const [id, start] of nextStart) if (start <= now) nextStart.delete(id);
}
