import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const text = readFileSync(new URL('./faults.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| F\d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, fault = '', what = '', file = '', title = '']) => ({ fault, what, file, title }));

describe('the list of faults', () => {
  test.each(rows)('$fault, $what: its test is there', ({ file, title }) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

    expect(title).not.toBe('');
    expect(source).toContain(title);
  });
});
