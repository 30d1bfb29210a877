/** Random that a seed repeats. */
export interface Seeded {
  readonly seed: number;
  /** 0 up to 1. */
  next(): number;
  /** A whole number from 0 up to, but not, `below`. */
  below(below: number): number;
  /** True in so many of a hundred cases. */
  percent(chance: number): boolean;
}

/** The algorithm is mulberry32 (public domain): 32 bits of state, good enough to draw test cases. */
export function seeded(seed: number): Seeded {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { seed, next, below, percent: (chance) => next() * 100 < chance };
}

/** The seed of a run: `FAIRLEAD_SEED` repeats one; else a new one each time. */
export function seedOfRun(): number {
  const given = process.env['FAIRLEAD_SEED'];
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
