import { describe, expect, test } from '@jest/globals';
import { assess } from '../../../src/gitops/health/assess.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { ago, condition, container, live, now, podWith, verdict, waiting } from './objects.ts';

const available = condition('Available', 'True', 'MinimumReplicasAvailable');
const complete = condition('Progressing', 'True', 'NewReplicaSetAvailable');
const overdue = condition('Progressing', 'False', 'ProgressDeadlineExceeded');

function deployment(status: JsonObject, spec: JsonObject = {}): JsonObject {
  const full = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
  return live('apps/v1', 'Deployment', {
    spec: { replicas: 3, ...spec },
    status: { ...full, conditions: [available, complete], ...status },
  });
}

describe('a Deployment', () => {
  test.each<[string, JsonObject, JsonObject, string]>([
    ['is healthy when all pods are new and available', {}, {}, 'healthy'],
    ['is under way while the controller is behind', { observedGeneration: 1 }, {}, 'progressing NotObserved'],
    ['is under way while pods are old', { updatedReplicas: 1 }, {}, 'progressing Updating'],
    ['is under way while old pods of a surge remain', { replicas: 4 }, {}, 'progressing RemovingOld'],
    ['is under way while a pod is not available', { availableReplicas: 2 }, {}, 'progressing NotAvailable'],
    [
      'is under way past its progress deadline while no pod shows a cause',
      { conditions: [available, overdue] },
      {},
      'progressing ProgressDeadlineExceeded',
    ],
    ['is suspended when paused', { updatedReplicas: 0 }, { paused: true }, 'suspended Paused'],
    [
      'is healthy with no pod wanted',
      { replicas: 0, updatedReplicas: 0, availableReplicas: 0 },
      { replicas: 0 },
      'healthy',
    ],
  ])('%s', (_title, status, spec, expected) => {
    expect(verdict(deployment(status, spec))).toBe(expected);
  });

  test('is under way before its controller has seen it', () => {
    expect(verdict(live('apps/v1', 'Deployment', { spec: { replicas: 0 } }))).toBe('progressing NotObserved');
  });

  test.each([
    [29, 'progressing Updating'],
    [31, 'failed FailedCreate'],
  ])('whose pods are refused for %i s is %s', (seconds, expected) => {
    const refused = condition('ReplicaFailure', 'True', 'FailedCreate', { lastTransitionTime: ago(seconds) });

    expect(verdict(deployment({ updatedReplicas: 0, conditions: [refused] }))).toBe(expected);
  });

  test('fails early for what its new pods say, and names pod and container', () => {
    const pods = [podWith([waiting('CreateContainerConfigError')], { phase: 'Pending' })];

    const seen = assess(deployment({ updatedReplicas: 1 }), { now, pods });

    expect(seen).toEqual({
      state: 'failed',
      reason: 'CreateContainerConfigError',
      message: 'Pod web-1, container web: said of CreateContainerConfigError',
    });
  });

  test.each<[string, JsonObject, string]>([
    ['runs and is not ready', container({ running: {} }), 'failed ProgressDeadlineExceeded'],
    ['is still made', waiting('ContainerCreating'), 'progressing ProgressDeadlineExceeded'],
    ['has no image yet', waiting('ErrImagePull'), 'progressing ErrImagePull'],
    ['is ready', container({ running: {} }, { ready: true }), 'progressing ProgressDeadlineExceeded'],
  ])('past its progress deadline, with a new pod whose container %s', (_title, status, expected) => {
    const pods = [podWith([status])];

    expect(verdict(deployment({ updatedReplicas: 1, conditions: [available, overdue] }), { pods })).toBe(expected);
  });

  test('is under way while its pods fit on no node, and says so', () => {
    const nowhere = condition('PodScheduled', 'False', 'Unschedulable', { lastTransitionTime: ago(4_000) });
    const pods = [podWith([], { phase: 'Pending', conditions: [nowhere] })];

    expect(assess(deployment({ updatedReplicas: 1 }), { now, pods })).toEqual({
      state: 'progressing',
      reason: 'Unschedulable',
      message: '1 of 3 pods are of the new template. Pod web-1: about Unschedulable',
    });
  });

  test('does not fail for pods that are refused because a webhook does not answer', () => {
    const message = 'failed calling webhook "mesh": context deadline exceeded';
    const refused = condition('ReplicaFailure', 'True', 'FailedCreate', { message });

    expect(verdict(deployment({ updatedReplicas: 0, conditions: [refused] }))).toBe('progressing Updating');
  });

  test('does not fail for a pod that was evicted or is going', () => {
    const evicted = podWith([waiting('ErrImagePull')], { phase: 'Failed', reason: 'Evicted' });
    const going = { ...podWith([waiting('ErrImagePull')]), metadata: { name: 'web-2', deletionTimestamp: ago(1) } };

    expect(verdict(deployment({ availableReplicas: 2 }), { pods: [evicted, going] })).toBe('progressing NotAvailable');
  });
});

