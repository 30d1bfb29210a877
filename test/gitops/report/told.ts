import type { Change } from '../../../src/model/change.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { Evidence } from '../../../src/model/health.ts';
import type { ResourceId } from '../../../src/model/resource.ts';
import type { Review } from '../../../src/model/review.ts';
import { deploymentOf } from '../../support/deployments.ts';

const checkout: ResourceId = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};

const migrate: ResourceId = { group: 'batch', version: 'v1', kind: 'Job', namespace: 'shop', name: 'checkout-migrate' };

export const crash: Evidence = {
  resource: checkout,
  pod: 'checkout-7c9d',
  container: 'checkout',
  reason: 'CrashLoopBackOff',
  message: 'back-off 5m0s restarting failed container',
  exitCode: 1,
  restarts: 5,
  logs: ['starting checkout 3.0.0', 'config: unknown key "db.poolSize"', '/approve', '```'],
  logsMissing: null,
};

export const silent: Evidence = {
  resource: { ...checkout, name: 'cart' },
  pod: 'cart-1',
  container: 'cart',
  reason: 'ErrImagePull',
  message: null,
  exitCode: null,
  restarts: null,
  logs: null,
  logsMissing: 'the container never started',
};

/** What pull 482 changes on `apps/checkout@prod:prod-eu`. */
export const changes: readonly Change[] = [
  {
    target: 'apps/checkout@prod:prod-eu',
    part: 'pull',
    resource: checkout,
    action: 'update',
    paths: [
      {
        path: ['spec', 'template', 'spec', 'containers', { name: 'checkout' }, 'image'],
        before: 'registry/shop/checkout:2.9.4',
        after: 'registry/shop/checkout:3.0.0',
        cause: 'git',
      },
      { path: ['spec', 'replicas'], before: 2, after: 6, cause: 'git' },
    ],
  },
  { target: 'apps/checkout@prod:prod-eu', part: 'pull', resource: migrate, action: 'create', paths: [] },
];

/** The other way round: what a revert restores. */
export const restores: readonly Change[] = changes.map((change) => ({
  ...change,
  action: change.action === 'create' ? 'delete' : change.action,
  paths: change.paths.map((path) => ({ ...path, before: path.after, after: path.before })),
}));

export const effect: Review = {
  verdict: 'ready',
  base: 'ab12cd3'.padEnd(40, '0'),
  head: '77aa01c'.padEnd(40, '0'),
  targets: [
    {
      id: 'apps/checkout@prod:prod-eu',
      application: 'apps/checkout',
      environment: 'prod',
      cluster: 'prod-eu',
      digest: null,
      error: null,
    },
  ],
  changes: restores,
  findings: [],
  coverage: { applications: 1, rendered: 1, unownedFiles: [] },
  clustersRead: ['prod-eu'],
  gitOnly: null,
  helm: [],
  inputs: [],
  readAt: '2026-11-22T14:16:00.000Z',
};

const at = (time: string): string => `2026-11-22T${time}.000Z`;

export const staging: Deployment = deploymentOf({
  id: 'D-16',
  environment: 'staging',
  cluster: 'stg-eu',
  state: 'healthy',
  steps: [
    { state: 'accepted', at: at('14:10:02'), note: 'merged by octo-dev' },
    { state: 'applying', at: at('14:10:04'), note: '' },
    { state: 'following', at: at('14:10:06'), note: '3 objects written' },
    { state: 'healthy', at: at('14:10:45'), note: '' },
  ],
  counts: { applied: 3, unchanged: 2, pruned: 1, total: 6 },
  pods: { ready: 6, wanted: 6 },
  kept: [
    {
      resource: { group: '', version: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'orders-db' },
      why: 'volumes are deleted only when a person confirms it',
    },
  ],
  createdAt: at('14:10:02'),
  appliedAt: at('14:10:06'),
  healthyAt: at('14:10:45'),
  endedAt: at('14:10:45'),
});

export const failed: Deployment = deploymentOf({
  id: 'D-17',
  state: 'failed',
  reason: 'checkout did not become healthy: CrashLoopBackOff',
  steps: [
    { state: 'applying', at: at('14:11:00'), note: '' },
    { state: 'failed', at: at('14:14:10'), note: 'CrashLoopBackOff in checkout' },
  ],
  counts: { applied: 4, unchanged: 0, pruned: 0, total: 7 },
  pods: { ready: 4, wanted: 6 },
  evidence: [crash, silent],
  failedBefore: ['apps/Deployment/shop/old'],
  createdAt: at('14:10:50'),
  appliedAt: at('14:11:05'),
  endedAt: at('14:14:10'),
});

export const waiting: Deployment = deploymentOf({
  id: 'D-18',
  cluster: 'prod-us',
  state: 'waiting',
  reason: 'for an approval of acme/sre: `/fairlead approve prod`',
  steps: [{ state: 'waiting', at: at('14:10:51'), note: 'for an approval of acme/sre: `/fairlead approve prod`' }],
  createdAt: at('14:10:51'),
});

/** Why the newest settings are not in force, with a foreign word in it. */
export const brokenSettings =
  'the settings of ab12cd3 are not in force: .fairlead.yaml:2:7 mode: "@all" is not allowed; those of 9f3c2e1 hold';
