import { describe, expect, test } from '@jest/globals';
import { undeclaredPaths, withoutPaths } from '../../../src/world/cluster/kubernetes/undeclared.ts';

describe('leaving undeclared fields out', () => {
  test('reads the paths of a refusal and nothing else', () => {
    const message =
      'Cluster a refused to apply b: failed to create typed patch object (ns/web; apps/v1, Kind=Deployment): errors: ' +
      '.metadata.annotations.x.y/z: expected string, got &value.valueUnstructured{Value:1}; ' +
      '.metadata.extra: field not declared in schema; .spec.list[name="a; b"].c: field not declared in schema.';

    expect(undeclaredPaths(message)).toEqual(['.metadata.extra']);
    expect(undeclaredPaths('(ns/web; v1, Kind=X): .spec.x: field not declared in schema.')).toEqual(['.spec.x']);
    expect(undeclaredPaths('.spec.x: expected string, got 1')).toEqual([]);
  });

  test.each([
    ['a field', { a: 1, b: 2 }, '.b', { a: 1 }],
    ['a nested field', { a: { b: 1, c: 2 } }, '.a.c', { a: { b: 1 } }],
    [
      'a field of an item by its key',
      {
        a: [
          { name: 'x', b: 1 },
          { name: 'y', b: 2 },
        ],
      },
      '.a[name="y"].b',
      { a: [{ name: 'x', b: 1 }, { name: 'y' }] },
    ],
    ['a field of an item by several keys', { a: [{ p: 80, b: 1 }] }, '.a[p=80,protocol="TCP"].b', { a: [{ p: 80 }] }],
    ['a field of an item by its index', { a: [{ b: 1, c: 1 }] }, '.a[0].b', { a: [{ c: 1 }] }],
    ['a whole item', { a: ['x', 'y'] }, '.a[0]', { a: ['y'] }],
    [
      'a key with a bracket and a quote',
      { a: [{ name: 'x"]', b: 1 }] },
      '.a[name="x\\"]"].b',
      { a: [{ name: 'x"]' }] },
    ],
  ])('drops %s', (_what, object, path, shorter) => {
    expect(withoutPaths(object, [path])).toEqual(shorter);
  });

  test('drops several at once', () => {
    expect(withoutPaths({ a: 1, b: { c: 1, d: 1 } }, ['.a', '.b.c'])).toEqual({ b: { d: 1 } });
  });

  test.each(['.absent', '.a.b', '.a[0]', '.list[name="z"].b', 'a', '.a[', '.__proto__'])('gives up on %s', (path) => {
    expect(withoutPaths({ a: 1, list: [{ name: 'x', b: 1 }] }, [path])).toBeNull();
  });
});