describe('a StatefulSet', () => {
  const full = { observedGeneration: 2, replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3 };
  const [same, differ] = [
    { currentRevision: 'web-2', updateRevision: 'web-2' },
    { currentRevision: 'web-1', updateRevision: 'web-2' },
  ];
  const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };

  test.each<[string, JsonObject, JsonObject, string]>([
    ['is healthy when the newest revision is the current one', { ...same }, {}, 'healthy'],
    ['is under way while pods are not ready', { ...same, readyReplicas: 2 }, {}, 'progressing NotReady'],
    [
      'is under way while pods are ready too shortly',
      { ...same, availableReplicas: 2 },
      {},
      'progressing NotAvailable',
    ],
    ['is under way while pods are old', { ...differ, updatedReplicas: 1 }, {}, 'progressing Updating'],
    ['is healthy when all beyond the partition are new', { ...differ, updatedReplicas: 1 }, partition, 'healthy'],
    ['waits for those beyond the partition', { ...differ, updatedReplicas: 0 }, partition, 'progressing Updating'],
    [
      'is healthy with OnDelete and old pods',
      { ...differ, updatedReplicas: 0 },
      { updateStrategy: { type: 'OnDelete' } },
      'healthy',
    ],
  ])('%s', (_title, status, spec, expected) => {
    const object = live('apps/v1', 'StatefulSet', { spec: { replicas: 3, ...spec }, status: { ...full, ...status } });

    expect(verdict(object)).toBe(expected);
  });
});

describe('a DaemonSet', () => {
  const full = { observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 };

  test.each<[string, JsonObject, JsonObject, string]>([
    ['is healthy when each node has a new pod', {}, {}, 'healthy'],
    [
      'is healthy with no node',
      { desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0 },
      {},
      'healthy',
    ],
    ['is under way while a pod is old', { updatedNumberScheduled: 1 }, {}, 'progressing Updating'],
    ['is under way while a pod is not available', { numberAvailable: 1 }, {}, 'progressing NotAvailable'],
    ['is healthy with OnDelete', { updatedNumberScheduled: 0 }, { updateStrategy: { type: 'OnDelete' } }, 'healthy'],
  ])('%s', (_title, status, spec, expected) => {
    expect(verdict(live('apps/v1', 'DaemonSet', { spec, status: { ...full, ...status } }))).toBe(expected);
  });
});

describe('a ReplicaSet', () => {
  const refused = condition('ReplicaFailure', 'True', 'FailedCreate');

  test.each<[string, JsonObject, string]>([
    ['is healthy with all pods', { availableReplicas: 2 }, 'healthy'],
    ['is under way with fewer', { availableReplicas: 1 }, 'progressing NotAvailable'],
    ['fails when its pods are refused', { conditions: [refused] }, 'failed FailedCreate'],
  ])('%s', (_title, status, expected) => {
    expect(verdict(live('apps/v1', 'ReplicaSet', { spec: { replicas: 2 }, status }))).toBe(expected);
  });
});

