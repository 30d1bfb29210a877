import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Change } from '../../src/model/change.ts';
import { maskStore } from '../../src/server/mask-store.ts';
import { type OpenedStore, openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import { deploymentOf, driftOf, shop } from '../support/deployments.ts';

let opened: OpenedStore;
beforeEach(async () => {
  opened = await openSqlite({ path: ':memory:', lock: false, now: () => new Date(), random: () => 0 });
});
afterEach(() => opened.close());

const masked = () => maskStore(opened.store, (text) => text.replaceAll('hunter-two', '(hidden)'));
const resource = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'hunter-two' };

const evidence = { resource, pod: null, container: null, reason: 'Failed', exitCode: 1, restarts: 0 };

test('a deployment keeps no secret value in any sentence, when it is made and when it moves on', async () => {
  const store = masked();
  const sentences = {
    reason: 'because hunter-two',
    steps: [{ state: 'failed', at: '', note: 'hunter-two failed' }],
    evidence: [{ ...evidence, message: 'hunter-two', logs: ['hunter-two', 'fine'], logsMissing: 'hunter-two' }],
    kept: [{ resource, why: 'hunter-two' }],
    revertNote: 'hunter-two',
  } as const;

  const { id: _id, ...made } = deploymentOf({ id: 'D-1', ...sentences });
  const { id } = await store.deployments.create(null, made);
  const first = await store.deployments.get(id);
  await store.deployments.update(null, id, sentences);
  const second = await store.deployments.get(id);

  for (const row of [first, second]) {
    const { evidence: seen = [], kept = [], ...rest } = row ?? {};
    const said = [rest, kept.map(({ why }) => why), seen.map((one) => ({ ...one, resource: null }))];
    expect(JSON.stringify(said)).not.toContain('hunter-two');
    expect(row).toMatchObject({ reason: 'because (hidden)', evidence: [{ logs: ['(hidden)', 'fine'] }] });
    // What rows are found by stays.
    expect(row?.kept[0]?.resource).toEqual(resource);
  }
});

test('a change of a deployment that says nothing changes no sentence', async () => {
  const store = masked();
  const { id: _id, ...made } = deploymentOf({ id: 'D-1', reason: 'first' });
  const { id } = await store.deployments.create(null, made);

  await store.deployments.update(null, id, { state: 'failed' });

  expect(await store.deployments.get(id)).toMatchObject({ state: 'failed', reason: 'first', revertNote: null });
});

test('a plan keeps what changes, not the values', async () => {
  const store = masked();
  const paths = [{ path: ['data', 'a'], before: 'hunter-two', after: 'hunter-two!', cause: 'git' }] as const;
  const change: Change = { target: 't', part: 'pull', resource, action: 'update', paths };
  const target = { id: 't', application: 'a', environment: null, cluster: null, digest: 'd', objects: {}, deletes: [] };
  const plan = { repo: shop, pull: 1, head: 'h', base: 'b', verdict: 'ready', at: '', shownAt: null } as const;

  await store.plans.save(null, { ...plan, targets: [{ ...target, takeovers: [], changes: [change] }] });

  const kept = await store.plans.of(shop, 1, 'h');
  expect(kept?.targets[0]?.changes).toEqual([
    { ...change, paths: [{ ...paths[0], before: '(hidden)', after: '(hidden)!' }] },
  ]);
});

test('drift, marks, pauses and audit rows keep no secret value', async () => {
  const store = masked();
  await store.drift.save(null, driftOf({ id: 'd-1', git: 'hunter-two', live: 'not hunter-two' }));
  const mark = { kind: 'hold', subject: '', head: 'h', digests: {}, by: 'octo-dev', at: '' } as const;
  await store.pulls.mark(null, shop, 1, { ...mark, reason: 'hunter-two' });
  await store.pauses.set(null, { repo: shop, environment: null, by: 'octo-dev', reason: 'hunter-two', at: '' });
  const data = { command: 'pause hunter-two', reason: 'hunter-two', why: 'hunter-two', key: 'hunter-two' };
  await store.audit.append(null, { actor: 'octo-dev', action: 'job-asked', subject: 's', data });

  expect(await store.drift.get('d-1')).toMatchObject({ git: '(hidden)', live: 'not (hidden)' });
  expect(await store.pulls.marks(shop, 1)).toMatchObject([{ reason: '(hidden)' }]);
  expect(await store.pauses.list(shop)).toMatchObject([{ reason: '(hidden)' }]);
  const [row] = await store.audit.read({ after: 0, limit: 1 });
  expect(row?.data).toEqual({ command: 'pause (hidden)', reason: '(hidden)', why: '(hidden)', key: 'hunter-two' });
  expect(await store.audit.verify()).toEqual({ rows: 1, broken: null });
});
