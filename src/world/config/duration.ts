/** What a duration looks like: hours, minutes and seconds, biggest first. */
export const durationPattern = '^(?=.)(?:0|(?:[1-9][0-9]{0,4}h)?(?:[1-9][0-9]{0,4}m)?(?:[1-9][0-9]{0,4}s)?)$';

/** Milliseconds of a duration such as `90s`, `3m`, `1h30m` or 0, written by `durationPattern`. */
export function parseDuration(value: string | number): number {
  const parts = String(value).matchAll(/([0-9]+)([hms])/g);
  return [...parts].reduce((sum, [, digits, unit]) => sum + Number(digits) * (units[unit ?? ''] ?? 0), 0);
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 };
