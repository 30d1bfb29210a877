import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { steadyClock } from '../../src/tools/steady-clock.ts';

const minute = 60_000;

/** A clock over sources that are moved by hand. */
function open(start = Date.parse('2026-01-02T03:04:05Z')) {
  const time = { wall: start, monotonic: 0 };
  const now = steadyClock({ wall: () => time.wall, monotonic: () => time.monotonic });
  const pass = (milliseconds: number, jump = 0): number => {
    time.wall += milliseconds + jump;
    time.monotonic += milliseconds;
    return now().getTime();
  };
  return { time, pass };
}

describe('a steady clock', () => {
  test('follows the machine, and a jump ahead at once', () => {
    const { time, pass } = open();

    expect(pass(1_500)).toBe(time.wall);
    expect(pass(0, 10 * minute)).toBe(time.wall);
  });

  test('goes on at half speed where the machine jumped back, until both agree', () => {
    const { time, pass } = open();
    const before = pass(0);

    expect(pass(0, -10 * minute)).toBe(before);
    expect(pass(2 * minute)).toBe(before + minute);
    expect(pass(18 * minute)).toBe(before + 10 * minute);
    expect(pass(minute)).toBe(time.wall);
  });

  test('never goes back and never stands still for long, whatever the machine does', () => {
    const moves = fc.array(fc.tuple(fc.nat(minute), fc.integer({ min: -10 * minute, max: 10 * minute })));
    fc.assert(
      fc.property(moves, (all) => {
        const { pass } = open();
        let last = pass(0);
        for (const [milliseconds, jump] of all) {
          const next = pass(milliseconds, jump);
          expect(next - last).toBeGreaterThanOrEqual(milliseconds / 2 - 1);
          last = next;
        }
      }),
    );
  });
});
