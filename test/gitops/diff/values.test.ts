import { describe, expect, test } from '@jest/globals';
import type { ListKeysAt } from '../../../src/gitops/diff/equality.ts';
import { omitPaths, pathOfPointer, valueAt } from '../../../src/gitops/diff/values.ts';

const object = {
  data: { 'a/b': '1', c: '2' },
  spec: { containers: [{ name: 'web', env: [{ name: 'X', value: 'x' }], args: ['p', 'q'] }, { name: 'proxy' }] },
};

describe('valueAt', () => {
  test('finds what a path names and null where nothing is', () => {
    expect(valueAt(object, ['spec', 'containers', { name: 'web' }, 'env', { name: 'X' }, 'value'])).toBe('x');
    expect(valueAt(object, ['spec', 'containers', 1])).toEqual({ name: 'proxy' });
    expect(valueAt(object, ['spec', 'containers', { name: 'none' }, 'env'])).toBeNull();
    expect(valueAt(object, ['spec', 'toString'])).toBeNull();
  });
});

describe('omitPaths', () => {
  test('leaves the paths out of a copy and the original as it was', () => {
    const before = structuredClone(object);

    const result = omitPaths(object, [
      ['data', 'a/b'],
      ['spec', 'containers', { name: 'web' }, 'env', { name: 'X' }, 'value'],
      ['spec', 'containers', { name: 'proxy' }],
      ['spec', 'nothing', 'here'],
    ]);

    expect(result).toEqual({
      data: { c: '2' },
      spec: { containers: [{ name: 'web', env: [{ name: 'X' }], args: ['p', 'q'] }] },
    });
    expect(object).toEqual(before);
  });
});

describe('pathOfPointer', () => {
  const keys: ListKeysAt = (path) => (path.at(-1) === 'args' ? null : ['name']);

  test.each([
    ['/data/a~1b', ['data', 'a/b']],
    ['/spec/containers/0/env/0/value', ['spec', 'containers', { name: 'web' }, 'env', { name: 'X' }, 'value']],
    ['/spec/containers/0/args/1', ['spec', 'containers', { name: 'web' }, 'args', 1]],
    ['/spec/containers/7', null],
    ['/nothing', null],
  ])('%s is %j', (pointer, path) => {
    expect(pathOfPointer(object, pointer, keys)).toEqual(path);
  });
});
