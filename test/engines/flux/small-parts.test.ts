import { describe, expect, test } from '@jest/globals';
import { readInventoryId } from '../../../src/engines/flux/inventory-id.ts';
import { readJournal, writeJournal } from '../../../src/engines/flux/journal.ts';
import { isRequestedBy, requestAge, requestPatch, requestToken } from '../../../src/engines/flux/request.ts';
import { commitOf } from '../../../src/engines/flux/revision.ts';
import { staleOf, whyLeft } from '../../../src/engines/flux/stale-objects.ts';
import { commit, facts, kustomization, now } from './sketch.ts';

const work = { deployment: 'D-1', commit };
const group = 'kustomize.toolkit.fluxcd.io';

describe('an entry of an inventory', () => {
  test.each([
    ['shop_web_apps_Deployment', { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }],
    ['shop_settings__ConfigMap', { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'settings' }],
    ['_shop__Namespace', { group: '', kind: 'Namespace', namespace: null, name: 'shop' }],
    [
      '_system__node_rbac.authorization.k8s.io_ClusterRole',
      { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', namespace: null, name: 'system:node' },
    ],
  ])('%s', (text, id) => {
    expect(readInventoryId(text, 'v1')).toEqual({ ...id, version: 'v1' });
  });

  test('that is none is left out', () => {
    expect(readInventoryId('nothing', 'v1')).toBeNull();
  });
});

test.each([
  [`main@sha1:${commit}`, commit],
  [`refs/heads/main@sha1:${commit}`, commit],
  [`main/${commit}`, commit],
  [`sha1:${commit}`, commit],
  [`latest@sha256:${'a'.repeat(64)}`, 'a'.repeat(64)],
  ['1.0.0+111111111111', null],
  ['', null],
])('the commit of revision %s', (revision, expected) => {
  expect(commitOf(revision)).toBe(expected);
});

describe('a request', () => {
  test('tells whose it is and how old', () => {
    const request = requestToken(work, now);
    const later = new Date(now.getTime() + 1500);

    expect(isRequestedBy({ request }, work)).toBe(true);
    expect(requestAge({ request }, work, later)).toBe(1500);
    expect(isRequestedBy({ request }, { ...work, deployment: 'D-11' })).toBe(false);
    expect(isRequestedBy({ request }, { ...work, commit: '2'.repeat(40) })).toBe(false);
    expect(requestAge({ request: '2026-01-01T00:00:00Z' }, work, later)).toBeNull();
    expect(isRequestedBy({ request: null }, work)).toBe(false);
  });

  test('makes the place for annotations only when there is none', () => {
    const bare = requestPatch({ object: { metadata: {} } }, 't');
    const beside = requestPatch({ object: { metadata: { annotations: { a: 'b' } } } }, 't');

    expect(bare).toEqual([
      { op: 'add', path: '/metadata/annotations', value: { 'reconcile.fluxcd.io/requestedAt': 't' } },
    ]);
    expect(beside).toEqual([{ op: 'add', path: '/metadata/annotations/reconcile.fluxcd.io~1requestedAt', value: 't' }]);
  });
});

describe('a journal', () => {
  const resource = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
  const notes = { ...facts(kustomization()).notes, stale: [{ resource, why: 'kept' }] };

  test('is read as it was written', () => {
    const stored = JSON.parse(JSON.stringify(writeJournal('D-1', [notes])));

    expect(readJournal('D-1', stored)).toEqual([notes]);
  });

  test.each([null, 'text', {}, { deployment: 'D-1', followed: [] }, { deployment: 'D-1', followed: [1] }])(
    'of another make begins anew: %j',
    (journal) => expect(readJournal('D-1', journal)).toBeNull(),
  );

  test('of another deployment begins anew', () => {
    expect(readJournal('D-2', writeJournal('D-1', [notes]))).toBeNull();
  });
});

describe('what Git has no more', () => {
  const entries = (...ids: readonly string[]) => ({ inventory: { entries: ids.map((id) => ({ id, v: 'v1' })) } });
  const desired = (namespace: string | null, name: string) => ({
    id: { group: '', version: 'v1', kind: 'ConfigMap', namespace, name },
  });

  test.each([
    ['nothing when all is wanted', {}, ['shop_a__ConfigMap'], [desired('shop', 'a')], []],
    ['what is not wanted', {}, ['shop_a__ConfigMap', 'shop_b__ConfigMap'], [desired('shop', 'a')], ['b']],
    ['what is wanted elsewhere', {}, ['shop_a__ConfigMap'], [desired('other', 'a')], ['a']],
    [
      'nothing that moves into a namespace',
      { targetNamespace: 'shop' },
      ['shop_a__ConfigMap'],
      [desired('x', 'a')],
      [],
    ],
    [
      'nothing without a namespace of its own',
      { targetNamespace: 'shop' },
      ['shop_a__ConfigMap'],
      [desired(null, 'a')],
      [],
    ],
    [
      'nothing that is renamed',
      { namePrefix: 'p-', nameSuffix: '-s' },
      ['shop_p-a-s__ConfigMap'],
      [desired('shop', 'a')],
      [],
    ],
  ])('is %s', (_, spec, ids, wanted, names) => {
    const found = staleOf(kustomization({ spec, status: entries(...ids) }), wanted);

    expect(found.map(({ name }) => name)).toEqual(names);
  });

  const labels = { [`${group}/name`]: 'web', [`${group}/namespace`]: 'flux-system' };

  test.each([
    ['is deleted when it is its own', { labels }, null],
    ['stays when it is marked', { labels, annotations: { [`${group}/prune`]: 'Disabled' } }, /marked/],
    ['stays when it is not reconciled', { labels: { ...labels, [`${group}/reconcile`]: 'disabled' } }, /marked/],
    [
      'stays when it belongs to another',
      { labels: { ...labels, [`${group}/name`]: 'api' } },
      /does not bear the labels/,
    ],
    ['stays when it belongs to nobody', {}, /does not bear the labels/],
  ])('%s', (_, metadata, why) => {
    const found = whyLeft(kustomization(), { metadata });

    if (why === null) expect(found).toBeNull();
    else expect(found).toMatch(why);
  });
});
