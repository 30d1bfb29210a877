import { describe, expect, test } from '@jest/globals';
import { decideStep } from '../../../src/engines/flux/decide-step.ts';
import type { StepFacts } from '../../../src/engines/flux/decision.ts';
import { commit, condition, facts, helmChart, helmRelease, kustomization, older, source } from './sketch.ts';

const unasked = { metadata: { annotations: {} } };
const byOthers = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'by hand' } } };
const behind = { source: 'other', attempted: 'other', applied: 'other', chart: 'other' } as const;
const notApplied = { ...behind, source: 'exact' } as const;
const stopped = (reason: string, message: string) => ({
  status: { conditions: [condition('Ready', 'False', reason, message)] },
});
const base = facts(kustomization());

function expectDecision(given: StepFacts, kind: string, says: RegExp | null): void {
  const decision = decideStep(given);
  expect(decision.kind).toBe(kind);
  const said = 'note' in decision ? decision.note : 'reason' in decision ? decision.reason : '';
  if (says !== null) expect(said).toMatch(says);
}

describe('what to do about a source', () => {
  const at = (sketch: Parameters<typeof source>[0], more: Partial<StepFacts> = {}): StepFacts =>
    facts(kustomization(), { source: source(sketch), standing: behind, ...more });

  test.each<[string, StepFacts, string, RegExp | null]>([
    ['asks it first', at(unasked, { notes: { ...base.notes, asked: 0 } }), 'request', /^GitRepository .*fleet fetches/],
    ['asks it although others have', at(byOthers, { notes: { ...base.notes, asked: 0 } }), 'request', null],
    ['waits while it fetches', at({ status: { lastHandledReconcileAt: 'before' } }), 'wait', /fetches/],
    ['waits a little before it asks again', at({ status: { artifact: null } }), 'wait', /still sees no revision/],
    [
      'asks again after a while',
      at({ status: { artifact: { revision: `main@sha1:${older}` } } }, { now: new Date('2026-01-01T00:00:09Z') }),
      'request',
      /still sees main@sha1:0000/,
    ],
    [
      'asks a server that was away again',
      at(stopped('GitOperationFailed', 'connection refused.'), { now: new Date('2026-01-01T00:00:09Z') }),
      'request',
      /cannot fetch: connection refused\.$/,
    ],
    [
      'refuses one that has given up',
      at({ status: { conditions: [condition('Stalled', 'True', 'URLInvalid', 'no scheme')] } }),
      'refused',
      /has given up \(URLInvalid\): no scheme/,
    ],
    ['refuses one that is being deleted', at({ metadata: { deletionTimestamp: 'now' } }), 'refused', /deleted/],
  ])('%s', (_, given, kind, says) => expectDecision(given, kind, says));

  test('does not ask one that serves a later commit already', () => {
    const standing = { ...notApplied, source: 'newer' } as const;
    const decision = decideStep(facts(kustomization(unasked), { source: source(unasked), standing }));

    expect(decision).toMatchObject({ kind: 'request', object: { id: { kind: 'Kustomization' } } });
  });

  test('asks ever more rarely', () => {
    const waits = [1, 2, 5, 20].map((asked) => decideStep(at({}, { notes: { ...base.notes, asked } })));

    expect(waits.map((one) => (one.kind === 'wait' ? one.afterMs : null))).toEqual([500, 1500, 15_500, 59_500]);
  });
});

