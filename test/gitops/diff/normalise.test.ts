import { expect, test } from '@jest/globals';
import { normalise } from '../../../src/gitops/diff/normalise.ts';

test('what the server keeps for itself is left out, what people write stays', () => {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      labels: {},
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'deployment.kubernetes.io/revision': '3',
        mine: 'yes',
      },
      finalizers: ['keep'],
      managedFields: [{}],
      resourceVersion: '1',
      generation: 1,
      uid: 'u',
      creationTimestamp: 'now',
      selfLink: '/x',
      deletionGracePeriodSeconds: 3,
      deletionTimestamp: 'soon',
    },
    spec: { replicas: 1 },
    status: { replicas: 1 },
  };

  expect(normalise(object)).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', annotations: { mine: 'yes' }, finalizers: ['keep'], deletionTimestamp: 'soon' },
    spec: { replicas: 1 },
  });
});

test('rules of an aggregated role belong to the server, those of others do not', () => {
  const rules = [{ verbs: ['get'] }];

  expect(normalise({ kind: 'ClusterRole', aggregationRule: {}, rules })).toEqual({
    kind: 'ClusterRole',
    aggregationRule: {},
  });
  expect(normalise({ kind: 'ClusterRole', rules })).toEqual({ kind: 'ClusterRole', rules });
  expect(normalise({ kind: 'Role', rules: [] })).toEqual({ kind: 'Role' });
});

test('the status of a claim inside a StatefulSet is left out', () => {
  const claim = { metadata: { name: 'data' }, spec: {} };

  expect(
    normalise({ kind: 'StatefulSet', spec: { volumeClaimTemplates: [{ ...claim, status: { phase: 'Pending' } }] } }),
  ).toEqual({
    kind: 'StatefulSet',
    spec: { volumeClaimTemplates: [claim] },
  });
});
