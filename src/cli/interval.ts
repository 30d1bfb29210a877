import { FairleadError } from '../model/error.ts';

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Shortest and longest time between two looks, in milliseconds. */
const [least, most] = [10_000, 24 * 3_600_000];

/** Milliseconds of `30s`, `5m` or `1h`. Throws `FairleadError` `usage` where it is none, or shorter than 10 s or longer than a day. */
export function parseInterval(name: string, text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  // The cast: the pattern lets no other unit through.
  const milliseconds = count === '' ? Number.NaN : Number(count) * units[unit as keyof typeof units];
  if (milliseconds >= least && milliseconds <= most) return milliseconds;
  throw new FairleadError({
    code: 'usage',
    subject: text,
    message: `${name} ${text} is no time between 10s and 24h`,
    remedy: `Write a number with s, m or h behind it, such as ${name} 1m.`,
  });
}
