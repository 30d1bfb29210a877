import { afterEach, describe, expect, test } from '@jest/globals';
import { type JsonObject, pickText } from '../../../../src/model/json.ts';
import { apps, core, crashLog, type Stage, startStage, web } from './stage.ts';

let stage: Stage;

afterEach(() => stage.close());

/** The first pod whose status speaks of this. */
async function podThat(says: string): Promise<string> {
  const pod = await stage.until(says, () => stage.objects('Pod').find((each) => JSON.stringify(each).includes(says)));
  return pickText(pod, 'metadata', 'name') ?? '';
}

async function read(pod: string, query = ''): Promise<readonly [number, unknown]> {
  const { status, text, body } = await stage.ask('GET', `${core}/pods/${pod}/log${query}`);
  return [status, status === 200 ? text : body['message']];
}

describe('the log of a container', () => {
  test('that crashes is that of its last run, also when asked for the one before', async () => {
    stage = await startStage();
    await stage.apply(`${apps}/deployments/web`, web('shop:3'));
    const pod = await podThat('CrashLoopBackOff');

    expect(await read(pod)).toEqual([200, crashLog]);
    expect(await read(pod, '?container=web&tailLines=1')).toEqual([200, 'panic: no such table orders\n']);
    expect(await read(pod, '?container=web&previous=true')).toEqual([200, crashLog]);
    expect(await read(pod, '?limitBytes=5')).toEqual([200, 'start']);
  });

  test('that has not run is refused as a kubelet does', async () => {
    stage = await startStage({ podMs: 300 });
    await stage.apply(`${apps}/deployments/web`, web('shop:4'));

    const creating = await podThat('ContainerCreating');
    expect(await read(creating)).toEqual([
      400,
      `container "web" in pod "${creating}" is waiting to start: ContainerCreating`,
    ]);
    const pod = await podThat('ImagePullBackOff');
    expect(await read(pod)).toEqual([
      400,
      `container "web" in pod "${pod}" is waiting to start: trying and failing to pull image`,
    ]);
  });

  test('has to be named where there are several, and to exist', async () => {
    stage = await startStage();
    const containers: readonly JsonObject[] = [
      { name: 'web', image: 'shop:1' },
      { name: 'side', image: 'proxy:1' },
    ];
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
    await stage.apply(`${apps}/deployments/web`, web('shop:1', { template }));
    const pod = await podThat('Running');

    expect(await read(pod)).toEqual([
      400,
      `a container name must be specified for pod ${pod}, choose one of: [web side]`,
    ]);
    expect(await read(pod, '?container=other')).toEqual([400, `container other is not valid for pod ${pod}`]);
    expect(await read(pod, '?container=side')).toEqual([200, '']);
    expect(await read(pod, '?container=side&previous=true')).toEqual([
      400,
      `previous terminated container "side" in pod "${pod}" not found`,
    ]);
  });
});
