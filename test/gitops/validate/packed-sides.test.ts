import { describe, expect, test } from '@jest/globals';
import { packSides, unpackSides } from '../../../src/gitops/validate/packed-sides.ts';
import type { Resource } from '../../../src/model/resource.ts';

const resource: Resource = {
  id: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'b' },
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, data: { large: 2n ** 70n } },
  ...{ source: { file: 'a.yaml', line: 3 }, lines: new Map([['/data', 7]]), random: [] },
};

describe('what checks look at, on its way to a worker', () => {
  test('arrives as it was, with exact numbers and lines', () => {
    expect(unpackSides(packSides({ resources: [resource], base: null }))).toEqual({
      resources: [resource],
      base: null,
    });
  });

  test('is unpacked once for all checks of a target, and anew for the next target', () => {
    const [one, other] = [packSides({ resources: [resource], base: [] }), packSides({ resources: [], base: null })];
    const first = unpackSides(one);

    expect(unpackSides(one)).toBe(first);
    expect(unpackSides(other)).toEqual({ resources: [], base: null });
    expect(unpackSides(one)).toEqual(first);
  });

  test('travels in memory that threads share', () => {
    expect(packSides({ resources: [resource], base: null }).bytes).toBeInstanceOf(SharedArrayBuffer);
  });
});
