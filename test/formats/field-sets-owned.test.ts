import { describe, expect, test } from '@jest/globals';
import { ownedPaths, parseFields } from '../../src/formats/field-sets.ts';
import { formatPath } from '../../src/model/path.ts';

const object = {
  metadata: { labels: { app: 'web', tier: 'front' }, finalizers: ['a', 'b'] },
  spec: {
    replicas: 2,
    template: {
      containers: [
        { name: 'web', image: 'nginx' },
        { name: 'side', image: 'proxy' },
      ],
    },
    strategy: { type: 'RollingUpdate' },
  },
};

describe('ownedPaths', () => {
  test.each([
    ['a field', { 'f:spec': { 'f:replicas': {} } }, ['spec.replicas']],
    ['a whole', { 'f:spec': { 'f:strategy': {} } }, ['spec.strategy']],
    [
      'one item by its key',
      { 'f:spec': { 'f:template': { 'f:containers': { 'k:{"name":"side"}': { '.': {}, 'f:image': {} } } } } },
      ['spec.template.containers[name=side].image'],
    ],
    [
      'an item and nothing below it',
      { 'f:spec': { 'f:template': { 'f:containers': { 'k:{"name":"web"}': { '.': {} } } } } },
      ['spec.template.containers[name=web]'],
    ],
    ['a member of a set', { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"b"': {} } } }, ['metadata.finalizers[1]']],
    [
      'several',
      { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:tier': {} } } },
      ['metadata.labels.app', 'metadata.labels.tier'],
    ],
    [
      'what the object does not have',
      {
        'f:spec': { 'f:paused': {}, 'f:template': { 'f:containers': { 'k:{"name":"gone"}': {} } } },
        'f:metadata': { 'f:finalizers': { 'v:"z"': {} } },
      },
      [],
    ],
    ['an inherited name', { 'f:spec': { 'f:toString': {} } }, []],
  ])('names %s', (_title, fields, expected) => {
    expect(ownedPaths(object, parseFields(fields)).map(formatPath)).toEqual(expected);
  });
});
