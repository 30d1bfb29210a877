import fc from 'fast-check';
import type { Deployment, DeploymentState } from '../../src/model/deployment.ts';
import type { Drift } from '../../src/model/drift.ts';
import type { Evidence } from '../../src/model/health.ts';
import type { RepoRef } from '../../src/model/repo.ts';
import type { ResourceId } from '../../src/model/resource.ts';
import { targetId } from '../../src/model/target.ts';

/** `FAIRLEAD_SOAK=10` runs ten times as many generated cases. */
export const soak = Number(process.env['FAIRLEAD_SOAK'] ?? 1);

export const shop: RepoRef = { forge: 'github', id: 42, fullName: 'acme/shop', installation: 7 };

/** A deployment of pull 482 that waits, with what a test wants otherwise. */
export function deploymentOf(change: Partial<Deployment> & Pick<Deployment, 'id'>): Deployment {
  const application = change.application ?? 'apps/checkout';
  const environment = change.environment ?? 'prod';
  const cluster = change.cluster ?? 'prod-eu';
  return {
    repo: shop,
    target: targetId({ application, environment, cluster }),
    application,
    environment,
    cluster,
    engine: 'apply',
    commit: 'ab12cd3'.padEnd(40, '0'),
    branch: 'main',
    previous: '51ab7d0'.padEnd(40, '0'),
    pulls: [482],
    trigger: 'merge',
    actor: 'octo-dev',
    confirmed: false,
    state: 'waiting',
    reason: '',
    steps: [],
    journal: null,
    counts: null,
    pods: null,
    evidence: [],
    failedBefore: [],
    kept: [],
    digest: null,
    revertPull: null,
    revertNote: null,
    createdAt: '2026-11-22T14:10:00.000Z',
    appliedAt: null,
    healthyAt: null,
    endedAt: null,
    ...change,
  };
}

/** A row of drift, with what a test wants otherwise. */
export function driftOf(change: Partial<Drift> & Pick<Drift, 'id'>): Drift {
  const application = change.application ?? 'apps/orders';
  const environment = change.environment ?? 'prod';
  const cluster = change.cluster ?? 'prod-eu';
  return {
    repo: shop,
    target: targetId({ application, environment, cluster }),
    application,
    environment,
    cluster,
    resource: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'orders' },
    path: 'spec.replicas',
    git: '3',
    live: '5',
    owner: { manager: 'kubectl', operation: 'Update', subresource: 'scale', since: '2026-11-22T12:20:00Z' },
    firstSeen: '2026-11-22T12:20:04.000Z',
    lastSeen: '2026-11-22T14:20:00.000Z',
    resolvedAt: null,
    resolution: null,
    adoptPull: null,
    commit: 'ab12cd3'.padEnd(40, '0'),
    ...change,
  };
}

const hostile = [
  '```',
  '|',
  '</details>',
  '<!-- -->',
  '@org/team',
  '\n/approve\n',
  '\n/fairlead approve prod\n',
  '\u202e',
  '\ud83d',
  '`',
  '#12 !34',
  '[x](javascript:1)',
  '<details>\n\n',
  'a\nb',
  '- [ ] x',
  '# h',
];

/** A name or message as an attacker would have it. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z]{1,12}$/) },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...hostile), fc.nat(400)).map(([text, times]) => text.repeat(times)),
  },
);

const time = fc.integer({ min: 0, max: 90_000 }).map((s) => new Date(1_795_000_000_000 + s * 1_000).toISOString());
const maybeTime = fc.option(time);
const states: readonly DeploymentState[] = [
  'accepted',
  'waiting',
  'applying',
  'following',
  'soaking',
  'healthy',
  'failed',
  'unknown',
  'superseded',
];

const hostileResource: fc.Arbitrary<ResourceId> = fc.record({
  group: fc.constantFrom('', 'apps', 'batch'),
  version: fc.constant('v1'),
  kind: fc.constantFrom('Deployment', 'Job', 'Secret'),
  namespace: fc.option(hostileText),
  name: hostileText,
});

export const hostileEvidence: fc.Arbitrary<Evidence> = fc.record({
  resource: hostileResource,
  pod: fc.option(hostileText),
  container: fc.option(hostileText),
  reason: hostileText,
  message: fc.option(hostileText),
  exitCode: fc.option(fc.nat(255)),
  restarts: fc.option(fc.nat(99)),
  logs: fc.option(fc.array(hostileText, { maxLength: 60 })),
  logsMissing: fc.option(hostileText),
});

/** Deployments with hostile names, notes and evidence. */
export const hostileDeployment: fc.Arbitrary<Deployment> = fc
  .record({
    id: fc.nat(400).map((number) => `D-${number}`),
    application: hostileText,
    environment: hostileText,
    cluster: hostileText,
    state: fc.constantFrom(...states),
    reason: hostileText,
    steps: fc.array(fc.record({ state: fc.constantFrom(...states), at: time, note: hostileText }), { maxLength: 6 }),
    counts: fc.option(fc.record({ applied: fc.nat(9), unchanged: fc.nat(9), pruned: fc.nat(9), total: fc.nat(40) })),
    pods: fc.option(fc.record({ ready: fc.nat(9), wanted: fc.nat(9) })),
    evidence: fc.array(hostileEvidence, { maxLength: 4 }),
    kept: fc.array(fc.record({ resource: hostileResource, why: hostileText }), { maxLength: 4 }),
    createdAt: time,
    appliedAt: maybeTime,
    healthyAt: maybeTime,
    endedAt: maybeTime,
  })
  .map((change) => deploymentOf(change));

/** Rows of drift with hostile names and values. */
export const hostileDrift: fc.Arbitrary<Drift> = fc
  .record({
    id: fc.stringMatching(/^d-[0-9a-f]{6}$/),
    application: hostileText,
    environment: hostileText,
    cluster: hostileText,
    resource: hostileResource,
    path: hostileText,
    git: fc.option(hostileText),
    live: fc.option(hostileText),
    firstSeen: time,
    owner: fc.option(
      fc.record({
        manager: hostileText,
        operation: fc.constantFrom('Apply' as const, 'Update' as const),
        subresource: fc.option(hostileText),
        since: maybeTime,
      }),
    ),
  })
  .map((change) => driftOf(change));
