import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PolicyEntry } from '../../../src/gitops/validate/policy-engine.ts';
import { mayConcern } from '../../../src/gitops/validate/policy-scope.ts';
import { readPolicyFolder } from '../../../src/gitops/validate/read-policies.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const shipped = await readPolicyFolder(join(import.meta.dirname, '../../../policies'));

function entry(group: string, kind: string, resource = ''): PolicyEntry {
  const place = { group, version: 'v1', kind, namespace: 'shop', name: 'one', resource };
  return { ...place, object: {}, oldObject: null, operation: 'CREATE' };
}

function policy(matchConstraints: JsonObject): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    spec: { matchConstraints },
  };
}

describe('the shipped policies', () => {
  test.each([
    ['', 'Pod'],
    ['apps', 'Deployment'],
    ['apps', 'StatefulSet'],
    ['apps', 'DaemonSet'],
    ['batch', 'Job'],
    ['batch', 'CronJob'],
    ['rbac.authorization.k8s.io', 'ClusterRole'],
    ['rbac.authorization.k8s.io', 'ClusterRoleBinding'],
  ])('are asked about %s %s', (group, kind) => {
    expect(mayConcern(shipped, [entry('', 'ConfigMap'), entry(group, kind)])).toBe(true);
  });

  test.each([
    ['', 'ConfigMap'],
    ['', 'Secret'],
    ['', 'Service'],
    ['networking.k8s.io', 'Ingress'],
    ['argoproj.io', 'Application'],
  ])('need not be asked about %s %s', (group, kind) => {
    expect(mayConcern(shipped, [entry(group, kind)])).toBe(false);
  });
});

describe('a policy', () => {
  const toIngress = policy({ resourceRules: [{ resources: ['ingresses', 'networkpolicies/status'] }] });

  test.each([
    ['the usual plural of a kind', toIngress, entry('networking.k8s.io', 'Ingress')],
    ['a plural in -ies, of a subresource too', toIngress, entry('networking.k8s.io', 'NetworkPolicy')],
    ['the plural a definition says', policy({ resourceRules: [{ resources: ['oxen'] }] }), entry('a.b', 'Ox', 'oxen')],
    ['every resource', policy({ resourceRules: [{ resources: ['*'] }] }), entry('', 'ConfigMap')],
    ['every subresource', policy({ resourceRules: [{ resources: ['*/scale'] }] }), entry('', 'ConfigMap')],
    ['no resource at all', policy({}), entry('', 'ConfigMap')],
    ['rules that cannot be read', policy({ resourceRules: [{ resources: 'pods' }] }), entry('', 'ConfigMap')],
  ])('that names %s is asked', (_, document, one) => {
    expect(mayConcern([document], [one])).toBe(true);
  });

  test('that names another plural is not', () => {
    expect(mayConcern([toIngress], [entry('a.b', 'Ingress', 'ways')])).toBe(false);
  });

  test('is not asked about nothing', () => {
    expect(mayConcern([policy({})], [])).toBe(false);
  });
});
