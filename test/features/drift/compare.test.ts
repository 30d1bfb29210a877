import { describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../../src/engines/engine.ts';
import { driftRows, type Seen } from '../../../src/features/drift/compare.ts';
import type { Change, PathChange } from '../../../src/model/change.ts';
import type { Drift } from '../../../src/model/drift.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { shop } from '../../support/deployments.ts';

const resource = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const target = { id: 't', application: 'a', environment: 'prod', cluster: 'eu', branch: 'main' };
const [first, second] = [new Date('2026-11-22T14:00:00.000Z'), new Date('2026-11-22T15:00:00.000Z')];

const replicas = (change: Partial<PathChange> = {}): PathChange => {
  return { path: ['spec', 'replicas'], before: 5, after: 3, cause: 'git', ...change };
};

function changed(paths: readonly PathChange[], change: Partial<Change> = {}): Change {
  return { target: 't', part: 'already', resource, action: 'update', paths, ...change };
}

function look(changes: readonly Change[], more: Partial<Seen> & { error?: string; live?: JsonObject } = {}) {
  const live = new Map(more.live === undefined ? [] : [['apps/Deployment/shop/web', more.live] as const]);
  const set: ChangeSet = { changes, findings: [], error: more.error ?? null, live };
  const redact = (text: string): string => text.replaceAll('hunter-two', '(hidden)');
  return driftRows({
    repo: shop,
    target,
    commit: 'c',
    manager: 'fairlead',
    set,
    now: first,
    open: [],
    redact,
    ...more,
  });
}

describe('drift', () => {
  test('is a row for each field, with both values as text', () => {
    const env = replicas({ path: ['spec', 'paused'], before: null, after: { a: [1n, true] } });

    expect(look([changed([replicas(), env])])).toMatchObject([
      { path: 'spec.replicas', git: '3', live: '5', owner: null, resolvedAt: null },
      { path: 'spec.paused', git: '{"a":[1,true]}', live: null },
    ]);
  });

  test('holds no secret value, and tells that one changed', () => {
    const rows = look([changed([replicas({ path: ['spec', 'a'], before: 'hunter-two', after: 'hunter-two!' })])]);

    expect(rows).toMatchObject([{ live: '(hidden)', git: '(hidden)!' }]);
    expect(look([changed([replicas({ before: ['hunter-two', 1n], after: 'hunter-two' })])])).toMatchObject([
      { live: '["(hidden)",1]', git: '(hidden)' },
    ]);
  });

  test('keeps its id and its first time for as long as it lasts, whatever the values are', () => {
    const [before] = look([changed([replicas()])]);
    const [after] = look([changed([replicas({ before: 9 })])], {
      now: second,
      open: before === undefined ? [] : [before],
    });

    expect(after).toMatchObject({
      id: before?.id,
      firstSeen: first.toISOString(),
      lastSeen: second.toISOString(),
      live: '9',
    });
    expect(before?.id).toMatch(/^d-[0-9a-f]{8}$/);
  });

  test('has another id in another repository, target, object or field', () => {
    const ids = [
      look([changed([replicas()])]),
      look([changed([replicas()])], { repo: { ...shop, id: 43 } }),
      look([changed([replicas()])], { target: { ...target, id: 'u' } }),
      look([changed([replicas()], { resource: { ...resource, name: 'db' } })]),
      look([changed([replicas({ path: ['spec', 'paused'] })])]),
    ].flatMap((rows) => rows.map(({ id }) => id));

    expect(new Set(ids).size).toBe(5);
  });

  test('is not what a webhook or a default adds, nor what a pull changes', () => {
    expect(look([changed([replicas({ cause: 'admission' })])])).toEqual([]);
    expect(look([changed([replicas()], { part: 'pull' })])).toEqual([]);
  });

  test('is one row for an object that is missing', () => {
    expect(look([changed([], { action: 'create' })])).toMatchObject([{ path: '', git: 'present', live: null }]);
  });

  test('names who wrote the field last', () => {
    const managedFields = [
      {
        manager: 'fairlead',
        operation: 'Apply',
        time: '2026-11-22T13:00:00Z',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
      {
        manager: 'kubectl',
        operation: 'Update',
        subresource: 'scale',
        time: '2026-11-22T12:00:00Z',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
    ];

    expect(look([changed([replicas()])], { live: { metadata: { managedFields } } })[0]?.owner).toEqual({
      ...{ manager: 'kubectl', operation: 'Update', subresource: 'scale', since: '2026-11-22T12:00:00Z' },
    });
  });

  test('that is not seen any more is gone, or healed when it was put back', () => {
    const open = look([changed([replicas()])]);
    const healed = open.map((row): Drift => ({ ...row, resolution: 'healed' }));

    expect(look([], { open, now: second })).toMatchObject([{ resolvedAt: second.toISOString(), resolution: 'gone' }]);
    expect(look([], { open: healed, now: second })).toMatchObject([{ resolution: 'healed' }]);
  });

  test('that could not be read is not gone', () => {
    const open = look([changed([replicas()])]);

    expect(look([], { open, error: '1 of 2 objects could not be read', now: second })).toEqual([]);
  });
});
