import { describe, expect, test } from '@jest/globals';
import { createQuiet, quietBy } from '../../../src/features/review/quiet.ts';

/** How long each push of a pull is waited for, in seconds; pushes come at these seconds. */
function waits(seconds: readonly number[], pull = 'p'): readonly number[] {
  const quiet = createQuiet();
  return seconds.map((second) => {
    const due = quiet.after(pull, new Date(second * 1_000));
    return due === null ? 0 : due.getTime() / 1_000 - second;
  });
}

describe('a push', () => {
  test.each<readonly [string, readonly number[], readonly number[]]>([
    ['now and then is reviewed at once', [0, 15, 40, 200], [0, 0, 0, 0]],
    ['soon after another is waited for', [0, 1, 2, 3, 4, 5], [0, 2, 2, 5, 5, 10]],
    ['after a minute of quiet is the first again', [0, 1, 2, 100], [0, 2, 2, 0]],
    [
      'without an end is reviewed within a minute',
      Array.from({ length: 9 }, (_, at) => at * 9),
      [0, 2, 2, 5, 5, 10, 10, 6, 0],
    ],
  ])('%s', (_, seconds, expected) => {
    expect(waits(seconds)).toEqual(expected);
  });

  test('to another pull counts for that one alone', () => {
    const quiet = createQuiet();
    quiet.after('one', new Date(0));

    expect(quiet.after('two', new Date(1))).toBeNull();
  });

  test('is reviewed at once where nothing is waited for', () => {
    const quiet = createQuiet(quietBy(0));

    expect([1, 2, 3].map((at) => quiet.after('p', new Date(at)))).toEqual([null, null, null]);
  });
});
