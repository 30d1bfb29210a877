import { describe, expect, test } from '@jest/globals';
import { holdsDesired } from '../../../src/engines/apply/holds-desired.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const container = (rest: JsonObject): JsonObject => ({ name: 'web', image: 'web:1', ...rest });

const desired: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    containers: [
      container({
        args: ['a', 'b'],
        env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
        resources: { limits: { cpu: '1000m' } },
      }),
      { name: 'proxy', image: 'proxy:1' },
    ],
    tolerations: [{ key: 'a', operator: 'Exists' }],
  },
};

const fields: JsonObject = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:containers': {
      'k:{"name":"web"}': {
        '.': {},
        'f:name': {},
        'f:image': {},
        'f:args': {},
        'f:env': { 'k:{"name":"NODE"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { 'f:fieldRef': {} } } },
        'f:resources': { 'f:limits': { 'f:cpu': {} } },
      },
      'k:{"name":"proxy"}': { '.': {}, 'f:name': {}, 'f:image': {} },
    },
    'f:tolerations': {},
  },
};

const valueFrom = { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } };
const liveSpec = {
  restartPolicy: 'Always',
  containers: [
    container({
      args: ['a', 'b'],
      env: [{ name: 'NODE', valueFrom }],
      resources: { limits: { cpu: '1' } },
      tty: false,
    }),
    { name: 'proxy', image: 'proxy:1' },
  ] as Json[],
  tolerations: [{ key: 'a', operator: 'Exists' }] as Json[],
};

interface Change {
  readonly spec?: JsonObject;
  readonly entry?: JsonObject;
}

function live({ spec = {}, entry = {} }: Change = {}): JsonObject {
  const ours = { manager: 'us', operation: 'Apply', apiVersion: 'v1', fieldsV1: fields, ...entry };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web', other: 'x' }, managedFields: [ours] },
    spec: { ...liveSpec, ...spec },
  };
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

test('an object as we applied it, with defaults, additions of others and canonical quantities, holds what we want', () => {
  expect(holdsDesired(live(), desired, 'us')).toBe(true);
});

describe('it does not hold', () => {
  const [web, proxy] = liveSpec.containers;
  const ownedSpec = fields['f:spec'] as JsonObject; // built above

  test.each<[string, Change]>([
    ['a value somebody changed', { spec: { containers: [{ ...(web as JsonObject), image: 'web:2' }, proxy ?? null] } }],
    ['an item somebody removed', { spec: { containers: [web ?? null] } }],
    ['items in another order', { spec: { containers: [proxy ?? null, web ?? null] } }],
    [
      'a whole list with one more field that is no default',
      { spec: { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }] } },
    ],
    ['a whole list with one more item', { spec: { tolerations: [...liveSpec.tolerations, { key: 'b' }] } }],
    ['a field that we lost', { entry: { fieldsV1: { ...fields, 'f:spec': without(ownedSpec, 'f:tolerations') } } }],
    [
      'a field that we own and do not want any more',
      { entry: { fieldsV1: { ...fields, 'f:spec': { ...ownedSpec, 'f:hostNetwork': {} } } } },
    ],
    ['what another manager applied', { entry: { manager: 'them' } }],
    ['what we did not apply', { entry: { operation: 'Update' } }],
    ['what was applied in another version', { entry: { apiVersion: 'v1beta1' } }],
  ])('%s', (_, change) => {
    expect(holdsDesired(live(change), desired, 'us')).toBe(false);
  });

  test('a field that is new in Git', () => {
    const spec = { ...(desired['spec'] as JsonObject), restartPolicy: 'Always' }; // built above

    expect(holdsDesired(live(), { ...desired, spec }, 'us')).toBe(false);
  });
});
