import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareLive } from '../../../src/gitops/diff/compare-live.ts';
import { comparePaths } from '../../../src/gitops/diff/compare-paths.ts';
import { sameJson } from '../../../src/gitops/diff/equality.ts';
import type { Part } from '../../../src/model/change.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { formatPath } from '../../../src/model/path.ts';
import { anyObject, anySchema } from './any-object.ts';

function compare(live: JsonObject, base: JsonObject, head: JsonObject): (part: Part) => readonly string[] {
  const resource = { group: '', version: 'v1', kind: 'Thing', namespace: 'a', name: 'b' };
  const sight = { target: 't', resource, live, base: { kind: 'differs', predicted: base }, head } as const;
  const changes = compareLive({ ...sight, random: [], schema: anySchema, manager: 'us' });
  return (part) =>
    changes.filter((change) => change.part === part).flatMap(({ paths }) => paths.map(({ path }) => formatPath(path)));
}

test('where the live object is as base wants it, the pull is the difference of base and head', () => {
  fc.assert(
    fc.property(anyObject, anyObject, (base, head) => {
      const parts = compare(structuredClone(base), base, head);

      expect(parts('already')).toEqual([]);
      expect(parts('pull')).toEqual(comparePaths(base, head, anySchema).map(({ path }) => formatPath(path)));
    }),
  );
});

test('a live object that is not as head wants it always shows somewhere', () => {
  fc.assert(
    fc.property(anyObject, anyObject, anyObject, (live, base, head) => {
      const parts = compare(live, base, head);

      expect(parts('already').length + parts('pull').length > 0).toBe(!sameJson(live, head) || !sameJson(live, base));
    }),
    { numRuns: 1000 },
  );
});

test('the pull never shows a path at which the live object is as head wants it', () => {
  fc.assert(
    fc.property(anyObject, anyObject, (base, head) => {
      expect(compare(structuredClone(head), base, head)('pull')).toEqual([]);
    }),
  );
});
