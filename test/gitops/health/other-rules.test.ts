import { describe, expect, test } from '@jest/globals';
import { assess } from '../../../src/gitops/health/assess.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { ago, condition, live, now, verdict } from './objects.ts';

describe('every kind', () => {
  const widget = (parts: JsonObject): JsonObject => live('widgets.example/v1', 'Widget', parts);
  const conditions = (...all: readonly JsonObject[]): JsonObject => ({ status: { conditions: all } });
  const ready = condition('Ready', 'True', 'Done');

  test.each<[string, JsonObject, string]>([
    ['is under way while it is deleted', { metadata: { deletionTimestamp: ago(1) } }, 'progressing Terminating'],
    ['is under way while its controller is behind', { status: { observedGeneration: 1 } }, 'progressing NotObserved'],
    [
      'is under way while reconciling',
      conditions(condition('Reconciling', 'True', 'Progressing'), ready),
      'progressing Progressing',
    ],
    ['fails when stalled', conditions(condition('Stalled', 'True', 'InvalidSpec')), 'failed InvalidSpec'],
    ['is healthy when ready', conditions(ready), 'healthy'],
    ['is under way when not ready', conditions(condition('Ready', 'False', 'Waiting')), 'progressing Waiting'],
    [
      'is under way when Ready speaks of an older generation',
      conditions({ ...ready, observedGeneration: 1 }),
      'progressing NotObserved',
    ],
    ['is healthy with conditions of its own', conditions(condition('Synced', 'True', 'Yes')), 'healthy'],
  ])('%s', (_title, parts, expected) => {
    expect(verdict(widget(parts))).toBe(expected);
  });

  test.each([
    [4, 'progressing Settling'],
    [5, 'healthy'],
  ])('without conditions is %i s after it was made: %s', (seconds, expected) => {
    expect(verdict(widget({ metadata: { creationTimestamp: ago(seconds) } }))).toBe(expected);
  });

  test('gives an old object the same time after a deployment began', () => {
    expect(verdict(widget({}), { startedAt: new Date(ago(2)) })).toBe('progressing Settling');
  });

  test('waits for a first condition where the schema has conditions', () => {
    expect(verdict(widget({}), { hasConditions: true })).toBe('progressing NoCondition');
  });

  test('is healthy at once when it is built in and has no rule', () => {
    expect(verdict(live('v1', 'ConfigMap', { metadata: { creationTimestamp: ago(0) } }))).toBe('healthy');
    expect(verdict(live('rbac.authorization.k8s.io/v1', 'Role', { metadata: { creationTimestamp: ago(0) } }))).toBe(
      'healthy',
    );
  });
});

describe('what has an address', () => {
  const balancer = { spec: { type: 'LoadBalancer' } };
  const address = { status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } } };
  const young = { metadata: { creationTimestamp: ago(299) } };

  test.each<[string, string, string, JsonObject, string]>([
    ['an inner service', 'v1', 'Service', { spec: { type: 'ClusterIP' }, ...young }, 'healthy'],
    ['a load balancer with an address', 'v1', 'Service', { ...balancer, ...young, ...address }, 'healthy'],
    ['a new load balancer without one', 'v1', 'Service', { ...balancer, ...young }, 'progressing NoAddress'],
    ['a load balancer without one for five minutes', 'v1', 'Service', { ...balancer }, 'healthy'],
    ['a new ingress without one', 'networking.k8s.io/v1', 'Ingress', young, 'progressing NoAddress'],
    ['an ingress with one', 'networking.k8s.io/v1', 'Ingress', { ...young, ...address }, 'healthy'],
    ['an ingress without one for five minutes', 'networking.k8s.io/v1', 'Ingress', {}, 'healthy'],
  ])('%s', (_title, apiVersion, kind, parts, expected) => {
    expect(verdict(live(apiVersion, kind, parts))).toBe(expected);
  });

  test('says so when there is none after five minutes', () => {
    const { message } = assess(live('networking.k8s.io/v1', 'Ingress'), { now });

    expect(message).toBe('No load balancer has given it an address yet.');
  });
});

describe('a claim', () => {
  const lazy = live('storage.k8s.io/v1', 'StorageClass', { volumeBindingMode: 'WaitForFirstConsumer' });
  const chosen = { metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'node-1' } } };
  const claim = (phase: string, more: JsonObject = {}): JsonObject =>
    live('v1', 'PersistentVolumeClaim', { ...more, status: { phase } });

  test('is healthy when bound, fails when its volume is lost, is under way before', () => {
    expect(verdict(claim('Bound'))).toBe('healthy');
    expect(verdict(claim('Lost'))).toBe('failed Lost');
    expect(verdict(claim('Pending'))).toBe('progressing Pending');
  });

  test('may wait for its first consumer where its class says so, and no longer once there is one', () => {
    expect(verdict(claim('Pending'), { storageClass: lazy })).toBe('healthy');
    expect(verdict(claim('Pending', chosen), { storageClass: lazy })).toBe('progressing Pending');
  });
});

describe('a disruption budget', () => {
  test('is healthy and says when it lets no pod go', () => {
    const budget = live('policy/v1', 'PodDisruptionBudget', { status: { expectedPods: 1, disruptionsAllowed: 0 } });

    expect(assess(budget, { now })).toEqual({
      state: 'healthy',
      reason: null,
      message: 'It lets no pod be evicted now.',
    });
  });
});

describe('an autoscaler', () => {
  const scaler = (...conditions: readonly JsonObject[]): JsonObject =>
    live('autoscaling/v2', 'HorizontalPodAutoscaler', { status: { conditions } });
  const blind = (seconds: number): JsonObject =>
    condition('ScalingActive', 'False', 'FailedGetResourceMetric', { lastTransitionTime: ago(seconds) });

  test.each<[string, JsonObject, string]>([
    [
      'works',
      scaler(condition('AbleToScale', 'True', 'Ready'), condition('ScalingActive', 'True', 'Valid')),
      'healthy',
    ],
    ['has no metrics yet', scaler(blind(5)), 'progressing FailedGetResourceMetric'],
    ['has no metrics for a day', scaler(blind(90_000)), 'progressing FailedGetResourceMetric'],
    ['is switched off', scaler(condition('ScalingActive', 'False', 'ScalingDisabled')), 'healthy'],
  ])('%s', (_title, object, expected) => {
    expect(verdict(object)).toBe(expected);
  });
});

describe('kinds that extend the server', () => {
  test.each<[string, string, string, JsonObject, string]>([
    [
      'a served definition',
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      condition('Established', 'True', 'Yes'),
      'healthy',
    ],
    [
      'one whose names are taken',
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      condition('NamesAccepted', 'False', 'PluralConflict'),
      'failed PluralConflict',
    ],
    [
      'one not served yet',
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      condition('Established', 'False', 'Installing'),
      'progressing Installing',
    ],
    [
      'a service that answers',
      'apiregistration.k8s.io/v1',
      'APIService',
      condition('Available', 'True', 'Passed'),
      'healthy',
    ],
    [
      'a service that does not',
      'apiregistration.k8s.io/v1',
      'APIService',
      condition('Available', 'False', 'MissingEndpoints'),
      'progressing MissingEndpoints',
    ],
  ])('%s', (_title, apiVersion, kind, only, expected) => {
    expect(verdict(live(apiVersion, kind, { status: { conditions: [only] } }))).toBe(expected);
  });
});
