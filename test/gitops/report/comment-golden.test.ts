import { expect, test } from '@jest/globals';
import { composeReview, tellReview } from '../../../src/gitops/report/comment.ts';
import type { Review } from '../../../src/model/review.ts';
import { gitHubLimits } from '../../../src/world/forge/github/limits.ts';
import { expectGolden } from '../../support/golden.ts';
import { faultsOf, foreignIn, topTypes } from '../../support/markdown-shape.ts';
import { blocked, hostile, huge, offline, small } from './golden-reviews.ts';

const home = 'https://forge.example/';
const options = {
  limit: gitHubLimits.comment,
  fileUrl: (file: string, line: number | null) => `${home}blob/${encodeURIComponent(file.toWellFormed())}#L${line}`,
};

test.each<[string, Review]>([
  ['review-small.md', small],
  ['review-blocked.md', blocked],
  ['review-huge.md', huge],
  ['review-hostile.md', hostile],
  ['review-offline.md', offline],
])('%s is what the review reads like', (name, review) => {
  const news = { since: '77aa01c'.padEnd(40, '0'), isNewFinding: () => false, isNewChange: () => false };
  const isBlocked = review === blocked;
  const known = {
    ...options,
    news: isBlocked ? { ...news, isNewFinding: ({ rule }: { readonly rule: string }) => rule === 'data-loss' } : null,
    earlier: isBlocked ? [{ head: news.since, verdict: 'ready' as const }] : [],
  };

  const parts = tellReview(review, known).comments();

  expectGolden(name, parts.join('\n\n\n'));
  for (const [index, text] of parts.entries()) {
    expect(faultsOf(text, options.limit)).toEqual([]);
    expect(foreignIn(text, home)).toEqual([]);
    expect(topTypes(text)).toEqual(composeReview(review, known, parts.length)[index]?.types);
  }
});
