import { expect, test } from '@jest/globals';
import { readConflicts } from '../../../src/engines/apply/conflicts.ts';

const start = 'Cluster prod (10.0.0.1:6443) refused to dry-run deployments.apps shop/web: Apply failed with';

test.each([
  [
    'one conflict',
    `${start} 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas.`,
    [{ field: '.spec.replicas', owner: 'kubectl' }],
  ],
  [
    'a subresource',
    `${start} 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas.`,
    [{ field: '.spec.replicas', owner: 'kube-controller-manager (scale)' }],
  ],
  [
    'an item of a list, with dots and quotes',
    `${start} 1 conflict: conflict with "edit" using apps/v1: .spec.template.spec.containers[name="a.b: c"].image.`,
    [{ field: '.spec.template.spec.containers[name="a.b: c"].image', owner: 'edit' }],
  ],
  [
    'several of several owners, sorted,',
    `${start} 2 conflicts: - .data.a; - .data.b; conflicts with "one" using v1:; conflicts with "two" using v1: (.data.b: conflict with "two" using v1; .data.a: conflict with "one" using v1).`,
    [
      { field: '.data.a', owner: 'one' },
      { field: '.data.b', owner: 'two' },
    ],
  ],
  ['another 409', 'Cluster c refused to apply configmaps a/b: the object has been modified.', []],
])('%s is read from the words of the server', (_what, message, conflicts) => {
  expect(readConflicts(message)).toEqual(conflicts);
});
