import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparePaths, type Difference } from '../../../src/gitops/diff/compare-paths.ts';
import { sameJson } from '../../../src/gitops/diff/equality.ts';
import { anyObject as object, anySchema as options } from './any-object.ts';
import { applyDifferences, sameApartFromKeyedOrder } from './apply-differences.ts';

test('an object compared with itself or its copy differs nowhere', () => {
  fc.assert(
    fc.property(object, (one) => {
      expect(comparePaths(one, structuredClone(one), options)).toEqual([]);
    }),
  );
});

test('carrying out the listed paths on one side gives the other', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      const found = comparePaths(before, after, options);
      const result = applyDifferences(before, found);

      expect({ found, result, same: sameApartFromKeyedOrder(result, after) }).toEqual({ found, result, same: true });
    }),
    { numRuns: 2000 },
  );
});

test('two objects that are not equal always differ somewhere', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      expect(comparePaths(before, after, options).length > 0).toBe(!sameJson(before, after));
    }),
    { numRuns: 2000 },
  );
});

test('the other direction tells the same places with the sides swapped', () => {
  const text = (found: readonly Difference[]): readonly string[] =>
    found.map(({ path }) => JSON.stringify(path)).sort();

  fc.assert(
    fc.property(object, object, (before, after) => {
      expect(text(comparePaths(before, after, options))).toEqual(text(comparePaths(after, before, options)));
    }),
  );
});

test('one path stands neither twice nor below another', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      const paths = comparePaths(before, after, options)
        .filter((found) => !found.isOrder)
        .map(({ path }) => path.map((segment) => JSON.stringify(segment)));

      for (const one of paths) {
        expect(paths.filter((other) => one.every((segment, index) => segment === other[index]))).toEqual([one]);
      }
    }),
  );
});
