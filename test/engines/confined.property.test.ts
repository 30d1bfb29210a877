import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { confined } from '../../src/engines/confined.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Application } from '../../src/model/target.ts';
import { isWithin, reachOf, type Tenant } from '../../src/model/tenancy.ts';
import type { ApiServer } from '../../src/pretend/api-server/api-server.ts';
import type { Cluster } from '../../src/world/cluster/cluster.ts';
import { newNamespace } from '../contract/cluster-fixtures.ts';
import { startPretend } from '../pretend/api-server/support.ts';
import { type Carrier, carryOut, createCarrier, idsOf, map, openTestCluster, signal, workOf } from './apply/carrier.ts';
import { resourcesOf } from './apply/stage.ts';

const namespaces = ['shop', 'shop-stg', 'payments'];
const clusterRole = (name: string): JsonObject => ({
  ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: [] },
});
const role = (namespace: string, name: string): JsonObject => ({
  ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { namespace, name }, rules: [] },
});

/** Objects with names that are found in a path: `x-NAMESPACE-KIND`. */
const universe = [
  ...namespaces.flatMap((namespace) => [map(namespace, `x-${namespace}-map`), role(namespace, `x-${namespace}-role`)]),
  clusterRole('x-everywhere-role'),
];

let server: ApiServer;
let cluster: Cluster;
let carrier: Carrier;

beforeAll(async () => {
  // Half of them exist, as somebody else's.
  server = await startPretend({ seed: universe.filter((_, index) => index % 2 === 0), seedManager: 'others' });
  await server.ready;
  cluster = await openTestCluster({ text: server.kubeconfig }, 'pretend');
  for (const namespace of namespaces) await ensureNamespace(namespace);
  carrier = createCarrier({ cluster, inventoryNamespace: await newNamespace(cluster) });
}, 300_000);

afterAll(async () => {
  await cluster?.close();
  await server?.close();
});

async function ensureNamespace(name: string): Promise<void> {
  const options = { manager: 'others', force: true, dryRun: false, validation: 'Strict', as: null } as const;
  await cluster.write({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, options, signal);
}

const application: Application = {
  ...{ name: 'shop', root: 'teams/shop', renderer: 'plain', environment: null, valuesFiles: [], inputs: [] },
};
const kinds = fc.subarray(['*', 'ConfigMap', 'Role', '*.rbac.authorization.k8s.io']);
const tenant: fc.Arbitrary<Tenant> = fc.record({
  ...{ name: fc.constant('shop'), paths: fc.constantFrom(['teams/**'], ['teams/shop'], ['other/**']) },
  ...{ clusters: fc.constantFrom([], ['test'], ['elsewhere']), namespaces: fc.subarray(['shop', 'shop-*', 'pay*']) },
  kinds: fc.record({ allow: kinds, deny: fc.subarray(['Role', 'ClusterRole']) }),
});
const objects = fc.subarray(universe);

test('no request ever names an object outside, whatever is wanted, deleted or asked for', async () => {
  let runs = 0;
  const seen = { outside: 0, refused: 0, written: 0, predicted: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(tenant, { minLength: 1, maxLength: 2 }),
      objects,
      objects,
      async (tenants, base, head) => {
        const reach = reachOf([{ by: 'repository', tenants }], application, 'test');
        const engine = confined(carrier.engine, reach);
        runs += 1;
        const begun = server.requests.length;
        const work = workOf(head, { app: `app-${runs}`, deletes: idsOf(...base), confirmed: true });

        const set = await engine.predict(
          work.target,
          { base: resourcesOf(...base), head: resourcesOf(...head) },
          signal,
        );
        await engine.status(work, null, signal);
        const [step] = await carryOut({ engine, pass: carrier.pass }, work);

        const paths = server.requests.slice(begun).map(({ path }) => path);
        for (const object of universe) {
          const [id] = idsOf(object);
          if (id === undefined || isWithin(reach, id, null)) continue;
          seen.outside += 1;
          expect(paths.filter((path) => path.includes(id.name))).toEqual([]);
        }
        const wanted = [...idsOf(...head), ...idsOf(...base)];
        const isWhole = wanted.every((id) => isWithin(reach, id, null));
        expect(step?.kind === 'refused' && step.reason.includes('outside the tenancy')).toBe(!isWhole);
        expect(carrier.asked.at(-1)?.resources.every(({ id }) => isWithin(reach, id, null))).toBe(true);
        seen[isWhole ? 'written' : 'refused'] += 1;
        seen.predicted += set.changes.length;
      },
    ),
    { numRuns: 100 },
  );

  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
}, 300_000);
