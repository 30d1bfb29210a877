import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PullTools } from '../../src/features/review/pull-tools.ts';
import type { Deployment } from '../../src/model/deployment.ts';
import type { Review } from '../../src/model/review.ts';
import { countEntry, countReview, readFigures } from '../../src/server/figures.ts';
import { watchAudit } from '../../src/server/watch-audit.ts';
import { createMetrics, type Metrics } from '../../src/tools/metrics/metrics.ts';
import { type OpenedStore, openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import type { Store } from '../../src/world/store/store.ts';
import { seriesOf } from '../support/metric-series.ts';

const repo = { forge: 'github', id: 42, fullName: 'acme/shop', installation: 7 };
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

let opened: OpenedStore;
let meter: Metrics;
let store: Store;
let counted: Promise<void>[];
beforeEach(async () => {
  counted = [];
  opened = await openSqlite({ path: ':memory:', lock: false, now: () => new Date(), random: () => 0 });
  meter = await createMetrics({ process: false });
  const commits = { firstParents: [{ parents: ['b'], authoredAt: at(2) }], commitsBetween: [{ authoredAt: at(1) }] };
  const repository = {
    firstParents: async () => commits.firstParents,
    commitsBetween: async () => commits.commitsBetween,
  };
  const mirror = (async () => repository) as unknown as PullTools['mirror']; // of git only the history is asked
  store = watchAudit(opened.store, (entry) => counted.push(countEntry(entry, { meter, store: opened.store, mirror })));
});
afterEach(() => opened.close());

const values = async (name: string) => [...seriesOf((await meter.scrape()).text, name)];
const target = 'environment="prod",cluster="prod-eu"';

/** A deployment that began at second 11 and came to its end at second 71. */
async function ended(state: 'healthy' | 'failed'): Promise<Deployment> {
  const nothing = { evidence: [], failedBefore: [], kept: [], counts: null, pods: null, journal: null, digest: null };
  return store.deployments.create(null, {
    ...{ ...nothing, repo, target: 'checkout@prod:prod-eu', application: 'checkout', environment: 'prod' },
    ...{ cluster: 'prod-eu', engine: 'apply', commit: 'c', branch: 'main', previous: null, pulls: [3] },
    ...{ trigger: 'merge', actor: 'octo-dev', confirmed: false, state, reason: '', revertPull: null, revertNote: null },
    steps: [
      { state: 'accepted', at: at(10), note: '' },
      { state: 'applying', at: at(11), note: '' },
      { state, at: at(71), note: '' },
    ],
    ...{ createdAt: at(10), appliedAt: at(20), healthyAt: state === 'healthy' ? at(61) : null, endedAt: at(71) },
  });
}

async function append(action: string, id: string, data = {}): Promise<void> {
  await store.transaction((tx) => store.audit.append(tx, { actor: 'fairlead', action, subject: id, data }));
  await Promise.all(counted);
}

test('a deployment that became healthy is counted, with its time, its lead time and what it recovered from', async () => {
  const { id } = await ended('healthy');

  await append('deploy-healthy', id, { recovery_ms: 90_000 });

  expect(await values('fairlead_deployments_total')).toEqual([
    [`fairlead_deployments_total{${target},result="healthy"}`, 1],
  ]);
  expect(await values('fairlead_deployment_duration_seconds_sum')).toEqual([[expect.any(String), 60]]);
  expect(await values('fairlead_change_lead_time_seconds_sum')).toEqual([[expect.any(String), 60]]);
  expect(await values('fairlead_recovery_seconds_sum')).toEqual([[expect.any(String), 90]]);
});

test('one that failed has a time, and no lead time', async () => {
  const { id } = await ended('failed');

  await append('deploy-failed', id);
  await append('revert-opened', id, { pull: 4 });

  expect(await values('fairlead_deployments_total')).toEqual([[expect.stringContaining('result="failed"'), 1]]);
  expect(await values('fairlead_deployment_duration_seconds_count')).toEqual([[expect.any(String), 1]]);
  expect(await values('fairlead_change_lead_time_seconds_count')).toEqual([]);
  expect(await values('fairlead_reverts_total')).toEqual([[`fairlead_reverts_total{${target}}`, 1]]);
});

test('what was rolled back did not happen, and what follows none of it is not counted', async () => {
  const { id } = await ended('healthy');
  const fault = store.transaction(async (tx) => {
    await store.audit.append(tx, { actor: 'fairlead', action: 'deploy-healthy', subject: id, data: {} });
    throw new Error('cut off');
  });
  await expect(fault).rejects.toThrow('cut off');

  await append('deploy-applying', id);
  await append('deploy-healthy', 'D-999');

  expect(await values('fairlead_deployments_total')).toEqual([]);
});

test('a review counts once for its verdict, and once for each finding', () => {
  const finding = { target: null, resource: null, file: null, line: null, message: '', fix: null };
  const findings = ['image-latest', 'image-latest', 'from-somewhere-else'].map((rule) => ({
    ...{ ...finding, rule, severity: 'block' as const },
  }));

  countReview(meter, 'github', { verdict: 'blocked', findings } as unknown as Review, 1_500); // what figures are made of

  return expect(Promise.all([values('fairlead_reviews_total'), values('fairlead_findings_total')])).resolves.toEqual([
    [['fairlead_reviews_total{forge="github",verdict="blocked"}', 1]],
    [
      ['fairlead_findings_total{rule="image-latest",severity="block"}', 2],
      ['fairlead_findings_total{rule="other",severity="block"}', 1],
    ],
  ]);
});

test('drift counts objects, not fields, and only while it lasts', async () => {
  const row = {
    ...{ repo, target: 'checkout@prod:prod-eu', application: 'checkout', environment: 'prod', cluster: 'prod-eu' },
    ...{ git: '1', live: '2', owner: null, firstSeen: at(1), lastSeen: at(1), resolution: null, adoptPull: null },
    ...{ commit: 'c', resolvedAt: null },
  };
  const resource = (name: string) => ({ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name });
  readFigures(meter, { store, queue: opened.queue });
  await store.drift.save(null, { ...row, id: 'd-1', resource: resource('web'), path: 'spec.replicas' });
  await store.drift.save(null, { ...row, id: 'd-2', resource: resource('web'), path: 'spec.paused' });
  await store.drift.save(null, { ...row, id: 'd-3', resource: resource('api'), path: 'spec.replicas' });
  const before = await values('fairlead_drifted_resources');
  for (const id of ['d-1', 'd-2', 'd-3'])
    await store.drift.save(null, {
      ...row,
      id,
      resource: resource('web'),
      path: '',
      resolvedAt: at(9),
      resolution: 'gone',
    });

  expect(before).toEqual([[`fairlead_drifted_resources{${target},application="checkout"}`, 2]]);
  expect(await values('fairlead_drifted_resources')).toEqual([]);
});
