import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPath, formatPointer, type Path, parsePath } from '../../src/model/path.ts';

describe('formatPath', () => {
  test.each([
    [['spec', 'replicas'], 'spec.replicas'],
    [['spec', 'containers', { name: 'web' }, 'image'], 'spec.containers[name=web].image'],
    [['spec', 'ports', { port: 80, protocol: 'TCP' }], 'spec.ports[port=80,protocol=TCP]'],
    [['spec', 'mounts', { mountPath: '/var/lib' }], 'spec.mounts[mountPath=/var/lib]'],
    [['metadata', 'annotations', 'a.b/c'], 'metadata.annotations["a.b/c"]'],
    [['args', 2], 'args[2]'],
    [['env', { name: '80' }], 'env[name="80"]'],
    [['env', { name: 'a],b' }], 'env[name="a],b"]'],
    [[], ''],
  ])('%j reads %s, and is read back', (path, text) => {
    expect(formatPath(path)).toBe(text);
    expect(parsePath(text)).toEqual(path);
  });
});

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'name',
    'a.b/c',
    '80',
    'true',
    '-0',
    '1e3',
    '[',
    '"',
    ']',
    '=',
    ',',
    '\\',
    '',
    ' ',
    '__proto__',
    '\n',
  ),
);
const number = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((value) => value + 0);
const keys = fc.dictionary(text, fc.oneof(text, number, fc.boolean()), { noNullPrototype: true, maxKeys: 3 });
const anyPath: fc.Arbitrary<Path> = fc.array(fc.oneof(text, fc.nat(), keys), { maxLength: 5 });

describe('parsePath', () => {
  test('gives back whatever path was written', () => {
    fc.assert(
      fc.property(anyPath, (path) => expect(parsePath(formatPath(path))).toEqual(path)),
      { numRuns: 2000 },
    );
  });

  test.each(['a..b', 'a[', 'a[b', '.a', 'a]', 'a["b]', 'a[x=]', 'a b', 'a["\\x"]'])('takes %j for no path', (wrong) => {
    expect(parsePath(wrong)).toBeNull();
  });
});

test('a pointer escapes tilde and slash', () => {
  expect(formatPointer(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0');
});
