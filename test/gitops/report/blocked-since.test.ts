import { describe, expect, test } from '@jest/globals';
import { blockedSinceText } from '../../../src/gitops/report/blocked-since.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { hostileTexts } from '../../support/hostile-text.ts';
import { foreignIn, parseMarkdown } from '../../support/markdown-shape.ts';

const head = '9f3c2e1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const foot = 'The review above tells all of it. This comment goes once nothing blocks the pull.';
const blocker = (rule: string, message = `${rule} says so.`): Finding => ({
  ...{ rule, severity: 'block', target: null, resource: null, file: null, line: null, message, fix: null },
});
const text = (approvers: readonly string[], ...blockers: readonly Finding[]): string =>
  blockedSinceText({ head, approvers, blockers, mask: (words) => words.replaceAll('hunter2hunter2', '(hidden)') });

describe('the comment to those who approved a pull that is blocked since', () => {
  test('names a few of them, a few blockers, and how many more there are', () => {
    const blockers = ['a-rule', 'b-rule', 'c-rule', 'd-rule', 'e-rule'].map((rule) => blocker(rule));

    expect(text(['ann', 'bob', 'cy', 'di'], ...blockers)).toBe(
      [
        '### ⛔ Blocked since it was approved — `ann`, `bob`, `cy` and 1 more approved this pull; at `9f3c2e1` its review is blocked',
        '- **a-rule** — a-rule says so.\n- **b-rule** — b-rule says so.\n- **c-rule** — c-rule says so.\n- and 2 more',
        foot,
      ].join('\n\n'),
    );
  });

  test('stands without a list for a pull in conflict', () => {
    expect(text(['ann']).split('\n\n').slice(1)).toEqual([foot]);
  });

  test('shows no secret', () => {
    expect(text(['ann'], blocker('a-rule', 'the value hunter2hunter2 is there.'))).not.toContain('hunter2');
  });

  test.each(Object.entries(hostileTexts))('keeps hostile text dead: %s', (_kind, words) => {
    for (const word of words) {
      const told = text([word, 'ann'], blocker(word, word));

      expect(foreignIn(told, 'https://forge.example/', parseMarkdown(told))).toEqual([]);
    }
  });
});
