import { describe, expect, test } from '@jest/globals';
import { BorderError } from '../../../../src/model/error.ts';
import { defaultRetry, retryAt } from '../../../../src/world/store/sql/backoff.ts';

const now = new Date('2026-03-01T12:00:00Z');

function waits(random: number): readonly number[] {
  const attempts = Array.from({ length: defaultRetry.tries - 1 }, (_, n) => n + 1);
  const at = (attempt: number) => retryAt(new Error('broken'), attempt, { retry: defaultRetry, now, random });
  return attempts.map((attempt) => at(attempt).getTime() - now.getTime());
}

function limitedUntil(until: Date): BorderError {
  const facts = { code: 'forge-limited', subject: 'github', message: 'too many', remedy: 'wait' };
  return new BorderError({ ...facts, kind: 'limited', status: 429, retryAt: until });
}

describe('the time of the next try', () => {
  test('doubles its distance for a quarter of an hour', () => {
    const middle = waits(0.5).slice(0, 7);

    expect(middle).toEqual([7_000, 14_000, 28_000, 56_000, 112_000, 224_000, 448_000]);
    expect(middle.reduce((sum, wait) => sum + wait, 0) / 60_000).toBeCloseTo(15, 0);
  });

  test('then comes every quarter of an hour for a day, so that an outage of hours loses no word', () => {
    const middle = waits(0.5);

    expect(new Set(middle.slice(8))).toEqual(new Set([900_000]));
    expect(middle.reduce((sum, wait) => sum + wait, 0) / 3_600_000).toBeCloseTo(24, 0);
  });

  test('varies by a fifth either way', () => {
    expect([waits(0)[0], waits(1)[0]]).toEqual([5_600, 8_400]);
  });

  test('is not before the other side allows it, and not later for a time that is over', () => {
    const options = { retry: defaultRetry, now, random: 0.5 };
    const later = new Date(now.getTime() + 60_000);
    const over = new Date(now.getTime() - 60_000);

    expect(retryAt(limitedUntil(later), 1, options)).toEqual(later);
    expect(retryAt(limitedUntil(over), 1, options).getTime() - now.getTime()).toBe(7_000);
  });
});
