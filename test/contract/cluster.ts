import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pick, pickText } from '../../src/model/json.ts';
import type { Cluster } from '../../src/world/cluster/cluster.ts';
import { apply, defineKind, eventually, newNamespace, signal, types } from './cluster-fixtures.ts';
import { clusterReadContract } from './cluster-reads.ts';
import { clusterSecretContract } from './cluster-secrets.ts';
import { clusterWatchContract } from './cluster-watch.ts';
import { clusterWriteContract } from './cluster-writes.ts';

/** A cluster to test, with the right to do everything, empty or not. */
export interface ClusterFixture {
  readonly cluster: Cluster;
  /** Ends what `open` began. */
  stop(): Promise<void>;
}

/** Gives the cluster under test; usable inside tests only. */
export type ClusterOf = () => Cluster;

/**
 * What every implementation of the Cluster contract, over every API server, must do. `open` is called once; each test works
 * in namespaces and groups of its own. Expects namespaces, ConfigMaps, Secrets, Deployments, ClusterRoles and
 * CustomResourceDefinitions.
 */
export function clusterContract(name: string, open: () => Promise<ClusterFixture>): void {
  describe(`${name} as a cluster`, () => {
    let fixture: ClusterFixture | null = null;
    const clusterOf: ClusterOf = () => {
      if (fixture === null) throw new Error('the cluster is not open yet');
      return fixture.cluster;
    };
    beforeAll(async () => {
      fixture = await open();
    }, 900_000);
    afterAll(async () => {
      await fixture?.stop();
    });

    describeDiscovery(clusterOf);
    describeSchemas(clusterOf);
    clusterReadContract(clusterOf);
    clusterWriteContract(clusterOf);
    clusterSecretContract(clusterOf);
    clusterWatchContract(clusterOf);
  });
}

function describeDiscovery(clusterOf: ClusterOf): void {
  describe('discovery', () => {
    test('tells the version and a stable uid', async () => {
      const version = await clusterOf().version(signal);
      const [one, two] = [await clusterOf().uid(signal), await clusterOf().uid(signal)];

      expect(version.gitVersion).toMatch(/^v1\.\d+\.\d+/);
      expect(one).toMatch(/^[0-9a-f-]{36}$/);
      expect(two).toBe(one);
    });

    test('knows plural, scope and verbs of core and grouped kinds', async () => {
      const discovery = await clusterOf().discovery(signal);

      expect(discovery.find(types.configMap)).toMatchObject({ plural: 'configmaps', namespaced: true });
      expect(discovery.find(types.namespace)).toMatchObject({ plural: 'namespaces', namespaced: false });
      expect(discovery.find(types.deployment)).toMatchObject({
        group: 'apps',
        plural: 'deployments',
        namespaced: true,
      });
      expect(discovery.find(types.deployment)?.verbs).toEqual(
        expect.arrayContaining(['get', 'list', 'patch', 'watch']),
      );
      expect(discovery.resources).toContainEqual(discovery.find(types.clusterRole));
    });

    test('does not know what is not served', async () => {
      const discovery = await clusterOf().discovery(signal);

      expect(discovery.find({ group: 'apps', version: 'v1beta1', kind: 'Deployment' })).toBeUndefined();
      expect(discovery.find({ group: 'absent.example.com', version: 'v1', kind: 'Deployment' })).toBeUndefined();
    });

    test('lists versions and kinds sorted, as charts ask for them', async () => {
      const { apiVersions } = await clusterOf().discovery(signal);

      expect(apiVersions).toEqual(expect.arrayContaining(['v1', 'v1/ConfigMap', 'apps/v1', 'apps/v1/Deployment']));
      expect(apiVersions).toEqual([...new Set(apiVersions)].toSorted());
    });

    test('sees a kind that was defined after it was first asked', async () => {
      await clusterOf().discovery(signal);

      const type = await defineKind(clusterOf());

      expect((await clusterOf().discovery(signal)).find(type)).toMatchObject({ plural: 'gadgets', namespaced: true });
      expect((await clusterOf().discovery(signal)).apiVersions).toContain(`${type.group}/v1/Gadget`);
    });

    test('finds a kind defined meanwhile when an object of it is written', async () => {
      const type = await defineKind(clusterOf());
      const namespace = await newNamespace(clusterOf());
      const object = { apiVersion: `${type.group}/v1`, kind: 'Gadget', metadata: { name: 'one', namespace } };

      const { created } = await clusterOf().write(object, apply, signal);

      expect(created).toBe(true);
    });
  });
}

function describeSchemas(clusterOf: ClusterOf): void {
  describe('schemas', () => {
    test('has the OpenAPI v3 document of a group version, with the schema of its kinds', async () => {
      const openapi = await clusterOf().openapi(signal);

      const [apps, core] = [await openapi.document('apps/v1', signal), await openapi.document('v1', signal)];

      expect(pickText(apps ?? {}, 'openapi')).toMatch(/^3\./);
      const schema = pick(apps ?? {}, 'components', 'schemas', 'io.k8s.api.apps.v1.Deployment');
      expect(pick(schema, 'properties')).toHaveProperty('spec');
      expect(pick(schema, 'x-kubernetes-group-version-kind')).toContainEqual(types.deployment);
      expect(pick(core ?? {}, 'components', 'schemas')).toHaveProperty(['io.k8s.api.core.v1.ConfigMap']);
    });

    test('has none for a group version that is not served', async () => {
      const openapi = await clusterOf().openapi(signal);

      expect(await openapi.document('absent.example.com/v1', signal)).toBeNull();
    });

    test('gets the document of a kind that was defined meanwhile', async () => {
      const type = await defineKind(clusterOf());

      const document = await eventually(async () => {
        const openapi = await clusterOf().openapi(signal);
        return (await openapi.document(`${type.group}/v1`, signal)) ?? undefined;
      });

      const schemas = Object.values(pick(document, 'components', 'schemas') ?? {});
      expect(schemas).toContainEqual(
        expect.objectContaining({ 'x-kubernetes-group-version-kind': expect.arrayContaining([type]) }),
      );
    });
  });
}
