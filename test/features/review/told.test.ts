import { expect, test } from '@jest/globals';
import { isTold } from '../../../src/features/review/told.ts';
import type { Verdict } from '../../../src/model/verdict.ts';

const verdicts: readonly Verdict[] = ['blocked', 'incomplete', 'caution', 'routine', 'ready', 'no-change'];

test.each([
  ['changes', ['blocked', 'incomplete', 'caution', 'routine', 'ready']],
  ['findings', ['blocked', 'incomplete', 'caution']],
  ['always', verdicts],
  ['never', []],
] as const)('with `%s` these verdicts get a comment', (when, told) => {
  expect(verdicts.filter((verdict) => isTold(verdict, { when }, null))).toEqual(told);
});

test.each([
  ['changes', true],
  ['findings', true],
  ['always', true],
  ['never', false],
] as const)('with `%s` a review whose check the forge did not take gets a comment: %s', (when, isDue) => {
  expect(verdicts.map((verdict) => isTold(verdict, { when }, 'forbidden'))).toEqual(verdicts.map(() => isDue));
});
