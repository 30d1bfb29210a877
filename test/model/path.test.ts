import { describe, expect, test } from '@jest/globals';
import { formatPath, formatPointer } from '../../src/model/path.ts';

describe('formatPath', () => {
  test.each([
    [['spec', 'replicas'], 'spec.replicas'],
    [['spec', 'containers', { name: 'web' }, 'image'], 'spec.containers[name=web].image'],
    [['spec', 'ports', { port: 80, protocol: 'TCP' }], 'spec.ports[port=80,protocol=TCP]'],
    [['metadata', 'annotations', 'a.b/c'], 'metadata.annotations["a.b/c"]'],
    [['args', 2], 'args[2]'],
    [[], ''],
  ])('%j reads %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});

test('a pointer escapes tilde and slash', () => {
  expect(formatPointer(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0');
});
