import { expect, test } from '@jest/globals';
import { covers, parseFields } from '../../src/formats/field-sets.ts';
import type { Path } from '../../src/model/path.ts';

const set = parseFields({
  'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} }, 'f:finalizers': { 'v:"a.b/c"': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:tolerations': {},
    'f:containers': {
      'k:{"name":"web"}': {
        '.': {},
        'f:image': {},
        'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { 'f:name': {} } },
      },
    },
  },
});

const web = { name: 'web' };

test.each<[string, Path, boolean]>([
  ['a leaf', ['spec', 'replicas'], true],
  ['what lies inside a leaf', ['spec', 'tolerations', 0, 'key'], true],
  ['a container of something owned', ['spec'], true],
  ['a field of a list item', ['spec', 'containers', web, 'image'], true],
  ['a list item itself', ['spec', 'containers', web], true],
  [
    'an item named by two keys',
    ['spec', 'containers', web, 'ports', { containerPort: 80, protocol: 'TCP' }, 'name'],
    true,
  ],
  ['an item named by one of two keys', ['spec', 'containers', web, 'ports', { containerPort: 80 }, 'name'], true],
  ['a member of a set', ['metadata', 'finalizers', 0], true],
  ['no other label', ['metadata', 'labels', 'team'], false],
  ['no other item', ['spec', 'containers', { name: 'proxy' }, 'image'], false],
  ['no other field of an item', ['spec', 'containers', web, 'args'], false],
  ['no item whose keys differ', ['spec', 'containers', web, 'ports', { containerPort: 80, protocol: 'UDP' }], false],
  ['no position in a list of nobody', ['spec', 'volumes', 0], false],
])('a set covers %s', (_, path, expected) => {
  expect(covers(set, path)).toBe(expected);
});

test('an empty set covers nothing', () => {
  expect(covers(parseFields({}), ['spec'])).toBe(false);
});
