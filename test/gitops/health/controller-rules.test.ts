import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { condition, live, podWith, verdict, waiting } from './objects.ts';

describe('an Argo CD Application', () => {
  const application = (sync: string, health: string, more: JsonObject = {}, spec: JsonObject = {}): JsonObject =>
    live('argoproj.io/v1alpha1', 'Application', {
      spec,
      status: { sync: { status: sync }, health: { status: health }, ...more },
    });
  const operation = (phase: string): JsonObject => ({ operationState: { phase, message: 'said of the sync' } });
  const automated = { syncPolicy: { automated: { prune: true } } };
  const invalid = { conditions: [{ type: 'InvalidSpecError', message: 'no such project' }] };

  test.each<[string, JsonObject, string]>([
    ['synced and healthy', application('Synced', 'Healthy', operation('Succeeded')), 'healthy'],
    ['while a sync runs', application('Synced', 'Healthy', operation('Running')), 'progressing Syncing'],
    ['synced and progressing', application('Synced', 'Progressing'), 'progressing Progressing'],
    ['synced and degraded', application('Synced', 'Degraded'), 'failed Degraded'],
    ['out of sync and degraded', application('OutOfSync', 'Degraded'), 'failed Degraded'],
    ['out of sync after a failed sync', application('OutOfSync', 'Healthy', operation('Failed')), 'failed SyncFailed'],
    ['out of sync, synced by itself', application('OutOfSync', 'Healthy', {}, automated), 'progressing OutOfSync'],
    ['out of sync, synced by hand', application('OutOfSync', 'Healthy'), 'suspended OutOfSync'],
    ['that cannot be compared', application('Unknown', 'Healthy'), 'unknown SyncUnknown'],
    ['with a spec that is wrong', application('Unknown', 'Unknown', invalid), 'failed InvalidSpecError'],
    ['synced and suspended', application('Synced', 'Suspended'), 'suspended Suspended'],
    ['that nobody looked at', live('argoproj.io/v1alpha1', 'Application'), 'unknown SyncUnknown'],
  ])('%s', (_title, object, expected) => {
    expect(verdict(object)).toBe(expected);
  });
});

describe('an Argo Rollout', () => {
  const rollout = (status: JsonObject): JsonObject =>
    live('argoproj.io/v1alpha1', 'Rollout', { spec: { replicas: 3 }, status });

  test.each<[string, JsonObject, string]>([
    ['is healthy in that phase', { observedGeneration: '2', phase: 'Healthy' }, 'healthy'],
    [
      'is under way while its controller is behind',
      { observedGeneration: '1', phase: 'Healthy' },
      'progressing NotObserved',
    ],
    ['is under way in that phase', { phase: 'Progressing' }, 'progressing Progressing'],
    ['is suspended while it waits', { phase: 'Paused' }, 'suspended Paused'],
    ['fails when degraded', { phase: 'Degraded' }, 'failed Degraded'],
    [
      'fails when aborted, though the old version is healthy',
      { phase: 'Healthy', abort: true },
      'failed RolloutAborted',
    ],
  ])('%s', (_title, status, expected) => {
    expect(verdict(rollout(status))).toBe(expected);
  });

  test('fails early for what its new pods say', () => {
    expect(
      verdict(rollout({ phase: 'Progressing' }), { pods: [podWith([waiting('CreateContainerConfigError')])] }),
    ).toBe('failed CreateContainerConfigError');
  });
});

test.each([
  ['Succeeded', 'healthy'],
  ['Initialized', 'healthy'],
  ['Progressing', 'progressing Progressing'],
  ['Failed', 'failed CanaryFailed'],
])('a Canary in phase %s is %s', (phase, expected) => {
  expect(verdict(live('flagger.app/v1beta1', 'Canary', { status: { phase } }))).toBe(expected);
});

describe('a Flux object', () => {
  const flux = (apiVersion: string, kind: string, conditions: readonly Json[], spec: JsonObject = {}): JsonObject =>
    live(apiVersion, kind, { spec, status: { observedGeneration: 2, conditions } });
  const kustomization = (...conditions: readonly Json[]): JsonObject =>
    flux('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', conditions);
  const release = (...conditions: readonly Json[]): JsonObject =>
    flux('helm.toolkit.fluxcd.io/v2', 'HelmRelease', conditions);
  const source = (...conditions: readonly Json[]): JsonObject =>
    flux('source.toolkit.fluxcd.io/v1', 'GitRepository', conditions);
  const not = (reason: string, message: string): JsonObject => condition('Ready', 'False', reason, { message });
  const retrying = condition('Reconciling', 'True', 'ProgressingWithRetry');
  const early = "failed early due to stalled resources: [Deployment/shop/web status: 'Failed']";

  test.each<[string, JsonObject, string]>([
    ['applied', kustomization(condition('Ready', 'True', 'ReconciliationSucceeded')), 'healthy'],
    [
      'at work',
      kustomization(condition('Ready', 'Unknown', 'Progressing'), condition('Reconciling', 'True', 'Progressing')),
      'progressing Progressing',
    ],
    ['unseen', kustomization(), 'progressing NotObserved'],
    [
      'refused by the server',
      kustomization(
        not('ReconciliationFailed', 'Deployment/shop/web dry-run failed: spec.replicas is invalid'),
        retrying,
      ),
      'failed ReconciliationFailed',
    ],
    [
      'unable to reach the server',
      kustomization(not('ReconciliationFailed', 'connection refused'), retrying),
      'progressing ReconciliationFailed',
    ],
    [
      'unable to build',
      kustomization(not('BuildFailed', 'kustomize build failed: no such file')),
      'failed BuildFailed',
    ],
    ['with objects that failed', kustomization(not('HealthCheckFailed', early), retrying), 'failed HealthCheckFailed'],
    [
      'out of time',
      kustomization(not('HealthCheckFailed', 'timeout waiting for: [Deployment/shop/web]'), retrying),
      'progressing HealthCheckFailed',
    ],
    [
      'waiting for another',
      kustomization(not('DependencyNotReady', 'base is not ready')),
      'progressing DependencyNotReady',
    ],
    ['stalled', kustomization(condition('Stalled', 'True', 'InvalidCELExpression')), 'failed InvalidCELExpression'],
    [
      'held back',
      flux('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', [], { suspend: true }),
      'suspended Suspended',
    ],
    ['released', release(condition('Ready', 'True', 'UpgradeSucceeded')), 'healthy'],
    [
      'refused while upgrading',
      release(not('UpgradeFailed', 'Helm upgrade failed: field is immutable')),
      'failed UpgradeFailed',
    ],
    [
      'out of time while upgrading',
      release(not('UpgradeFailed', 'Helm upgrade failed: context deadline exceeded')),
      'progressing UpgradeFailed',
    ],
    [
      'rolled back, though for time',
      release(not('RollbackSucceeded', 'timed out waiting for the condition')),
      'failed RollbackSucceeded',
    ],
    ['fetched', source(condition('Ready', 'True', 'Succeeded')), 'healthy'],
    ['not fetched', source(not('GitOperationFailed', 'authentication required')), 'progressing GitOperationFailed'],
  ])('%s', (_title, object, expected) => {
    expect(verdict(object)).toBe(expected);
  });
});
