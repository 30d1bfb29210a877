import { afterEach, describe, expect, test } from '@jest/globals';
import { type Json, type JsonObject, pick, pickText } from '../../../../src/model/json.ts';
import { apps, conditionOf, core, podsSeen, type Stage, startStage } from './stage.ts';

let stage: Stage;

afterEach(async () => {
  await stage.close();
  expect(stage.faults).toEqual([]);
});

function statefulSet(image: string, replicas = 2): JsonObject {
  const container = { name: 'db', image, volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const resources = { requests: { storage: '1Gi' } };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [container] } },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources } }],
    },
  };
}

function job(image: string, spec: Readonly<Record<string, Json>> = {}): JsonObject {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'work', image }] } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template, ...spec } };
}

const jobs = '/apis/batch/v1/namespaces/default/jobs';

describe('a StatefulSet', () => {
  const updated = (image: string) =>
    stage.until(`pods of ${image}`, () => {
      const [set] = stage.objects('StatefulSet');
      const status = set?.['status'] ?? {};
      const isDone = pick(status, 'currentRevision') === pick(status, 'updateRevision');
      const wanted = pick(set, 'spec', 'replicas');
      const isReady = pick(status, 'readyReplicas') === wanted && pick(status, 'updatedReplicas') === wanted;
      return isDone && isReady && podsSeen(stage).every((pod) => pod === `${image} True`) ? set : undefined;
    });

  test('runs pods in order under fixed names, replaces them and is scaled', async () => {
    stage = await startStage();

    await stage.apply(`${apps}/statefulsets/db`, statefulSet('pg:1'));
    await updated('pg:1');
    await stage.apply(`${apps}/statefulsets/db`, statefulSet('pg:2'));
    await updated('pg:2');
    expect(
      stage
        .objects('Pod')
        .map((pod) => pickText(pod, 'metadata', 'name'))
        .toSorted(),
    ).toEqual(['db-0', 'db-1']);
    await stage.apply(`${apps}/statefulsets/db`, statefulSet('pg:2', 1));

    await stage.until('one pod', () => (stage.objects('Pod').length === 1 ? true : undefined));
    expect(pickText(stage.objects('Pod')[0], 'metadata', 'name')).toBe('db-0');
  });

  test('stands still at a pod that fails until somebody deletes it', async () => {
    stage = await startStage();
    await stage.apply(`${apps}/statefulsets/db`, statefulSet('pg:1'));
    await updated('pg:1');

    await stage.apply(`${apps}/statefulsets/db`, statefulSet('shop:3'));
    await stage.until('a crash', () =>
      stage.objects('Pod').find((pod) => JSON.stringify(pod).includes('CrashLoopBackOff')),
    );
    expect(podsSeen(stage)).toEqual(['pg:1 True', 'shop:3 False']);
    await stage.apply(`${apps}/statefulsets/db`, statefulSet('pg:1'));
    await stage.ask('DELETE', `${core}/pods/db-1`);

    await updated('pg:1');
  });
});

describe('a Job', () => {
  test('runs until its completions are reached, and its pods stay', async () => {
    stage = await startStage();

    await stage.apply(`${jobs}/once`, job('work:1', { completions: 3, parallelism: 2 }));

    const done = await stage.until('the end', () => stage.objects('Job').find((each) => conditionOf(each, 'Complete')));
    expect(done['status']).toMatchObject({ succeeded: 3, ready: 0 });
    expect(pick(done, 'status', 'completionTime')).toBeDefined();
    expect(stage.objects('Pod').map((pod) => pick(pod, 'status', 'phase'))).toEqual(Array(3).fill('Succeeded'));
  });

  test('fails once its pods have failed too often', async () => {
    stage = await startStage();

    await stage.apply(`${jobs}/once`, job('shop:3', { backoffLimit: 1 }));

    const failed = await stage.until('the end', () => stage.objects('Job').find((each) => conditionOf(each, 'Failed')));
    expect(conditionOf(failed, 'Failed')).toMatchObject({ status: 'True', reason: 'BackoffLimitExceeded' });
    expect(stage.objects('Pod').map((pod) => pick(pod, 'status', 'phase'))).toEqual(['Failed', 'Failed']);
  });

  test('goes with its pods when its time to live is over', async () => {
    stage = await startStage();

    await stage.apply(`${jobs}/once`, job('work:1', { ttlSecondsAfterFinished: 0 }));
    await stage.until('a pod', () => stage.objects('Pod')[0]);

    await stage.until('nothing', () =>
      stage.objects('Job').length + stage.objects('Pod').length === 0 ? 0 : undefined,
    );
  });
});