describe('what to do about a Kustomization', () => {
  const failing = (
    reason: string,
    message: string,
    standing: StepFacts['standing'] = { ...base.standing, applied: 'other' },
  ) => facts(kustomization(stopped(reason, message)), { standing });

  const checking = (wasApplied: boolean) =>
    facts(
      kustomization({
        status: {
          lastHandledReconcileAt: 'x',
          conditions: [condition('Reconciling', 'True', 'Progressing', 'Running health checks for revision main')],
        },
      }),
      { notes: { ...base.notes, wasApplied }, standing: { ...base.standing, applied: wasApplied ? 'exact' : 'other' } },
    );

  test.each<[string, StepFacts, string, RegExp | null]>([
    ['is done when it is ready at the commit', base, 'done', null],
    ['asks it even when it is there already', facts(kustomization(unasked)), 'request', /applies the commit/],
    [
      'waits while it works',
      facts(kustomization({ status: { lastHandledReconcileAt: 'x' } })),
      'wait',
      /has not begun/,
    ],
    ['waits when it has applied another commit', facts(kustomization(), { standing: notApplied }), 'wait', null],
    [
      'waits until it has seen its newest spec',
      facts(kustomization({ status: { observedGeneration: 0 } })),
      'wait',
      null,
    ],
    ['is done while it checks health, though it has not answered', checking(false), 'done', null],
    ['waits for the answer when the commit was there before', checking(true), 'wait', /works: Running health checks/],
    ['is done when its checks of health fail', failing('HealthCheckFailed', 'timeout waiting for'), 'done', null],
    ['waits for what it depends on', failing('DependencyNotReady', "dependency 'a/b' is not ready"), 'wait', /a\/b/],
    ['fails at what cannot be built', failing('BuildFailed', 'no such file'), 'failed', /BuildFailed.*no such file/],
    [
      'fails at a field that only bears the name of a timeout',
      failing('ReconciliationFailed', 'spec.containers[0].livenessProbe.timeoutSeconds: Invalid value: -1'),
      'failed',
      /timeoutSeconds/,
    ],
    ['fails at what cannot be pruned', failing('PruneFailed', 'denied'), 'failed', /denied/],
    [
      'fails when the folder is gone',
      failing('ArtifactFailed', 'kustomization path not found: x', { ...behind, source: 'exact' }),
      'failed',
      null,
    ],
    [
      'waits when files cannot be had',
      failing('ArtifactFailed', 'failed to download', { ...behind, source: 'exact' }),
      'wait',
      null,
    ],
    ['waits when the server is away', failing('ReconciliationFailed', 'dial tcp: connection refused'), 'wait', null],
    [
      'takes the failure of an earlier commit for none',
      failing('ReconciliationFailed', 'bad', notApplied),
      'wait',
      null,
    ],
    [
      'takes the failure of a later commit for none of ours',
      failing('ReconciliationFailed', 'bad', { ...behind, source: 'newer', attempted: 'newer' }),
      'wait',
      /fails at a later commit/,
    ],
    [
      'fails when it has given up',
      facts(kustomization({ status: { conditions: [condition('Stalled', 'True', 'InvalidCELExpression', 'bad')] } })),
      'failed',
      /given up/,
    ],
    [
      'refuses what it may not read',
      facts(kustomization({ status: { conditions: [condition('Stalled', 'True', 'AccessDenied', 'no')] } })),
      'refused',
      /given up/,
    ],
    ['refuses a suspended one', facts(kustomization({ spec: { suspend: true } })), 'refused', /is suspended/],
  ])('%s', (_, given, kind, says) => expectDecision(given, kind, says));

  test('goes on when others have asked since', () => {
    const reconciler = kustomization({ ...byOthers, status: { lastHandledReconcileAt: 'by hand' } });

    expect(decideStep(facts(reconciler, { notes: { ...base.notes, isRequested: true } })).kind).toBe('done');
  });

  test('names the object the server refused', () => {
    const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
    const desired = [{ id, object: {}, source: null, lines: new Map(), random: [] }];
    const message = 'Deployment/shop/web dry-run failed (Invalid): Deployment.apps "web" is invalid.';

    const decision = decideStep({
      ...failing('ReconciliationFailed', message),
      work: { ...base.work, desired },
    });

    expect(decision).toMatchObject({ kind: 'failed', resource: id });
  });

  test('refuses a precious deletion until a person confirms it', () => {
    const resource = { group: '', version: 'v1', kind: 'Namespace', namespace: null, name: 'shop' };
    const notes = { ...base.notes, stale: [{ resource, why: null }] };
    const work = { ...base.work, deletes: [resource] };
    const given = facts(kustomization(unasked), { notes, work, standing: notApplied });

    expectDecision(given, 'refused', /would delete Namespace shop, which needs a confirmation/);
    expectDecision({ ...given, work: { ...work, confirmed: true } }, 'request', null);
  });
});