describe('a Pod', () => {
  const ready = { conditions: [condition('Ready', 'True', 'PodReady')] };
  const crashed = (restartCount: number, exitCode = 1, secondsAgo = 5): JsonObject =>
    container(
      { running: { startedAt: ago(2) } },
      { restartCount, lastState: { terminated: { exitCode, reason: 'Error', finishedAt: ago(secondsAgo) } } },
    );
  const initially = { phase: 'Pending', initContainerStatuses: [waiting('CrashLoopBackOff', { name: 'migrate' })] };

  test.each<[string, readonly Json[], JsonObject, string]>([
    ['is healthy when ready', [container({ running: {} }, { ready: true })], ready, 'healthy'],
    ['is healthy when it ended well', [], { phase: 'Succeeded' }, 'healthy'],
    [
      'fails when it ended badly',
      [container({ terminated: { exitCode: 3 } })],
      { phase: 'Failed' },
      'failed PodFailed',
    ],
    ['fails for its own reason', [], { phase: 'Failed', reason: 'Evicted' }, 'failed Evicted'],
    [
      'is under way while containers are made',
      [waiting('ContainerCreating')],
      { phase: 'Pending' },
      'progressing Pending',
    ],
    ['is under way while it initialises', [waiting('PodInitializing')], { phase: 'Pending' }, 'progressing Pending'],
    ['is under way when its image could not be had once', [waiting('ErrImagePull')], {}, 'progressing ErrImagePull'],
    ['fails when its image has no name', [waiting('InvalidImageName')], {}, 'failed InvalidImageName'],
    [
      'fails when it lacks a ConfigMap',
      [waiting('CreateContainerConfigError')],
      {},
      'failed CreateContainerConfigError',
    ],
    [
      'fails when it crashes in a loop',
      [waiting('CrashLoopBackOff', { restartCount: 4 })],
      {},
      'failed CrashLoopBackOff',
    ],
    ['fails when an init container crashes', [waiting('PodInitializing')], initially, 'failed CrashLoopBackOff'],
    ['is under way after one crash', [crashed(1)], {}, 'progressing Running'],
    ['fails after a second crash', [crashed(2)], {}, 'failed Error'],
    ['is under way after ending well twice', [crashed(2, 0)], {}, 'progressing Running'],
    ['is under way when its crashes are long past', [crashed(9, 1, 4000)], {}, 'progressing Running'],
  ])('%s', (_title, statuses, more, expected) => {
    expect(verdict(podWith(statuses, more))).toBe(expected);
  });

  test.each([5, 90_000])('that fits on no node for %i s is under way: a node may come', (seconds) => {
    const nowhere = condition('PodScheduled', 'False', 'Unschedulable', { lastTransitionTime: ago(seconds) });

    expect(verdict(podWith([], { phase: 'Pending', conditions: [nowhere] }))).toBe('progressing Unschedulable');
  });
});

describe('a Job', () => {
  const failed = condition('Failed', 'True', 'BackoffLimitExceeded');
  const done = condition('Complete', 'True', 'CompletionsReached');

  test.each<[string, JsonObject, JsonObject, string]>([
    ['is under way while it runs', {}, { active: 1 }, 'progressing Running'],
    ['is healthy when complete', {}, { conditions: [done] }, 'healthy'],
    ['fails when it gave up', {}, { conditions: [failed] }, 'failed BackoffLimitExceeded'],
    ['is suspended by its spec', { suspend: true }, {}, 'suspended Suspended'],
  ])('%s', (_title, spec, status, expected) => {
    expect(verdict(live('batch/v1', 'Job', { spec, status }))).toBe(expected);
  });

  test.each([
    ['CrashLoopBackOff', 'progressing Running'],
    ['CreateContainerConfigError', 'failed CreateContainerConfigError'],
    ['ErrImagePull', 'progressing ErrImagePull'],
  ])('with a pod in %s is %s: it counts crashes itself', (reason, expected) => {
    const object = live('batch/v1', 'Job', { status: { active: 1 } });

    expect(verdict(object, { pods: [podWith([waiting(reason)])] })).toBe(expected);
  });
});

describe('a CronJob', () => {
  test.each<[string, JsonObject, JsonObject, string | null]>([
    ['that has not run', {}, {}, null],
    ['whose last run ended well', {}, { lastScheduleTime: ago(60), lastSuccessfulTime: ago(30) }, null],
    [
      'whose last run failed',
      {},
      { lastScheduleTime: ago(60) },
      'The run scheduled at 2026-03-01T11:59:00.000Z has not ended well.',
    ],
  ])('%s is healthy', (_title, spec, status, message) => {
    expect(assess(live('batch/v1', 'CronJob', { spec, status }), { now })).toEqual({
      state: 'healthy',
      reason: null,
      message,
    });
  });

  test('is suspended by its spec', () => {
    expect(verdict(live('batch/v1', 'CronJob', { spec: { suspend: true } }))).toBe('suspended Suspended');
  });
});
