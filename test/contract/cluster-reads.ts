import { describe, expect, test } from '@jest/globals';
import { type JsonObject, pick, pickText } from '../../src/model/json.ts';
import type { ClusterOf } from './cluster.ts';
import { apply, configMap, everything, fresh, idOf, newNamespace, signal, types } from './cluster-fixtures.ts';

/** get and list. */
export function clusterReadContract(clusterOf: ClusterOf): void {
  describe('get', () => {
    test('gives the object as it is stored', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', { key: 'value' }), apply, signal);

      const found = await clusterOf().get(idOf(types.configMap, namespace, 'one'), signal);

      expect(found).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'value' } });
      expect(pickText(found ?? {}, 'metadata', 'uid')).toMatch(/^[0-9a-f-]{36}$/);
      expect(pickText(found ?? {}, 'metadata', 'resourceVersion')).toMatch(/^\d+$/);
    });

    test('gives null for an absent object, namespace or type', async () => {
      const namespace = await newNamespace(clusterOf());

      expect(await clusterOf().get(idOf(types.configMap, namespace, 'absent'), signal)).toBeNull();
      expect(await clusterOf().get(idOf(types.configMap, fresh('absent'), 'absent'), signal)).toBeNull();
      const unserved = { group: 'absent.example.com', version: 'v1', kind: 'Absent' };
      expect(await clusterOf().get(idOf(unserved, namespace, 'absent'), signal)).toBeNull();
    });

    test('keeps the case of a name and encodes its odd characters', async () => {
      const name = fresh('MyRole:View');
      const role = (verb: string, called: string): JsonObject => ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: called },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }],
      });
      await clusterOf().write(role('get', name), apply, signal);
      await clusterOf().write(role('list', name.toLowerCase()), apply, signal);

      const found = await clusterOf().get(idOf(types.clusterRole, null, name), signal);

      expect(found).toMatchObject({ metadata: { name }, rules: [{ verbs: ['get'] }] });
    });

    test('ignores the namespace of a type that has none', async () => {
      const namespace = await newNamespace(clusterOf());

      const found = await clusterOf().get(idOf(types.namespace, 'elsewhere', namespace), signal);

      expect(found).toMatchObject({ kind: 'Namespace', metadata: { name: namespace } });
    });

    test('refuses a namespaced type without a namespace', async () => {
      const asked = clusterOf().get(idOf(types.configMap, null, 'one'), signal);

      await expect(asked).rejects.toMatchObject({ kind: 'invalid', code: 'namespace-missing' });
    });
  });

  describe('list', () => {
    test('gives every object once, page by page', async () => {
      const namespace = await newNamespace(clusterOf());
      const names = ['a', 'b', 'c', 'd', 'e'];
      for (const name of names) await clusterOf().write(configMap(namespace, name, {}), apply, signal);

      const sizes: number[] = [];
      const found: string[] = [];
      let page: string | null = null;
      do {
        const options = { ...everything, namespace, limit: 2, page };
        const answer = await clusterOf().list(types.configMap, options, signal);
        sizes.push(answer.items.length);
        found.push(...answer.items.map((item) => pickText(item, 'metadata', 'name') ?? ''));
        expect(answer.resourceVersion).toMatch(/^\d+$/);
        page = answer.next;
      } while (page !== null);

      expect(sizes).toEqual([2, 2, 1]);
      expect(found.toSorted()).toEqual(names);
    });

    test('gives items that know their type', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', { key: 'value' }), apply, signal);

      const { items } = await clusterOf().list(types.configMap, { ...everything, namespace }, signal);

      expect(items).toEqual([expect.objectContaining({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'value' } })]);
    });

    test('selects by label', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', {}, { tier: 'front' }), apply, signal);
      await clusterOf().write(configMap(namespace, 'two', {}, { tier: 'back' }), apply, signal);
      const select = async (labelSelector: string): Promise<unknown[]> => {
        const { items } = await clusterOf().list(types.configMap, { ...everything, namespace, labelSelector }, signal);
        return items.map((item) => pick(item, 'metadata', 'name'));
      };

      expect(await select('tier=front')).toEqual(['one']);
      expect(await select('tier in (front,back)')).toEqual(['one', 'two']);
      expect(await select('!tier')).toEqual([]);
    });

    test('gives metadata alone, still under the real type', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', { key: 'value' }), apply, signal);
      const options = { ...everything, namespace, metadataOnly: true };

      const { items } = await clusterOf().list(types.configMap, options, signal);

      expect(items).toEqual([
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: expect.objectContaining({ name: 'one', namespace }) },
      ]);
    });

    test('spans namespaces', async () => {
      const label = fresh('span');
      const namespaces = [await newNamespace(clusterOf()), await newNamespace(clusterOf())];
      for (const namespace of namespaces) {
        await clusterOf().write(configMap(namespace, 'one', {}, { span: label }), apply, signal);
      }

      const options = { ...everything, labelSelector: `span=${label}` };
      const { items } = await clusterOf().list(types.configMap, options, signal);

      expect(items.map((item) => pick(item, 'metadata', 'namespace')).toSorted()).toEqual(namespaces.toSorted());
    });

    test('refuses a type that is not served', async () => {
      const asked = clusterOf().list({ group: 'absent.example.com', version: 'v1', kind: 'X' }, everything, signal);

      await expect(asked).rejects.toMatchObject({ kind: 'not-found', code: 'kind-not-served' });
    });
  });
}