/** Written after the controller's API; not seen on a real helm-controller, which cannot be built here. */
describe('what to do about a HelmRelease', () => {
  const chartAt = (sketch: Parameters<typeof helmChart>[0], more: Partial<StepFacts> = {}): StepFacts =>
    facts(helmRelease(), { chart: helmChart(sketch), ...more });
  const failing = (reason: string, message: string, more: readonly ReturnType<typeof condition>[] = []) =>
    facts(helmRelease({ status: { conditions: [condition('Ready', 'False', reason, message), ...more] } }));

  const takenBack = {
    ...condition('Remediated', 'True', 'RollbackSucceeded'),
    message: 'Helm rollback to release web.v1 succeeded',
  };
  const upgrade = (message: string) => condition('Released', 'False', 'UpgradeFailed', message);

  test.each<[string, StepFacts, string, RegExp | null]>([
    ['is done when the packed version is released', facts(helmRelease()), 'done', null],
    ['waits for its chart', facts(helmRelease(), { chart: null }), 'wait', /to be packed/],
    ['waits for the chart of the commit', chartAt({}, { standing: behindChart() }), 'wait', /to be packed/],
    ['waits while the chart is packed', chartAt({ status: { conditions: [] } }), 'wait', /is packed/],
    [
      'fails when the chart cannot be packed',
      chartAt(stopped('ChartPackageError', 'no Chart.yaml')),
      'failed',
      /HelmChart .* failed \(ChartPackageError\): no Chart\.yaml/,
    ],
    ['waits when a dependency cannot be had', chartAt(stopped('BuildFailed', 'i/o timeout')), 'wait', null],
    ['asks it once the chart is there', facts(helmRelease(unasked)), 'request', /installs version 1\.0\.0/],
    [
      'refuses a chart whose version was there before',
      facts(helmRelease(unasked, 'ChartVersion'), {
        chart: helmChart({ status: { artifact: { revision: '1.0.0', lastUpdateTime: '2025-12-31T00:00:00Z' } } }),
      }),
      'refused',
      /raise it in Chart\.yaml/,
    ],
    [
      'waits while it upgrades',
      facts(helmRelease({ status: { conditions: [condition('Ready', 'Unknown', 'Progressing', 'Running upgrade')] } })),
      'wait',
      null,
    ],
    [
      'takes the word on an earlier version for none',
      facts(helmRelease({ status: { lastAttemptedRevision: '0.9.0' } })),
      'wait',
      null,
    ],
    ['fails when the upgrade failed', failing('UpgradeFailed', 'invalid'), 'failed', /UpgradeFailed\): invalid\./],
    ['waits when it only took too long', failing('UpgradeFailed', 'context deadline exceeded'), 'wait', null],
    [
      'asks a person when it was taken back and only took too long',
      failing('UpgradeFailed', 'context deadline exceeded', [takenBack]),
      'refused',
      /ended early \(UpgradeFailed\): context deadline exceeded; .*rollback to release web\.v1/,
    ],
    [
      'asks a person when Ready tells of the taking back alone',
      failing('RollbackSucceeded', takenBack.message, [takenBack, upgrade('timed out waiting for the condition')]),
      'refused',
      /UpgradeFailed\): timed out/,
    ],
    [
      'waits while the taking back of what took too long may be tried again',
      failing('RollbackFailed', 'cannot patch "web"', [upgrade('timed out waiting for the condition')]),
      'wait',
      null,
    ],
    [
      'asks a person when its retries are used up by waiting',
      failing('UpgradeFailed', 'timed out', [condition('Stalled', 'True', 'RetriesExceeded', 'Failed 3 times')]),
      'refused',
      /timed out/,
    ],
    [
      'fails when it was taken back for what Helm refused',
      failing('RollbackSucceeded', takenBack.message, [takenBack, upgrade('Service "web" is invalid')]),
      'failed',
      /UpgradeFailed\): Service "web" is invalid; .*rollback to release web\.v1/,
    ],
    [
      'fails when its retries are used up',
      failing('UpgradeFailed', 'invalid', [condition('Stalled', 'True', 'RetriesExceeded', 'Failed 3 times')]),
      'failed',
      /RetriesExceeded/,
    ],
  ])('%s', (_, given, kind, says) => expectDecision(given, kind, says));

  function behindChart(): StepFacts['standing'] {
    return { ...base.standing, chart: 'other' };
  }

  test('is followed from the fetch to the end of a good upgrade', () => {
    const step = (conditions: readonly ReturnType<typeof condition>[], attempted: string, handled: string | null) =>
      decideStep(
        facts(
          helmRelease({
            status: { conditions, lastAttemptedRevision: attempted, lastHandledReconcileAt: handled },
          }),
          { notes: { ...base.notes, kind: 'helm-release', isRequested: true } },
        ),
      ).kind;
    const [old, fresh] = ['1.0.0+000000000000', `1.0.0+${commit.slice(0, 12)}`];
    const answer = 'fairlead/D-1/111111111111/2026-01-01T00:00:00.000Z';

    expect([
      step([condition('Ready', 'True', 'UpgradeSucceeded')], old, null),
      step([condition('Ready', 'Unknown', 'Progressing', 'Fulfilling prerequisites')], old, null),
      step([condition('Ready', 'Unknown', 'Progressing', 'Running upgrade action')], fresh, null),
      step([condition('Ready', 'True', 'UpgradeSucceeded')], fresh, answer),
    ]).toEqual(['wait', 'wait', 'wait', 'done']);
  });
});
