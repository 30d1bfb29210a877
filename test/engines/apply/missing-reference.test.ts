import { describe, expect, test } from '@jest/globals';
import { missingReference } from '../../../src/engines/apply/missing-reference.ts';
import { resourceOf } from './stage.ts';

const needs = resourceOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once', namespace: 'shop' } });
const wanted = { resource: needs, object: needs.object };
const kinds = ['ServiceAccount', 'PriorityClass', 'RuntimeClass', 'ConfigMap', 'Role', 'ClusterRole'];
const namespaced = new Set(['ServiceAccount', 'ConfigMap', 'Role']);
const head = kinds.map((kind) =>
  resourceOf({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'it', ...(namespaced.has(kind) ? { namespace: 'shop' } : {}) },
  }),
);

describe('what the server misses', () => {
  test.each([
    [
      'pods "once" is forbidden: error looking up service account shop/it: serviceaccount "it" not found',
      'ServiceAccount shop/it',
    ],
    ['pods "once" is forbidden: no PriorityClass with name it was found', 'PriorityClass it'],
    ['pods "once" is forbidden: pod rejected: RuntimeClass "it" not found', 'RuntimeClass it'],
    ['configmaps "it" not found', 'ConfigMap shop/it'],
    ['roles.rbac.authorization.k8s.io "it" not found', 'Role shop/it'],
    ['clusterroles.rbac.authorization.k8s.io "it" not found', 'ClusterRole it'],
  ])('is found in the same change: %s', (message, found) => {
    expect(missingReference(message, wanted, head)).toBe(found);
  });

  test('is not found when the change brings another one, or one in another namespace', () => {
    const message = 'error looking up service account shop/it: serviceaccount "it" not found';
    const elsewhere = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'it', namespace: 'other' } };

    expect(missingReference(message.replaceAll('it"', 'other"'), wanted, head)).toBeNull();
    expect(missingReference(message, wanted, [resourceOf(elsewhere)])).toBeNull();
  });

  test('is nothing when the server says something else', () => {
    expect(missingReference('pods "it" is forbidden: exceeded quota', wanted, head)).toBeNull();
  });
});
