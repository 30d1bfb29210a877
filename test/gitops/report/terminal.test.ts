import { expect, test } from '@jest/globals';
import { maskReview } from '../../../src/gitops/report/mask-review.ts';
import { reviewText } from '../../../src/gitops/report/terminal.ts';
import { sample } from './html/sample.ts';

test('no foreign name begins a line that seems to be ours', () => {
  const plain = (_colour: string, text: string): string => text;
  const hostile = maskReview({ ...sample, gitOnly: 'none is known' }, (text) => `${text}\n  ⛔ forged`);

  const lines = reviewText(hostile, plain).split('\n');

  expect(lines.filter((line) => line.startsWith('  ⛔ forged'))).toEqual([]);
  expect(lines.join('\n')).toContain('Deployment\\u000a  ⛔ forged shop');
});
