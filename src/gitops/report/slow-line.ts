/** A forge whose rate limit is nearly used up. */
export interface SlowForge {
  /** Calls left of `limit`; null where the forge does not say. */
  readonly remaining: number | null;
  readonly limit: number | null;
  /** When there are new ones; null where that is not known. */
  readonly resetAt: Date | null;
}

/** Tells people why things take longer; '' when they do not. All of it is our own words and numbers. */
export function slowLine(slow: SlowForge | null): string {
  if (slow === null) return '';
  const { remaining, limit, resetAt } = slow;
  const left = remaining === null || limit === null ? '' : ` (${remaining} of ${limit} calls left)`;
  const next = resetAt === null ? '' : `, new calls at ${resetAt.toISOString().slice(11, 16)} UTC`;
  return `⏳ **Slower than usual:** the forge's rate limit is nearly used up${left}${next}. Deploys and commands go first.`;
}
