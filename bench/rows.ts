import type { Goal, Row } from './bench.ts';
import { median, percentile } from './timing.ts';

/** Median and p95 of times in milliseconds. */
export function timesText(times: readonly number[]): string {
  return `${milliseconds(median(times))} (p95 ${milliseconds(percentile(times, 0.95))})`;
}

/** Short times with one decimal, long ones in seconds. */
export function milliseconds(time: number): string {
  if (time >= 2_000) return `${(time / 1000).toFixed(1)} s`;
  return time >= 100 ? `${Math.round(time)} ms` : `${time.toFixed(1)} ms`;
}

/** How many a second, with as many digits as mean something. */
export function rateText(count: number, time: number): string {
  const rate = (count / time) * 1000;
  return `${Math.round(rate >= 10_000 ? Math.round(rate / 100) * 100 : rate).toLocaleString('en')}/s`;
}

/** Two contenders' times for the same work; the ratio is that of their medians, above 1 when ours is faster. */
export function duel(what: string, ours: readonly number[], theirs: readonly number[], atLeast: number | null): Row {
  const ratio = median(theirs) / median(ours);
  return {
    what,
    ours: timesText(ours),
    theirs: timesText(theirs),
    ratio,
    goal: atLeast === null ? null : atLeastGoal(ratio, atLeast, 'x'),
  };
}

/** A goal that a number must reach. */
export function atLeastGoal(value: number, limit: number, unit: string): Goal {
  return { text: `≥ ${limit.toLocaleString('en')}${unit}`, isMet: value >= limit };
}

/** A goal that a number must not exceed. */
export function atMostGoal(value: number, limit: number, unit: string): Goal {
  return { text: `≤ ${limit.toLocaleString('en')}${unit}`, isMet: value <= limit };
}

/** A figure with nothing beside it. */
export function figure(what: string, ours: string, goal: Goal | null): Row {
  return { what, ours, theirs: null, ratio: null, goal };
}
