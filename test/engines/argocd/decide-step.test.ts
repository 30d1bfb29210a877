import { describe, expect, test } from '@jest/globals';
import { decideStep, type StepFacts } from '../../../src/engines/argocd/decide-step.ts';
import { newNotes } from '../../../src/engines/argocd/journal.ts';
import { automated, changed, ended, facts } from './sketch.ts';

const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'old' };
const superfluous = {
  version: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'old',
  status: 'OutOfSync',
  requiresPruning: true,
};

describe('what to do about an Application', () => {
  test.each<[string, StepFacts, string, RegExp | null]>([
    ['starts a sync when all is known and differs', facts({}), 'sync', null],
    ['asks for a comparison first', facts({}, { notes: newNotes('web') }), 'refresh', /compares with Git/],
    [
      'waits while one is under way',
      facts({ metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } }),
      'wait',
      /compares/,
    ],
    [
      'waits while a sync of others runs',
      facts({ status: ended('Running', {}, 'D-0') }),
      'wait',
      /is busy with another sync/,
    ],
    ['waits while a sync is wanted that nobody took up', facts({ operation: { sync: {} } }), 'wait', /is busy/],
    [
      'waits for a new sync beside the state of an old one',
      facts({ operation: { sync: {} }, status: ended('Failed') }),
      'wait',
      /is busy/,
    ],
    [
      'waits while its own sync runs',
      facts({ status: ended('Running', { message: 'waiting for hook' }) }),
      'wait',
      /syncs: waiting for hook/,
    ],
    [
      'compares again after the end of a sync',
      facts({ status: { ...ended('Succeeded'), reconciledAt: '2026-01-01T00:00:05Z' } }),
      'refresh',
      /compares what it has written/,
    ],
    ['waits until the commit is seen', facts({}, { compared: 'other' }), 'refresh', /still sees c/],
    [
      'refuses one that is being deleted',
      facts({ metadata: { deletionTimestamp: 'now' } }),
      'refused',
      /is being deleted/,
    ],
    [
      'refuses one with a hydrator',
      facts({ spec: { sourceHydrator: { drySource: { repoURL: 'u' } } } }),
      'refused',
      /hydrator/,
    ],
    [
      'refuses when another sync took the place of ours',
      facts({ metadata: { annotations: { 'fairlead.dev/deployment': 'D-1' } } }),
      'refused',
      /took the place of ours/,
    ],
    [
      'refuses when automated sync gave up',
      facts({
        spec: automated,
        status: { conditions: [{ type: 'SyncError', message: 'will wipe out all resources' }] },
      }),
      'refused',
      /wipe out/,
    ],
    [
      'never starts a sync where syncs are automated',
      facts({ spec: automated }),
      'refresh',
      /has not begun its automated sync/,
    ],
    [
      'starts one where automation is switched off',
      facts({ spec: { syncPolicy: { automated: { enabled: false } } } }),
      'sync',
      null,
    ],
    ['does not take back a later commit', facts({}, { synced: 'newer', compared: 'newer' }), 'done', null],
    ['does take back a later commit that left the branch', facts({}, { synced: 'newer' }), 'sync', null],
    ['writes a commit again for another deployment', facts({}, { synced: 'exact' }), 'sync', null],
    [
      'compares once more when written and still different',
      facts({ status: ended('Succeeded') }),
      'refresh',
      /compared once more/,
    ],
    [
      'ends when written and for ever different',
      facts({ status: ended('Succeeded') }, { notes: { ...newNotes('web'), asked: 5, unsettled: 2 } }),
      'done',
      null,
    ],
    ['ends when nothing differs', facts({ status: { sync: { status: 'Synced', revision: 'c' } } }), 'done', null],
    ['ends when only what must stay is superfluous', facts({ status: { resources: [superfluous] } }), 'done', null],
    [
      'asks again while it is not known whether it differs',
      facts({ status: { sync: { status: 'Unknown' } } }),
      'refresh',
      /is Unknown/,
    ],
  ])('%s', (_, given, kind, says) => {
    const decision = decideStep(given);

    expect(decision.kind).toBe(kind);
    if (says !== null) expect(JSON.stringify(decision)).toMatch(says);
  });
});

