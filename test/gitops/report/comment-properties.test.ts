import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { code, prose } from '../../../src/formats/markdown.ts';
import type { Block } from '../../../src/gitops/report/blocks.ts';
import { type CommentOptions, composeReview, mostParts, tellReview } from '../../../src/gitops/report/comment.ts';
import { placeText } from '../../../src/gitops/report/finding-text.ts';
import { shareFindings } from '../../../src/gitops/report/shared-findings.ts';
import { formatResource } from '../../../src/model/resource.ts';
import type { Review } from '../../../src/model/review.ts';
import { soak } from '../../support/deployments.ts';
import { hostileWord, plainWord } from '../../support/hostile-text.ts';
import { faultsOf, foreignIn, parseMarkdown, topTypes } from '../../support/markdown-shape.ts';
import { reviewOf, sizeOf, type Words } from '../../support/reviews.ts';
import { type Seeded, seeded } from '../../support/seeded.ts';

const home = 'https://forge.example/';
/** Of a small forge, GitHub and GitLab. */
const limits = [4_000, 65_536, 1_000_000] as const;
const runs = 1_000 * soak;
const patience = 900_000 * soak;

function optionsOf(random: Seeded, limit: number, words: Words): CommentOptions {
  const said = (): string | null => (random.percent(15) ? words(random) : null);
  return {
    limit,
    fileUrl: random.percent(70) ? (file, line) => `${home}${encodeURIComponent(file.toWellFormed())}#L${line}` : null,
    problem: said(),
    unreported: said(),
    forgotten: random.percent(10),
    slow: random.percent(10) ? { remaining: 12, limit: 5_000, resetAt: new Date(0) } : null,
    news: random.percent(40)
      ? {
          since: '7'.repeat(40),
          isNewFinding: ({ message }) => message.length % 2 === 0,
          isNewChange: ({ paths }) => paths.length % 2 === 0,
        }
      : null,
    earlier: random.percent(40) ? [{ head: '7'.repeat(40), verdict: 'ready' }] : [],
  };
}

/** A review and how it is told, drawn from a seed; the same every time. */
function drawn(
  seed: number,
  limit: number,
  words: Words,
): { readonly review: Review; readonly options: CommentOptions } {
  const random = seeded(seed);
  const review = reviewOf(random, sizeOf(random), words);
  return { review, options: optionsOf(random, limit, words) };
}

const composed = (seed: number, limit: number, words: Words, parts = mostParts): readonly Block[] => {
  const { review, options } = drawn(seed, limit, words);
  return composeReview(review, options, parts);
};

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
/** Every third case has another limit. */
const check = (holds: (seed: number, limit: number) => void): void => {
  const cases = fc.tuple(seeds, fc.constantFrom(...limits));
  fc.assert(
    fc.property(cases, ([seed, limit]) => holds(seed, limit)),
    { numRuns: runs, endOnFailure: true },
  );
};

/** What says that a blocker is there: its rule, object and place. */
function presenceOf(review: Review): readonly (readonly string[])[] {
  return shareFindings(review.findings.filter(({ severity }) => severity === 'block')).map(({ finding }) => [
    prose(finding.rule),
    finding.resource === null ? '' : code(formatResource(finding.resource)),
    finding.file === null ? '' : code(placeText(finding)),
  ]);
}

/** The lines of blockers in a comment, how many it counts, and whether it had room for all counts. */
function toldBlockers(text: string): {
  readonly lines: readonly string[];
  readonly counted: number;
  readonly isCut: boolean;
} {
  const [, section = ''] = text.split('**⛔ Blockers**\n\n');
  const lines = (section.split('\n\n', 1)[0] ?? '').split('\n').filter((line) => line.startsWith('- **'));
  const counted = [...text.matchAll(/(\d+) × blocker/g)].reduce((sum, [, number]) => sum + Number(number), 0);
  return { lines, counted, isCut: /\d+ of (?:all|other) kinds|details do not fit/.test(text) };
}

describe('a comment on any review, within the limit of any forge', () => {
  test(
    'keeps the limit, reads as designed to a GFM parser, and is the same for the same review',
    () => {
      check((seed, limit) => {
        const blocks = composed(seed, limit, plainWord);

        for (const { text, types } of blocks) {
          const root = parseMarkdown(text);
          expect(faultsOf(`${text}\n`, limit, root)).toEqual([]);
          expect(topTypes(text, root)).toEqual(types);
          expect(types[0]).toBe('heading');
        }
        expect(composed(seed, limit, plainWord)).toEqual(blocks);
      });
    },
    patience,
  );

  test(
    'holds every blocker, or counts those it has no room for',
    () => {
      check((seed, limit) => {
        const { review, options } = drawn(seed, limit, plainWord);
        const told = toldBlockers(composeReview(review, options, 1)[0]?.text ?? '');
        const blockers = presenceOf(review);

        const number = told.lines.length + told.counted;
        expect(told.isCut ? number <= blockers.length : number === blockers.length).toBe(true);
        const missing = blockers.filter(
          (parts) => !told.lines.some((line) => parts.every((part) => line.includes(part))),
        );
        expect(limit < 65_536 || blockers.length > 300 ? [] : missing).toEqual([]);
      });
    },
    patience,
  );

  test(
    'holds nothing of hostile text that a forge would bring to life',
    () => {
      check((seed, limit) => {
        for (const { text, types } of composed(seed, limit, hostileWord)) {
          const root = parseMarkdown(text);
          expect(foreignIn(text, home, root)).toEqual([]);
          expect(faultsOf(`${text}\n`, limit, root)).toEqual([]);
          expect(topTypes(text, root)).toEqual(types);
        }
        const { review, options } = drawn(seed, limit, hostileWord);
        const page = tellReview(review, options).details(limit);
        const root = parseMarkdown(page);
        expect([...foreignIn(page, home, root), ...faultsOf(page, limit, root)]).toEqual([]);
      });
    },
    patience,
  );
});
