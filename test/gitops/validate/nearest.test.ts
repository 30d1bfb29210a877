import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearest } from '../../../src/gitops/validate/nearest.ts';

describe('what was probably meant', () => {
  const fields = ['image', 'imagePullPolicy', 'name', 'env', 'envFrom', 'ports', 'replicas'];

  test.each([
    ['imagePullPolciy', 'imagePullPolicy'],
    ['imagepullpolicy', 'imagePullPolicy'],
    ['replica', 'replicas'],
    ['repliacs', 'replicas'],
    ['port', 'ports'],
    ['envfrom', 'envFrom'],
    ['volumes', null],
    ['x', null],
  ])('%s: %s', (word, expected) => {
    expect(nearest(word, fields)).toBe(expected);
  });

  test('between two equally near words it does not guess', () => {
    expect(nearest('cpx', ['cpu', 'cps'])).toBeNull();
  });

  test('a word with two neighbours swapped is always found among words unlike it', () => {
    const swapped = fc.integer({ min: 0, max: 6 }).map((at) => {
      const letters = [...'replicas'];
      const pair = [letters[at + 1] ?? '', letters[at] ?? ''];
      return [...letters.slice(0, at), ...pair, ...letters.slice(at + 2)].join('');
    });

    fc.assert(fc.property(swapped, (word) => nearest(word, fields) === 'replicas'));
  });
});
