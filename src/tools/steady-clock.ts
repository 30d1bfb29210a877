/** Where the time comes from, in milliseconds: the machine's clock, which may jump, and one that only counts. */
export interface TimeSources {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

const machine: TimeSources = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * A clock that never goes back. It follows the machine's; where that jumps back, as when it is set right, this one goes on at half
 * speed until both agree: what is due stays due, and a wait takes at most twice its time. A jump ahead is followed at once.
 */
export function steadyClock({ wall, monotonic }: TimeSources = machine): () => Date {
  let last = wall();
  let counted = monotonic();
  return () => {
    const count = monotonic();
    last = Math.max(wall(), last + (count - counted) / 2);
    counted = count;
    return new Date(last);
  };
}
