import { expect, test } from '@jest/globals';
import { clean, cleanLines } from '../../../src/gitops/health/text.ts';

const same = (text: string): string => text;

test('a message becomes one line without terminal codes', () => {
  expect(clean('\u001b[31mno\u001b[0m\r\n  such\u0000 file \u001b]0;title\u0007', same)).toBe('no such file');
});

test('a message is cut, but not through a character', () => {
  const text = clean(`${'a'.repeat(598)}😀😀`, same);

  expect(text).toBe(`${'a'.repeat(598)}…`);
});

test('lines are masked before they are split, so that a value on several lines is found', () => {
  const key = '-----BEGIN KEY-----\nabc\n-----END KEY-----';

  expect(cleanLines(`start\n${key}\nend\n\n`, (text) => text.replace(key, '(hidden)'))).toEqual([
    'start',
    '(hidden)',
    'end',
  ]);
});

test('a long line is masked before it is cut', () => {
  const secret = `s3cret-${'x'.repeat(500)}`;

  expect(cleanLines(`token ${secret}`, (text) => text.replace(secret, '(hidden)'))).toEqual(['token (hidden)']);
});
