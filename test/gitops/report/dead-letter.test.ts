import { expect, test } from '@jest/globals';
import { deadLetterText } from '../../../src/gitops/report/dead-letter.ts';

const dead = { of: 'review', why: 'no', tries: 103, at: '2026-03-02T10:20:30.000Z' } as const;
const since = '2026-03-01T09:05:00.000Z';

test.each([
  [
    'often',
    { ...dead, since },
    'tried 103 times since 2026-03-01 09:05 UTC, the last time on 2026-03-02 10:20 UTC, and',
  ],
  ['once', { ...dead, since, tries: 1 }, 'tried once, on 2026-03-02 10:20 UTC, and'],
  ['by a version that kept no first time', dead, 'tried 103 times, the last time on 2026-03-02 10:20 UTC, and'],
] as const)('work that was tried %s is told with its times', (_how, given, expected) => {
  expect(deadLetterText(given)).toContain(`It was ${expected} is not tried again by itself.`);
});
