import { afterEach, describe, expect, test } from '@jest/globals';
import { type JsonObject, pick, pickText } from '../../../../src/model/json.ts';
import { apps, conditionOf, core, podsSeen, rolledOut, type Stage, startStage, web, withReason } from './stage.ts';

let stage: Stage;

afterEach(async () => {
  await stage.close();
  expect(stage.faults).toEqual([]);
});

describe('a Deployment', () => {
  test('gets a ReplicaSet and pods that belong to it, and says when they are available', async () => {
    stage = await startStage();

    await stage.apply(`${apps}/deployments/web`, web('shop:1'));
    const done = await rolledOut(stage, 'shop:1');

    expect(done['status']).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
    expect(conditionOf(done, 'Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
    const [set] = stage.objects('ReplicaSet');
    const hash = pick(set, 'metadata', 'labels', 'pod-template-hash');
    expect(set).toMatchObject({
      metadata: {
        name: `web-${String(hash)}`,
        annotations: { 'deployment.kubernetes.io/revision': '1' },
        ownerReferences: [{ kind: 'Deployment', name: 'web', uid: pick(done, 'metadata', 'uid'), controller: true }],
      },
      spec: { selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
      status: { replicas: 2, readyReplicas: 2 },
    });
    for (const pod of stage.objects('Pod')) {
      expect(pod).toMatchObject({
        metadata: { labels: { app: 'web', 'pod-template-hash': hash }, ownerReferences: [{ kind: 'ReplicaSet' }] },
        status: { phase: 'Running', containerStatuses: [{ name: 'web', ready: true, restartCount: 0 }] },
      });
    }
  });

  test('has its status owned by the controller manager, and its spec still by whoever applied it', async () => {
    stage = await startStage();

    await stage.apply(`${apps}/deployments/web`, web('shop:1'));
    const done = await rolledOut(stage, 'shop:1');

    const entries = pick(done, 'metadata', 'managedFields') as JsonObject[];
    expect(entries.map(({ manager, operation, subresource }) => [manager, operation, subresource])).toEqual([
      ['tester', 'Apply', undefined],
      ['kube-controller-manager', 'Update', 'status'],
    ]);
    const again = await stage.apply(`${apps}/deployments/web`, web('shop:1'));
    expect(pick(again.body, 'metadata', 'resourceVersion')).toBe(pick(done, 'metadata', 'resourceVersion'));
  });

  test('replaces its pods, new ones first, and never has too few that serve', async () => {
    stage = await startStage();
    await stage.apply(`${apps}/deployments/web`, web('shop:1'));
    await rolledOut(stage, 'shop:1');
    const fewest = new Set<number>();

    await stage.apply(`${apps}/deployments/web`, web('shop:2'));
    await stage.until('both images', () => {
      const pods = podsSeen(stage);
      fewest.add(pods.filter((pod) => pod.endsWith('True')).length);
      return pods.includes('shop:2 True') && pods.includes('shop:1 True') ? pods : undefined;
    });
    const done = await rolledOut(stage, 'shop:2');

    expect(Math.min(...fewest)).toBe(2);
    expect(pickText(done, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')).toBe('2');
    expect(
      stage
        .objects('ReplicaSet')
        .map((set) => pick(set, 'spec', 'replicas'))
        .toSorted(),
    ).toEqual([0, 2]);
  });

  test('keeps its old pods while new ones crash, exceeds its deadline, and recovers', async () => {
    stage = await startStage({ later: (call, ms) => clearing(setTimeout(call, Math.min(ms, 30))) });
    await stage.apply(`${apps}/deployments/web`, web('shop:1'));
    await rolledOut(stage, 'shop:1');

    await stage.apply(`${apps}/deployments/web`, web('shop:3', { progressDeadlineSeconds: 60 }));
    await stage.until('a crash', () => (podsSeen(stage).includes('shop:3 False') ? true : undefined));
    const crashing = await stage.until('restarts', () =>
      stage
        .objects('Pod')
        .find(
          (pod) =>
            pick(pod, 'status', 'phase') === 'Running' &&
            String(pick(pod, 'metadata', 'name')) !== '' &&
            podIsCrashing(pod),
        ),
    );
    expect(podsSeen(stage)).toEqual(['shop:1 True', 'shop:1 True', 'shop:3 False']);
    expect(conditionOf(stage.objects('Deployment')[0], 'Progressing')).toMatchObject({ status: 'True' });
    expect(pick(crashing, 'status', 'containerStatuses')).toMatchObject([
      {
        restartCount: 3,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 2 } },
      },
    ]);

    stage.advance(61_000);
    const late = await stage.until('the deadline', () =>
      withReason(stage, 'Deployment', 'Progressing', 'ProgressDeadlineExceeded'),
    );
    expect(conditionOf(late, 'Available')).toMatchObject({ status: 'True' });
    expect(podsSeen(stage)).toEqual(['shop:1 True', 'shop:1 True', 'shop:3 False']);

    await stage.apply(`${apps}/deployments/web`, web('shop:1', { progressDeadlineSeconds: 60 }));
    const back = await rolledOut(stage, 'shop:1');
    expect(pickText(back, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')).toBe('3');
  });

  test('is scaled, and brings back a pod that somebody deletes', async () => {
    stage = await startStage();
    await stage.apply(`${apps}/deployments/web`, web('shop:1'));
    await rolledOut(stage, 'shop:1');

    await stage.apply(`${apps}/deployments/web`, web('shop:1', { replicas: 4 }));
    await stage.until('four pods', () =>
      podsSeen(stage).join() === 'shop:1 True,'.repeat(4).slice(0, -1) ? 4 : undefined,
    );
    await stage.apply(`${apps}/deployments/web`, web('shop:1', { replicas: 1 }));
    await stage.until('one pod', () => (podsSeen(stage).length === 1 ? 1 : undefined));
    const name = pickText(stage.objects('Pod')[0], 'metadata', 'name');
    await stage.ask('DELETE', `${core}/pods/${name}`);

    await stage.until('another pod', () =>
      podsSeen(stage).join() === 'shop:1 True' && pickText(stage.objects('Pod')[0], 'metadata', 'name') !== name
        ? true
        : undefined,
    );
  });

  test('of strategy Recreate lets all old pods go before the first new one comes', async () => {
    stage = await startStage();
    const strategy = { type: 'Recreate' };
    await stage.apply(`${apps}/deployments/web`, web('shop:1', { strategy }));
    await rolledOut(stage, 'shop:1');
    let mixed = false;

    await stage.apply(`${apps}/deployments/web`, web('shop:2', { strategy }));
    await stage.until('new pods', () => {
      const images = new Set(podsSeen(stage).map((pod) => pod.split(' ')[0]));
      mixed ||= images.size > 1;
      return images.has('shop:2') && !images.has('shop:1') ? true : undefined;
    });

    await rolledOut(stage, 'shop:2');
    expect(mixed).toBe(false);
  });

  test('takes along its ReplicaSets and pods when it is deleted', async () => {
    stage = await startStage();
    await stage.apply(`${apps}/deployments/web`, web('shop:1'));
    await rolledOut(stage, 'shop:1');

    await stage.ask('DELETE', `${apps}/deployments/web`);

    await stage.until('nothing', () =>
      stage.objects('ReplicaSet').length + stage.objects('Pod').length === 0 ? true : undefined,
    );
  });

  test('of the seed runs too', async () => {
    const seeded = { ...web('shop:1'), metadata: { name: 'web', namespace: 'shop' } };
    stage = await startStage({}, [seeded]);

    await rolledOut(stage, 'shop:1');
  });

  test('goes with its namespace in the middle of a rollout, and nothing is left', async () => {
    const seeded = { ...web('shop:1'), metadata: { name: 'web', namespace: 'shop' } };
    stage = await startStage({}, [seeded]);
    await stage.until('a pod', () => stage.objects('Pod')[0]);

    await stage.ask('DELETE', '/api/v1/namespaces/shop');
    await stage.apply(`${apps}/deployments/web`, web('shop:2'));
    await rolledOut(stage, 'shop:2');

    expect(stage.server.objects().filter((object) => pick(object, 'metadata', 'namespace') === 'shop')).toEqual([]);
  });

  test('fails as the annotation kwok.fail of its template says', async () => {
    stage = await startStage();
    const template = {
      metadata: { labels: { app: 'web' }, annotations: { 'kwok.fail': 'ImagePullBackOff' } },
      spec: { containers: [{ name: 'web', image: 'shop:1' }] },
    };

    await stage.apply(`${apps}/deployments/web`, web('shop:1', { template }));

    const pod = await stage.until('a failure', () =>
      stage.objects('Pod').find((each) => JSON.stringify(each).includes('Back-off')),
    );
    expect(pick(pod, 'status', 'phase')).toBe('Pending');
    expect(pick(pod, 'status', 'containerStatuses')).toMatchObject([
      {
        ready: false,
        state: {
          waiting: {
            reason: 'ImagePullBackOff',
            message: expect.stringMatching(/^Back-off pulling image "shop:1": ErrImagePull: /),
          },
        },
      },
    ]);
  });
});

function podIsCrashing(pod: JsonObject): boolean {
  return JSON.stringify(pod).includes('CrashLoopBackOff');
}

function clearing(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer);
}
