import { describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { reviewComment } from '../../../src/gitops/report/comment.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Review } from '../../../src/model/review.ts';
import { blockerOf, fieldOf, objectOf, reviewOn, targetOn, updateOf } from './review-of.ts';

const target = targetOn('prod-eu');
const config = objectOf('ConfigMap', 'web');
const reviewWith = (secret: string): Review => {
  const json = JSON.stringify({ db: { password: secret } });
  return reviewOn([{ ...target, error: `cannot log in with ${secret}` }], {
    verdict: 'blocked',
    gitOnly: `no login with ${secret}`,
    changes: [
      updateOf(
        target,
        config,
        fieldOf(['data', 'plain'], 'x', secret),
        fieldOf(['data', 'cut'], 'x', `${'word '.repeat(15)}${secret}${' word'.repeat(30)}`),
        fieldOf(['data', 'tight'], 'x', `${'word,'.repeat(14)}${secret}${',word'.repeat(30)}`),
        fieldOf(['data', 'json'], '{"db":\n{}}', json),
        fieldOf(['data', 'text'], `a\nb\n${secret}\n`, `a\nc\n${secret}\n`),
        fieldOf(['data', 'list'], ['x'], ['y', secret]),
      ),
      { ...updateOf(target, objectOf('Widget', 'w')), offline: `no: ${secret}`, takes: [`1 Pod with ${secret}`] },
    ],
    findings: [{ ...blockerOf(target, config, `the value ${secret} is no port`), fix: `Write another than ${secret}` }],
  });
};

/** Letters and digits alone: whatever was escaped, cut or wrapped. */
const bare = (text: string): string => text.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();

describe('a secret that is known', () => {
  test.each([
    ['plain', 'hunter2hunter2correcthorse'],
    ['with pipes', 'pq7|hunter2|correct|horse'],
    ['of words that Markdown takes for its own', 'hunter2 *correct* _horse_ `battery` staple'],
    ['like HTML', '<hunter2&correct>horse"battery\''],
    ['with a link in it', 'hunter2 https://correct.horse @battery #12'],
    ['of blanks and tabs', 'hunter2  correct\thorse battery'],
    ['that is very long', 'hunter2correct'.repeat(20)],
  ])('stands nowhere in a comment: %s', (_what, secret) => {
    const redactor = createRedactor({ key: new Uint8Array(32).fill(1) });
    redactor.learn(secret);
    const clear = reviewComment(reviewWith(secret), { limit: 60_000, fileUrl: null });

    const text = redactor.text(
      reviewComment(reviewWith(secret), { limit: 60_000, fileUrl: null, mask: redactor.text }),
    );

    expect(bare(clear)).toContain(bare(secret).slice(0, 10));
    expect(bare(text)).not.toContain(bare(secret).slice(0, 10));
    expect(text).toContain('(hidden)');
  });

  test('that is all that changes is said to change', () => {
    const redactor = createRedactor({ key: new Uint8Array(32).fill(1) });
    for (const secret of ['hunter2hunter2', 'correcthorse']) redactor.learn(secret);
    const changes = [updateOf(target, config, fieldOf(['data', 'url'], 'db:hunter2hunter2@x', 'db:correcthorse@x'))];

    const text = reviewComment(reviewOn([target], { changes }), { limit: 60_000, fileUrl: null, mask: redactor.text });

    expect(text).toContain('| `data.url` | `db:(hidden)@x` | `db:(hidden, changed)@x` |');
  });

  test('is as new as it was before it was masked', () => {
    const finding: Finding = blockerOf(target, config, 'the value hunter2hunter2 is no port');
    const news = {
      since: '7'.repeat(40),
      isNewFinding: ({ message }: Finding) => message.includes('hunter2'),
      isNewChange: () => false,
    };

    const text = reviewComment(reviewOn([target], { findings: [finding] }), {
      ...{ limit: 60_000, fileUrl: null, news },
      mask: (clear) => clear.replaceAll('hunter2hunter2', '(hidden)'),
    });

    expect(text).toContain('**data-loss** 🆕 ·');
    expect(text).toContain(': 1 finding.');
    expect(text).not.toContain('hunter2');
  });
});