describe('pruning', () => {
  const both = { status: { resources: [superfluous, changed] } };
  const planned = { deployment: 'D-1', commit: 'c', deletes: [id], confirmed: false };
  const volume = { ...superfluous, kind: 'PersistentVolumeClaim' };
  const volumePlanned = { ...planned, deletes: [{ ...id, kind: 'PersistentVolumeClaim' }] };

  test.each<[string, StepFacts, boolean]>([
    ['is done when the plan deletes all of it', facts(both, { work: planned }), true],
    ['is not done when the plan deletes none of it', facts(both), false],
    [
      'is not done when only a part is planned',
      facts({ status: { resources: [superfluous, { ...superfluous, name: 'other' }, changed] } }, { work: planned }),
      false,
    ],
    [
      'is not done for a volume that nobody confirmed',
      facts({ status: { resources: [volume, changed] } }, { work: volumePlanned }),
      false,
    ],
    [
      'is done for a volume that was confirmed',
      facts({ status: { resources: [volume, changed] } }, { work: { ...volumePlanned, confirmed: true } }),
      true,
    ],
    ['is not done on what a later commit makes superfluous', facts(both, { work: planned, compared: 'newer' }), false],
  ])('%s', (_, given, prune) => {
    expect(decideStep(given)).toEqual({ kind: 'sync', prune });
  });

  test('leaves all when one must stay, and says why of each', () => {
    const resources = [superfluous, { ...superfluous, name: 'other' }];
    const status = { resources, sync: { status: 'OutOfSync', revision: 'c' } };

    expect(decideStep(facts({ status }, { work: planned }))).toMatchObject({
      kind: 'done',
      kept: [
        { resource: id, why: 'Argo CD prunes all or nothing, and ConfigMap shop/other must stay' },
        { resource: { ...id, name: 'other' }, why: 'the accepted plan does not delete it' },
      ],
    });
  });
});

describe('a failure', () => {
  const refusedByServer = {
    results: [],
    syncResult: {
      resources: [
        {
          version: 'v1',
          kind: 'Service',
          namespace: 'shop',
          name: 'web',
          status: 'SyncFailed',
          message: 'Invalid value: 70000',
        },
      ],
    },
  };

  test.each<[string, StepFacts, string]>([
    ['of our sync is one', facts({ status: ended('Failed', refusedByServer) }), 'failed'],
    [
      'of an automated sync of the commit is one',
      facts({ spec: automated, status: ended('Failed', {}, '') }, { operated: 'exact' }),
      'failed',
    ],
    [
      'of an automated sync of another commit is none',
      facts({ spec: automated, status: ended('Failed', {}, '') }),
      'refresh',
    ],
    [
      'of a sync for an earlier deployment is none',
      facts({ status: ended('Failed', {}, 'D-0') }, { operated: 'exact' }),
      'sync',
    ],
    [
      'to reach a server is none',
      facts({ status: ended('Error', { message: 'rpc error: code = Unavailable desc = x' }) }),
      'refused',
    ],
    [
      'to ask a webhook is none',
      facts({
        status: ended('Failed', {
          syncResult: {
            resources: [{ kind: 'Service', name: 'web', status: 'SyncFailed', message: 'failed calling webhook "x"' }],
          },
        }),
      }),
      'refused',
    ],
    [
      'by the hand of a person is none',
      facts({ status: ended('Failed', { message: 'Operation terminated' }) }),
      'refused',
    ],
  ])('%s', (_, given, kind) => {
    expect(decideStep(given).kind).toBe(kind);
  });

  test('names the object and what the server said', () => {
    expect(decideStep(facts({ status: ended('Failed', refusedByServer) }))).toEqual({
      kind: 'failed',
      reason: 'The sync of Application web failed. Service shop/web: Invalid value: 70000',
      resource: { group: '', version: 'v1', kind: 'Service', namespace: 'shop', name: 'web' },
      counts: { applied: 0, unchanged: 0, pruned: 0, total: 1 },
    });
  });
});
