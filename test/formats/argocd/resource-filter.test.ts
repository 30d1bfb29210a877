import { describe, expect, test } from '@jest/globals';
import { readResourceFilter } from '../../../src/formats/argocd/resource-filter.ts';
import type { Json } from '../../../src/model/json.ts';

const prod = 'https://prod.example';
const pod = { group: '', kind: 'Pod' };
const pods = [{ apiGroups: [''], kinds: ['Pod'] }];
const here = [{ kinds: ['Pod'], clusters: ['https://prod*'] }];

/** The table in Argo CD's own code, and what clusters do to it. */
describe('a kind that Argo CD leaves out', () => {
  test.each<[string, Json, Json, string | null, boolean | null]>([
    ['nothing is said', null, null, prod, false],
    ['it is excluded', pods, null, prod, true],
    ['another is excluded', [{ apiGroups: ['apps'] }], null, prod, false],
    ['it is included', null, pods, prod, false],
    ['another is included', null, [{ apiGroups: ['apps'] }], prod, true],
    ['it is both', pods, pods, prod, true],
    ['everything of groups that begin so', [{ apiGroups: ['*'], kinds: ['*'] }], null, prod, true],
    ['another kind of its group', [{ apiGroups: [''], kinds: ['Po'] }], null, prod, false],
    ['it is excluded in this cluster', here, null, prod, true],
    ['it is excluded in another cluster', here, null, 'https://dev.example', false],
    ['it is excluded in a cluster that may be this one', here, null, null, null],
    ['another is included in another cluster', null, [{ kinds: ['Job'], clusters: ['https://dev*'] }], prod, false],
    ['another is included in a cluster that may be this one', null, [{ kinds: ['Job'], clusters: [prod] }], null, null],
    ['what is no list', 'Pod', { kinds: ['Pod'] }, prod, false],
  ])('%s', (_title, exclusions, inclusions, server, expected) => {
    expect(readResourceFilter(exclusions, inclusions).excludes(pod, server)).toBe(expected);
  });

  test.each([
    ['', 'Event', true],
    ['events.k8s.io', 'Event', true],
    ['coordination.k8s.io', 'Lease', true],
    ['coordination.k8s.io', 'LeaseCandidate', false],
  ])('%s %s, whatever the settings say: %s', (group, kind, expected) => {
    expect(readResourceFilter(null, null).excludes({ group, kind }, null)).toBe(expected);
  });
});
