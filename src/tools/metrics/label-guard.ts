import type { Label } from './metric-list.ts';

/** What stands for every value beyond the few. */
export const OTHER = 'other';

/** Different series one metric may have, whatever its labels allow together. */
export const MOST_SERIES = 2_000;

/** No label value is longer. */
const LONGEST = 100;

/** Gives labels as they may stand in a series: every value known, or one of the first so many. */
export type LabelGuard = (values: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;

/**
 * Bounds the series of a metric. Values come from repositories and webhooks: whoever writes them must not be able to fill the
 * memory of the server and of whatever scrapes it.
 */
export function createLabelGuard(labels: readonly Label[], mostSeries = MOST_SERIES): LabelGuard {
  const guards = labels.map(({ name, values }) => ({
    name,
    guard: 'most' in values ? firstOf(values.most) : oneOf(values),
  }));
  const series = new Set<string>();
  return (values) => {
    const kept = guards.map(({ name, guard }) => [name, guard(values[name] ?? '')] as const);
    const key = JSON.stringify(kept);
    if (series.has(key) || series.size < mostSeries) {
      series.add(key);
      return Object.fromEntries(kept);
    }
    return Object.fromEntries(kept.map(([name]) => [name, OTHER]));
  };
}

function oneOf(values: readonly string[]): (value: string) => string {
  const known = new Set(values);
  return (value) => (known.has(value) ? value : OTHER);
}

function firstOf(most: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= most || value.length > LONGEST || !value.isWellFormed()) return OTHER;
    seen.add(value);
    return value;
  };
}
