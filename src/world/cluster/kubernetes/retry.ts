import type { BorderError } from '../../../model/error.ts';
import { codeOf } from './errors.ts';

/** Connection faults after which the server cannot have read the request: safe to send anything again. */
const unsent = new Set([
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What may be tried again. */
export interface RetryRules {
  /** Whether doing it twice is the same as once: reads, dry-runs, server-side apply. */
  readonly isIdempotent: boolean;
}

/** Whether a failed try may be repeated. A refusal of the object, of the caller or of the certificate is final. */
export function isTransient(error: BorderError, rules: RetryRules): boolean {
  if (error.kind === 'limited') return true;
  if (error.kind !== 'unavailable' || error.code === 'cluster-tls') return false;
  if (error.status === 0 && unsent.has(codeOf(error.cause))) return true;
  const isPassing = [0, 502, 503, 504].includes(error.status);
  return isPassing && rules.isIdempotent && error.code !== 'cluster-answer-garbled';
}

/** Milliseconds before try number `attempt` + 1: what the server asked for, else 0.2 s doubling to 5 s, half of it random. */
export function backoffMs(attempt: number, retryAt: Date | null, now: number, random: () => number): number {
  if (retryAt !== null) return Math.max(0, retryAt.getTime() - now) + 100 * random();
  const whole = Math.min(5000, 200 * 2 ** (attempt - 1));
  return whole / 2 + (whole / 2) * random();
}

/** The time a `Retry-After` header names, in seconds or as an HTTP date; null when it names none. */
export function retryTime(header: string | null, now: number): Date | null {
  if (header === null) return null;
  const time = /^\s*\d+\s*$/.test(header) ? now + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(time) ? null : new Date(time);
}
