/** Does one thing once and gives how long it took, in milliseconds. What it prepares is not counted. */
export type Contender = (round: number) => Promise<number>;

/** Milliseconds that work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Lets contenders take turns, A B A B, so that whatever else the machine does meets all of them alike. Rounds below 0 are
 * warm-up and not counted. Gives the times of each contender, in the order given.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, warm }: { readonly rounds: number; readonly warm: number },
): Promise<readonly (readonly number[])[]> {
  const times: number[][] = contenders.map(() => []);
  for (let round = -warm; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const time = await contender(round);
      if (round >= 0) times[index]?.push(time);
    }
  }
  return times;
}

/** The value that a part of the samples does not exceed (nearest rank); `part` is between 0 and 1. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const pair = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((pair[0] ?? Number.NaN) + (pair[1] ?? Number.NaN)) / 2;
}
