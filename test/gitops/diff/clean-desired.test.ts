import { expect, test } from '@jest/globals';
import { cleanDesired } from '../../../src/gitops/diff/clean-desired.ts';

test('nulls, status and metadata of the server are not sent', () => {
  const cleaned = cleanDesired({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', creationTimestamp: null, uid: 'x', resourceVersion: '1', generation: 2, managedFields: [] },
    spec: { replicas: null, template: { metadata: { creationTimestamp: null } } },
    status: { replicas: 1 },
  });

  expect(cleaned).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { template: { metadata: {} } },
  });
});

test('what can be sent as it is stays the same object', () => {
  const ports = [{ name: 'http', containerPort: 80, protocol: 'TCP' }];
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { template: { spec: { containers: [{ name: 'a', ports }] } } },
  };

  expect(cleanDesired(deployment)).toBe(deployment);
});

test('the status of a definition is sent', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    status: { conditions: [] },
  };

  expect(cleanDesired(definition)).toEqual(definition);
});

test('stringData becomes data, wins over it, and a key without value is an empty one', () => {
  const cleaned = cleanDesired({
    apiVersion: 'v1',
    kind: 'Secret',
    data: { a: 'YQ==', b: 'Yg==', none: null },
    stringData: { b: 'new', ü: 'ü', empty: null },
  });

  expect(cleaned).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    data: { a: 'YQ==', b: 'bmV3', none: '', ü: 'w7w=', empty: '' },
  });
});

test('a kind called Secret of another group keeps its stringData', () => {
  const other = { apiVersion: 'example.com/v1', kind: 'Secret', stringData: { a: 'b' } };

  expect(cleanDesired(other)).toEqual(other);
});

test.each([
  ['Service', 'v1', (ports: object[]) => ({ ports }), 'port'],
  ['Pod', 'v1', (ports: object[]) => ({ containers: [{ name: 'a', ports }] }), 'containerPort'],
  [
    'CronJob',
    'batch/v1',
    (ports: object[]) => ({ jobTemplate: { spec: { template: { spec: { initContainers: [{ ports }] } } } } }),
    'containerPort',
  ],
])('ports of a %s get the protocol that makes their key complete', (kind, apiVersion, spec, number) => {
  const ports = [{ [number]: 80 }, { [number]: 53, protocol: 'UDP' }];
  const object = { apiVersion, kind, spec: spec(ports) };

  expect(cleanDesired(JSON.parse(JSON.stringify(object)))).toEqual({
    ...object,
    spec: spec([
      { [number]: 80, protocol: 'TCP' },
      { [number]: 53, protocol: 'UDP' },
    ]),
  });
});

test('exact numbers stay exact', () => {
  expect(cleanDesired({ spec: { size: 9007199254740993n } })).toEqual({ spec: { size: 9007199254740993n } });
});
