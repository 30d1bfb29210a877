import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../src/formats/nearest.ts';

describe('the nearest candidate', () => {
  test.each([
    ['a slip of one letter', 'enforc', ['observe', 'enforce'], 'enforce'],
    ['a swap of neighbours', 'merg', ['merge', 'never'], 'merge'],
    ['another case', 'Merge', ['merge', 'never'], 'merge'],
    ['the beginning of only one', 'revert', ['none', 'revert-pr'], 'revert-pr'],
    ['only one begins it', 'reporting', ['report', 'heal'], 'report'],
    ['two begin alike', 'prod', ['prod-eu', 'prod-us'], null],
    ['two are equally near', 'prod-ex', ['prod-eu', 'prod-es'], null],
    ['nothing is near', 'banana', ['observe', 'enforce'], null],
    ['two letters begin too much', 're', ['revert-pr', 'none'], null],
    ['the word itself is no candidate', 'merge', ['merge'], null],
    ['no candidates', 'merge', [], null],
    ['an empty word', '', ['merge'], null],
    ['a very long word', 'a'.repeat(100_000), ['a'.repeat(100_000 - 1)], null],
  ])('%s', (_title, word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});
