import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const text = readFileSync(new URL('./bad-files.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, item = '', what = '', expected = '', file = '', words = '']) => ({ item, what, expected, file, words }));

describe('the list of bad files', () => {
  test.each(rows)('$item, $what: its test is there', ({ expected, file, words }) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

    expect(expected).not.toBe('');
    expect(words).not.toBe('');
    expect(source).toContain(words);
  });

  test.each(Array.from({ length: 30 }, (_, index) => index + 16))('%i has a row', (item) => {
    expect(rows.map((row) => Number(row.item))).toContain(item);
  });
});
