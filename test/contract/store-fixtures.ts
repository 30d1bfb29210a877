import type { Deployment } from '../../src/model/deployment.ts';
import type { Drift } from '../../src/model/drift.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { RepoRef } from '../../src/model/repo.ts';
import type { Store } from '../../src/world/store/store.ts';

/** A clock that stands still until it is set forward. */
export interface TestClock {
  now(): Date;
  advance(milliseconds: number): void;
}

export function createClock(): TestClock {
  let time = Date.parse('2026-03-01T12:00:00.000Z');
  return {
    now: () => new Date(time),
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}

/** A store to test, empty at first and then shared by the tests. */
export interface StoreStage {
  readonly store: Store;
  readonly clock: TestClock;
  close(): Promise<void>;
}

/** Gives the stage; usable inside tests only. */
export type StageOf = () => StoreStage;

let repos = 0;

/** A repository no other test uses. */
export function newRepo(): RepoRef {
  repos += 1;
  return { forge: 'github', id: repos, fullName: `acme/shop-${repos}`, installation: 7 };
}

export const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' } as const;

export function newDeployment(change: Partial<Omit<Deployment, 'id'>> = {}): Omit<Deployment, 'id'> {
  return {
    repo: newRepo(),
    target: 'shop@prod@eu',
    application: 'shop',
    environment: 'prod',
    cluster: 'eu',
    engine: 'apply',
    commit: 'c'.repeat(40),
    branch: 'main',
    previous: null,
    pulls: [17],
    trigger: 'merge',
    actor: 'mona',
    confirmed: false,
    state: 'accepted',
    reason: '',
    steps: [{ state: 'accepted', at: '2026-03-01T12:00:00.000Z', note: 'merged' }],
    journal: { written: 3, version: 9_007_199_254_740_993n },
    counts: { applied: 1, unchanged: 2, pruned: 0, total: 3 },
    pods: { ready: 4, wanted: 6 },
    evidence: [],
    failedBefore: ['apps/Deployment/shop/web'],
    kept: [{ resource: web, why: 'prune: off' }],
    digest: 'abc',
    revertPull: null,
    revertNote: null,
    createdAt: '2026-03-01T12:00:00.000Z',
    appliedAt: null,
    healthyAt: null,
    endedAt: null,
    ...change,
  };
}

export function newPlan(change: Partial<Plan> = {}): Plan {
  const paths = [
    { path: ['spec', 'limit'], before: 1, after: 9_007_199_254_740_993n, cause: 'git' } as const,
    { path: ['spec', { name: 'web' }, 0], before: null, after: { a: [true, 'b'] }, cause: 'admission' } as const,
  ];
  return {
    repo: newRepo(),
    pull: 17,
    head: 'a'.repeat(40),
    base: 'b'.repeat(40),
    verdict: 'ready',
    at: '2026-03-01T12:00:00.000Z',
    shownAt: '2026-03-01T12:00:01.000Z',
    targets: [
      {
        id: 'shop@prod@eu',
        application: 'shop',
        environment: 'prod',
        cluster: 'eu',
        digest: null,
        objects: { 'apps/Deployment/shop/web': { base: null, head: 'd1' } },
        deletes: [web],
        takeovers: [],
        changes: [{ target: 'shop@prod@eu', part: 'pull', resource: web, action: 'update', paths }],
      },
    ],
    ...change,
  };
}

let drifts = 0;

export function newDrift(change: Partial<Drift> = {}): Drift {
  drifts += 1;
  return {
    id: `d-${String(drifts).padStart(4, '0')}`,
    repo: newRepo(),
    target: 'shop@prod@eu',
    application: 'shop',
    environment: 'prod',
    cluster: 'eu',
    resource: web,
    path: 'spec.replicas',
    git: '3',
    live: '5',
    owner: { manager: 'kubectl-edit', operation: 'Update', subresource: null, since: null },
    firstSeen: '2026-03-01T12:00:00.000Z',
    lastSeen: '2026-03-01T12:05:00.000Z',
    resolvedAt: null,
    resolution: null,
    adoptPull: null,
    commit: 'c'.repeat(40),
    ...change,
  };
}
