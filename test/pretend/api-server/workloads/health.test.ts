import { afterEach, expect, test } from '@jest/globals';
import { createRedactor } from '../../../../src/formats/redaction/redactor.ts';
import { readHealth } from '../../../../src/gitops/health/read-health.ts';
import type { TargetHealth } from '../../../../src/model/health.ts';
import type { JsonObject } from '../../../../src/model/json.ts';
import type { Cluster } from '../../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../../src/world/cluster/kubernetes/open-cluster.ts';
import { podsSeen, type Stage, startStage, web } from './stage.ts';

const signal = new AbortController().signal;
const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'web' };
let stage: Stage;
let cluster: Cluster;

afterEach(async () => {
  await cluster.close();
  await stage.close();
  expect(stage.faults).toEqual([]);
});

test('a rollout is seen to be under way, healthy, failing with the last words of its container, and recovered', async () => {
  stage = await startStage({ podMs: 200 });
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const kubeconfig = { text: stage.server.kubeconfig };
  cluster = await openCluster({ kubeconfig, context: 'pretend', redactor, limits: { requestMs: 30_000 } });

  await write(web('shop:1'));
  expect((await read()).state).toBe('progressing');
  expect(await settled('healthy')).toMatchObject({ pods: { ready: 2, wanted: 2 }, evidence: [] });

  await write(web('shop:3'));
  const failing = await settled('failed');
  expect(failing.objects).toMatchObject([{ resource: id, state: 'failed', reason: 'CrashLoopBackOff' }]);
  expect(failing.evidence).toMatchObject([
    {
      resource: id,
      container: 'web',
      reason: 'CrashLoopBackOff',
      exitCode: 2,
      restarts: 3,
      logs: ['reading config', 'panic: no such table orders'],
      logsMissing: null,
    },
  ]);
  expect(failing.evidence[0]?.pod).toMatch(/^web-[a-z0-9]{10}-[a-z0-9]{5}$/);
  expect(podsSeen(stage).filter((pod) => pod === 'shop:1 True')).toHaveLength(2);

  await write(web('shop:1'));
  expect(await settled('healthy')).toMatchObject({ pods: { ready: 2, wanted: 2 }, evidence: [] });
});

async function write(object: JsonObject): Promise<void> {
  const placed = { ...object, metadata: { name: 'web', namespace: 'default' } };
  const options = { manager: 'fairlead', force: true, dryRun: false, validation: 'Strict', as: null } as const;
  await cluster.write(placed, options, signal);
}

function read(): Promise<TargetHealth> {
  const redact = (text: string): string => text;
  const now = (): Date => new Date();
  return readHealth({ cluster, resources: [{ id }], startedAt: null, now, redact, logLines: 2 }, signal);
}

async function settled(state: TargetHealth['state']): Promise<TargetHealth> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const health = await read();
    if (health.state === state) return health;
    if (Date.now() > deadline) throw new Error(`not ${state} within 30 s: ${JSON.stringify(health)}`);
  }
}
