import { describe, expect, test } from '@jest/globals';
import { removedApiCheck } from '../../../src/gitops/validate/removed-api-check.ts';
import { runCheck } from '../../../src/gitops/validate/run-check.ts';
import { resourcesIn } from './validation.ts';

function check(apiVersion: string, kind: string, minor: number | null, served: boolean | null) {
  const resources = resourcesIn(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`);
  const ids = resources.map(({ id }) => id);
  const kinds = { served: served === null ? null : served ? ids : [], builtIn: [] };
  const task = {
    check: 'removed-api',
    target: 'web',
    resources,
    documents: [],
    kinds,
    base: null,
    policies: null,
    minor,
  };
  return runCheck([removedApiCheck], task).map(({ severity, message, fix }) => `${severity} ${message} ${fix}`);
}

const hpa = 'autoscaling/v2beta2';
const kind = 'HorizontalPodAutoscaler';
const fix = 'Write it as autoscaling/v2.';

describe('API versions that go', () => {
  test.each([
    [36, null, [`block ${kind} a: ${hpa} ${kind} was removed in Kubernetes 1.26. ${fix}`]],
    [36, false, [`block ${kind} a: ${hpa} ${kind} was removed in Kubernetes 1.26. ${fix}`]],
    [26, null, [`block ${kind} a: ${hpa} ${kind} was removed in Kubernetes 1.26. ${fix}`]],
    [
      26,
      true,
      [`caution ${kind} a: ${hpa} ${kind} was removed in Kubernetes 1.26; this cluster still serves it. ${fix}`],
    ],
    [25, true, [`caution ${kind} a: ${hpa} ${kind} will be removed in Kubernetes 1.26; the cluster has 1.25. ${fix}`]],
    [24, true, [`caution ${kind} a: ${hpa} ${kind} will be removed in Kubernetes 1.26; the cluster has 1.24. ${fix}`]],
    [23, true, []],
    [null, null, [`caution ${kind} a: ${hpa} ${kind} is not served from Kubernetes 1.26 on. ${fix}`]],
    [null, false, [`block ${kind} a: ${hpa} ${kind} was removed in Kubernetes 1.26. ${fix}`]],
  ])('on 1.%s, served: %s', (minor, served, expected) => {
    expect(check(hpa, kind, minor, served)).toEqual(expected);
  });

  test('a kind that stays, and one nobody knows, are not spoken of', () => {
    expect(check('autoscaling/v2', kind, 36, true)).toEqual([]);
    expect(check('example.com/v1beta1', 'Ingress', 36, false)).toEqual([]);
  });

  test('one that nothing replaces is to be removed', () => {
    expect(check('policy/v1beta1', 'PodSecurityPolicy', 36, null)[0]).toContain('Nothing takes its place');
  });
});
