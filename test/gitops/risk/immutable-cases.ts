import type { PathChange } from '../../../src/model/change.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { RiskCase } from './cases.ts';

const changed = (object: JsonObject, path: PathChange['path']): Omit<RiskCase, 'title' | 'says'> => ({
  ...{ base: object, head: object, paths: [{ path, before: 'one', after: 'other', cause: 'git' }] },
});
const named = { metadata: { name: 'x', namespace: 'shop' } };
const deployment: JsonObject = { apiVersion: 'apps/v1', kind: 'Deployment', ...named };
const claim: JsonObject = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...named };
const balancer: JsonObject = { apiVersion: 'v1', kind: 'Service', ...named, spec: { type: 'LoadBalancer' } };

/** Fields that nobody may change: of objects that are never made anew, and where the server was asked. */
export const immutableCases: readonly RiskCase[] = [
  {
    title: 'a selector changes and the server, which was asked, took it',
    ...changed(deployment, ['spec', 'selector', 'matchLabels', 'app']),
    live: deployment,
    says: [],
  },
  {
    title: 'the class of a claim changes',
    ...changed(claim, ['spec', 'storageClassName']),
    says: [
      'immutable-refused: spec.storageClassName cannot be changed, and a PersistentVolumeClaim is never deleted to be made anew',
    ],
  },
  {
    title: 'the size of a claim changes',
    ...changed(claim, ['spec', 'resources', 'requests', 'storage']),
    says: [],
  },
  {
    title: 'the address of a load balancer changes',
    ...changed(balancer, ['spec', 'clusterIP']),
    says: [
      'immutable-refused: spec.clusterIP cannot be changed, and a Service with a load balancer is never deleted to be made anew',
    ],
  },
];
