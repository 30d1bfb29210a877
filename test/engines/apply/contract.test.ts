import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { fresh, newNamespace } from '../../contract/cluster-fixtures.ts';
import { type EngineCommits, type EngineFixture, engineContract } from '../../contract/engine.ts';
import { useControlPlane } from '../../control-plane/control-plane.ts';
import { startPretend } from '../../pretend/api-server/support.ts';
import { createCarrier, idsOf, map, openTestCluster, signal, workOf } from './carrier.ts';
import { customKind } from './custom-kind.ts';

engineContract('apply on a real API server', async () => {
  const plane = await useControlPlane();
  const cluster = await openTestCluster(plane.kubeconfig, plane.context);
  return fixtureOn(cluster, () => cluster.close());
});

engineContract('apply on the pretend API server', async () => {
  const server = await startPretend({ token: 'pretend-token' });
  await server.ready;
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const cluster = await openCluster({ kubeconfig: { text: server.kubeconfig }, context: 'pretend', redactor });
  return fixtureOn(cluster, async () => {
    await cluster.close();
    await server.close();
  });
});

async function fixtureOn(cluster: Cluster, stop: () => Promise<void>): Promise<EngineFixture> {
  const carrier = createCarrier({ cluster, inventoryNamespace: await newNamespace(cluster) });
  return {
    engine: carrier.engine,
    commits: async () => commitsOf(await newNamespace(cluster)),
    holds: async (work) => {
      const live = await Promise.all(work.desired.map(({ id }) => cluster.get(id, signal)));
      const isThere = live.every((object, index) => holds(object, work.desired[index]?.object ?? {}));
      const left = await Promise.all(work.deletes.map((id) => cluster.get(id, signal)));
      return isThere && left.every((object) => object === null);
    },
    writes: () => carrier.recording.log.filter((line) => !line.startsWith('dry-run ')).length,
    pass: async (milliseconds) => {
      carrier.pass(milliseconds);
      if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    stop,
  };
}

function commitsOf(namespace: string): EngineCommits {
  const app = fresh('app');
  const { definition, object } = customKind(namespace);
  const [one, two] = [map(namespace, 'one'), map(namespace, 'two')];
  const changed = map(namespace, 'one', { a: '2' });
  const broken = { ...map(namespace, 'two'), data: { a: { b: 'c' } } };
  return {
    first: workOf([one, two, definition, object], { app }),
    second: workOf([changed, definition, object], { app, deletes: idsOf(two) }),
    broken: workOf([map(namespace, 'one', { a: '3' }), broken], { app }),
  };
}

function holds(live: JsonObject | null, desired: JsonObject): boolean {
  return live !== null && JSON.stringify(live['data'] ?? null) === JSON.stringify(desired['data'] ?? null);
}
