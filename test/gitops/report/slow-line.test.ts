import { expect, test } from '@jest/globals';
import { readTimePattern } from '../../../src/gitops/report/comment.ts';
import { slowLine } from '../../../src/gitops/report/slow-line.ts';

const resetAt = new Date('2026-03-01T12:40:00Z');

test('says how many calls are left, and when there are new ones', () => {
  const line = slowLine({ remaining: 812, limit: 5000, resetAt });

  expect(line).toContain("**Slower than usual:** the forge's rate limit is nearly used up (812 of 5000 calls left)");
  expect(line).toContain('new calls at 12:40 UTC');
});

test('says what it knows where the forge tells less, and nothing when there is enough', () => {
  expect(slowLine({ remaining: null, limit: null, resetAt: null })).toMatch(/used up\. Deploys/);
  expect(slowLine(null)).toBe('');
});

test('is no reason to edit a comment that says the same apart from it', () => {
  const lines = [
    slowLine({ remaining: 812, limit: 5000, resetAt }),
    slowLine({ remaining: 3, limit: 5000, resetAt }),
    '',
  ];
  const comments = lines.map((line) => `body\n\n${line === '' ? '' : `${line}\n\n`}<sub>end</sub>`);

  const blanked = comments.map((text) => text.replace(new RegExp(readTimePattern.source, 'g'), ''));

  expect(new Set(blanked)).toEqual(new Set(['body\n\n<sub>end</sub>']));
});
