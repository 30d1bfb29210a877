import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ControlPlane, useControlPlane } from './control-plane.ts';

let plane: ControlPlane;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane({ workloads: true });
  namespace = await plane.namespace('rollout');
}, 900_000);

describe('a control plane with workloads', () => {
  test('rolls a Deployment out, fails it when its template says so, and recovers with the next good one', async () => {
    await apply(deployment({ image: 'shop:1' }));
    await until('condition=Available');
    expect(await status()).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });

    await apply(deployment({ image: 'shop:2', fail: 'ImagePullBackOff' }));
    await until('jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=ProgressDeadlineExceeded');
    expect(await waitingReasons()).toContain('ImagePullBackOff');

    await apply(deployment({ image: 'shop:3' }));
    await until('jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=NewReplicaSetAvailable');
    expect(await status()).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
  });

  test('shows crashing containers with their exit code and restarts', async () => {
    await apply({ ...pod('crashing', 'CrashLoopBackOff') });

    await kubectlWait('pod/crashing', 'jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff');

    const { status: seen } = JSON.parse(await plane.kubectl(['-n', namespace, 'get', 'pod', 'crashing', '-o', 'json']));
    expect(seen.containerStatuses[0]).toMatchObject({ restartCount: 3, lastState: { terminated: { exitCode: 1 } } });
  });

  test('completes a Job', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'migrate:1' }] } };
    await apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate' }, spec: { template } });

    await kubectlWait('job/migrate', 'condition=Complete');
  });

  test('ends a deleted namespace', async () => {
    const gone = await plane.namespace('gone');

    await plane.kubectl(['delete', 'namespace', gone, '--timeout=60s']);

    expect((await plane.request('GET', `/api/v1/namespaces/${gone}`)).status).toBe(404);
  });

  test('is another one than the control plane on which only the tests write', async () => {
    expect((await useControlPlane({ workloads: true })).server).toBe(plane.server);
    expect((await useControlPlane()).server).not.toBe(plane.server);
  });
});

function apply(object: object): Promise<string> {
  const args = ['-n', namespace, 'apply', '--server-side', '-f', '-'];
  return plane.kubectl(args, { input: JSON.stringify(object) });
}

function until(condition: string): Promise<string> {
  return kubectlWait('deployment/web', condition);
}

function kubectlWait(what: string, condition: string): Promise<string> {
  return plane.kubectl(['-n', namespace, 'wait', what, `--for=${condition}`, '--timeout=50s']);
}

async function status(): Promise<unknown> {
  return JSON.parse(await plane.kubectl(['-n', namespace, 'get', 'deployment', 'web', '-o', 'json'])).status;
}

function waitingReasons(): Promise<string> {
  const path = 'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}';
  return plane.kubectl(['-n', namespace, 'get', 'pods', '-l', 'app=web', '-o', path]);
}

function pod(name: string, fail: string): object {
  const metadata = { name, annotations: { 'kwok.fail': fail } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'shop:1' }] } };
}

function deployment({ image, fail }: { readonly image: string; readonly fail?: string }): object {
  const annotations = fail === undefined ? {} : { 'kwok.fail': fail };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, annotations },
        spec: { containers: [{ name: 'web', image }] },
      },
    },
  };
}
