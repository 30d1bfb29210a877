/** When a pull that is pushed to again and again is reviewed. */
export interface Quiet {
  /** A push came at this time: when to review it, null for at once. */
  after(pull: string, now: Date): Date | null;
}

/** Milliseconds. */
export interface QuietPace {
  /** Pushes are counted over this time. */
  readonly window: number;
  /** A push so soon after the last one is waited for to be the last. */
  readonly soon: number;
  /** How long to wait after the second, a few, and many pushes. */
  readonly waits: readonly [second: number, few: number, many: number];
}

/** A push now and then is reviewed at once; of a storm the first push and the last. */
export const usualQuiet: QuietPace = { window: 60_000, soon: 10_000, waits: [2_000, 5_000, 10_000] };

/** The usual waits times a factor: 0 reviews every push at once. */
export function quietBy(factor: number): QuietPace {
  const { window, soon, waits } = usualQuiet;
  const [second, few, many] = waits;
  return { window: window * factor, soon: soon * factor, waits: [second * factor, few * factor, many * factor] };
}

/** Pulls remembered at once; the ones not pushed to for longest are forgotten first. */
const mostPulls = 1_000;

/** Pushes in the window from which on they are a storm. */
const stormy = 6;

interface Burst {
  readonly times: readonly number[];
  /** Since when a push waits; null when none does. */
  readonly since: number | null;
}

/**
 * Waits for the end of a storm of pushes to one pull: longer the more there were, but never longer than the window, so that pushes
 * without an end do not keep a pull from ever being reviewed.
 */
export function createQuiet(pace: QuietPace = usualQuiet): Quiet {
  const bursts = new Map<string, Burst>();
  return {
    after: (pull, now) => {
      const at = now.getTime();
      const { burst, due } = pushed(bursts.get(pull) ?? none, at, pace);
      bursts.delete(pull);
      bursts.set(pull, burst);
      const [oldest] = bursts.keys();
      if (bursts.size > mostPulls && oldest !== undefined) bursts.delete(oldest);
      return due > at ? new Date(due) : null;
    },
  };
}

const none: Burst = { times: [], since: null };

/** The burst with one more push, and when that is due. One that is due at once ends the waiting. */
function pushed(before: Burst, at: number, pace: QuietPace): { readonly burst: Burst; readonly due: number } {
  const recent = before.times.filter((time) => time > at - pace.window);
  const last = recent.at(-1);
  const times = [...recent, at];
  const since = before.since ?? at;
  const due = Math.min(at + waitFor(times.length, last === undefined ? null : at - last, pace), since + pace.window);
  return { burst: { times, since: due > at ? since : null }, due };
}

function waitFor(pushes: number, gap: number | null, { soon, waits }: QuietPace): number {
  const [second, few, storm] = waits;
  if (pushes >= stormy) return storm;
  if (gap === null || gap >= soon) return 0;
  return pushes <= 3 ? second : few;
}
