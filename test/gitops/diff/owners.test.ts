import { describe, expect, test } from '@jest/globals';
import { attribute, ownedFields } from '../../../src/gitops/diff/attribute.ts';
import { foreignOwners, ownersOf } from '../../../src/gitops/diff/owners.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Path } from '../../../src/model/path.ts';

const replicas: Path = ['spec', 'replicas'];
const image: Path = ['spec', 'template', 'spec', 'containers', { name: 'web' }, 'image'];

function entry(
  manager: string,
  operation: string,
  time: string | null,
  fieldsV1: JsonObject,
  subresource = '',
): JsonObject {
  return {
    manager,
    operation,
    fieldsV1,
    ...(time === null ? {} : { time }),
    ...(subresource === '' ? {} : { subresource }),
  };
}

const spec: JsonObject = { 'f:spec': { 'f:replicas': {} } };
const container: JsonObject = {
  'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } } } },
};

const object = (...managedFields: readonly JsonObject[]): JsonObject => ({
  metadata: { managedFields: [...managedFields] },
});

describe('the owners of a path', () => {
  test('are told latest first, with program, operation and subresource', () => {
    const live = object(
      entry('fairlead', 'Apply', '2026-11-22T12:00:00Z', spec),
      entry('kubectl', 'Update', '2026-11-22T13:00:00Z', spec, 'scale'),
      entry('hpa', 'Update', null, spec),
    );

    expect(ownersOf(live, replicas).map(({ manager }) => manager)).toEqual(['kubectl', 'fairlead', 'hpa']);
    expect(foreignOwners(live, replicas, 'fairlead').map(({ manager, subresource }) => [manager, subresource])).toEqual(
      [
        ['kubectl', 'scale'],
        ['hpa', null],
      ],
    );
  });

  test('are found for items of lists by their keys', () => {
    const live = object(entry('kubectl', 'Update', null, container));

    expect(ownersOf(live, image)).toHaveLength(1);
    expect(ownersOf(live, replicas)).toEqual([]);
  });

  test('include our own name where it is no apply of ours', () => {
    const live = object(entry('fairlead', 'Update', null, spec));

    expect(foreignOwners(live, replicas, 'fairlead')).toHaveLength(1);
  });

  test.each<readonly [string, JsonObject]>([
    ['no metadata', {}],
    ['no entries', { metadata: {} }],
    ['entries that are no list', { metadata: { managedFields: 'x' } }],
    ['an entry without fields', object({ manager: 'a', operation: 'Apply' })],
    ['an entry of another operation', object(entry('a', 'Delete', null, spec))],
  ])('are none with %s', (_, live) => {
    expect(ownersOf(live, replicas)).toEqual([]);
  });
});

describe('why a path changes', () => {
  const ours = ownedFields(object(entry('fairlead', 'Apply', null, spec)), 'fairlead');
  const owned = { live: ours, predicted: ours };
  const change = { path: replicas, before: 5 };

  test.each<
    readonly [
      string,
      Parameters<typeof attribute>[0],
      Omit<Parameters<typeof attribute>[1], 'isForeign' | 'isShared'>,
      boolean,
      string,
    ]
  >([
    ['ours before and after', change, owned, false, 'git'],
    ['ours before and after, shared with somebody: the server would refuse it', change, owned, true, 'takeover'],
    ['ours, shared, and not there yet', { ...change, before: null }, owned, true, 'git'],
    ['new to us, nobody else has it', change, { live: null, predicted: ours }, false, 'git'],
    ['new to us, somebody else has it', change, { live: null, predicted: ours }, true, 'takeover'],
    ['new to us, and not there yet', { ...change, before: null }, { live: null, predicted: ours }, true, 'git'],
    ['ours no more', change, { live: ours, predicted: null }, false, 'git'],
    ['never ours', change, { live: null, predicted: null }, true, 'admission'],
    ['never ours, whatever else is', { path: ['spec', 'paused'], before: null }, owned, false, 'admission'],
  ])('%s', (_, path, ownership, isForeign, cause) => {
    expect(attribute(path, { ...ownership, isForeign: () => isForeign, isShared: () => isForeign })).toBe(cause);
  });
});
