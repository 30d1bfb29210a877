import { describe, expect, test } from '@jest/globals';
import { type JsonObject, pick, pickText } from '../../src/model/json.ts';
import type { ClusterOf } from './cluster.ts';
import {
  apply,
  configMap,
  defineKind,
  deployment,
  fresh,
  idOf,
  newNamespace,
  signal,
  types,
} from './cluster-fixtures.ts';

/** write (server-side apply), patch and remove. */
export function clusterWriteContract(clusterOf: ClusterOf): void {
  describeApply(clusterOf);
  describeOwnership(clusterOf);
  describeValidation(clusterOf);
  describePatch(clusterOf);
  describeRemove(clusterOf);
}

function describeApply(clusterOf: ClusterOf): void {
  describe('write', () => {
    test('creates an object and says so', async () => {
      const namespace = await newNamespace(clusterOf());

      const { object, created, warnings } = await clusterOf().write(
        configMap(namespace, 'one', { a: '1' }),
        apply,
        signal,
      );

      expect({ created, warnings }).toEqual({ created: true, warnings: [] });
      expect(object).toMatchObject({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'one' },
        data: { a: '1' },
      });
      expect(pick(object, 'metadata', 'managedFields')).toEqual([
        expect.objectContaining({ manager: 'fairlead', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } }),
      ]);
    });

    test('changes an object, and leaves the version alone when nothing changes', async () => {
      const namespace = await newNamespace(clusterOf());
      const first = await clusterOf().write(configMap(namespace, 'one', { a: '1' }), apply, signal);

      const second = await clusterOf().write(configMap(namespace, 'one', { a: '2' }), apply, signal);
      const third = await clusterOf().write(configMap(namespace, 'one', { a: '2' }), apply, signal);

      const versions = [first, second, third].map(({ object }) => pickText(object, 'metadata', 'resourceVersion'));
      expect([first.created, second.created, third.created]).toEqual([true, false, false]);
      expect(second.object).toMatchObject({ data: { a: '2' } });
      expect(versions[1]).not.toBe(versions[0]);
      expect(versions[2]).toBe(versions[1]);
    });

    test('removes what the manager stops naming', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', { a: '1', b: '2' }), apply, signal);

      const { object } = await clusterOf().write(configMap(namespace, 'one', { a: '1' }), apply, signal);

      expect(object['data']).toEqual({ a: '1' });
    });

    test('stores nothing in a dry-run, and shows what would be', async () => {
      const namespace = await newNamespace(clusterOf());
      const before = await clusterOf().write(configMap(namespace, 'one', { a: '1' }), apply, signal);
      const dryRun = { ...apply, dryRun: true };

      const changed = await clusterOf().write(configMap(namespace, 'one', { a: '2' }), dryRun, signal);
      const created = await clusterOf().write(configMap(namespace, 'two', { a: '1' }), dryRun, signal);

      expect(changed).toMatchObject({ created: false, object: { data: { a: '2' } } });
      expect(created).toMatchObject({ created: true, object: { metadata: { name: 'two' }, data: { a: '1' } } });
      expect(await clusterOf().get(idOf(types.configMap, namespace, 'one'), signal)).toEqual(before.object);
      expect(await clusterOf().get(idOf(types.configMap, namespace, 'two'), signal)).toBeNull();
    });

    test('keeps integers that a double cannot hold', async () => {
      const type = await defineKind(clusterOf());
      const namespace = await newNamespace(clusterOf());
      const gadget = (name: string, size: bigint): JsonObject => ({
        apiVersion: `${type.group}/v1`,
        kind: 'Gadget',
        metadata: { name, namespace },
        spec: { size },
      });

      const { object } = await clusterOf().write(gadget('odd', 9007199254740993n), apply, signal);
      await clusterOf().write(gadget('largest', 9223372036854775807n), apply, signal);

      expect(pick(object, 'spec', 'size')).toBe(9007199254740993n);
      const stored = await clusterOf().get(idOf(type, namespace, 'largest'), signal);
      expect(pick(stored ?? {}, 'spec', 'size')).toBe(9223372036854775807n);
    });

    test('says that the namespace is absent', async () => {
      const namespace = fresh('absent');

      const written = clusterOf().write(configMap(namespace, 'one', {}), { ...apply, dryRun: true }, signal);

      await expect(written).rejects.toMatchObject({
        kind: 'not-found',
        status: 404,
        message: expect.stringContaining(`namespaces "${namespace}" not found`),
      });
    });

    test('says that the type is not served', async () => {
      const object = {
        apiVersion: 'absent.example.com/v1',
        kind: 'Absent',
        metadata: { name: 'x', namespace: 'default' },
      };

      await expect(clusterOf().write(object, apply, signal)).rejects.toMatchObject({
        kind: 'not-found',
        code: 'kind-not-served',
        message: expect.stringContaining('absent.example.com/v1 Absent'),
      });
    });
  });
}

function describeOwnership(clusterOf: ClusterOf): void {
  describe('write among managers', () => {
    test('refuses to take a field that another manager owns, naming manager and field', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(deployment(namespace, 'web', { replicas: 2 }), { ...apply, manager: 'scaler' }, signal);

      const written = clusterOf().write(deployment(namespace, 'web', { replicas: 3 }), apply, signal);

      await expect(written).rejects.toMatchObject({ kind: 'conflict', status: 409 });
      await expect(written).rejects.toThrow(/conflict with "scaler".*\.spec\.replicas/);
    });

    test('takes it with force, and then owns it alone', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(deployment(namespace, 'web', { replicas: 2 }), { ...apply, manager: 'scaler' }, signal);

      const forced = { ...apply, force: true };
      const { object } = await clusterOf().write(deployment(namespace, 'web', { replicas: 3 }), forced, signal);

      expect(pick(object, 'spec', 'replicas')).toBe(3);
      const entries = pick(object, 'metadata', 'managedFields') as readonly JsonObject[];
      const owners = entries.filter((entry) => pick(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined);
      expect(owners.map(({ manager }) => manager)).toEqual(['fairlead']);
    });

    test('shares a field that both give the same value', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', { a: '1' }), { ...apply, manager: 'other' }, signal);
      await clusterOf().write(configMap(namespace, 'one', { a: '1' }), apply, signal);

      const { object } = await clusterOf().write(configMap(namespace, 'one', {}), apply, signal);

      expect(object['data']).toEqual({ a: '1' });
    });

    test('merges a list by its keys', async () => {
      const namespace = await newNamespace(clusterOf());
      const sidecar = { name: 'proxy', image: 'registry.example/proxy:1' };
      await clusterOf().write(deployment(namespace, 'web', {}, [sidecar]), { ...apply, manager: 'mesh' }, signal);

      const { object } = await clusterOf().write(deployment(namespace, 'web'), apply, signal);

      const containers = pick(object, 'spec', 'template', 'spec', 'containers') as readonly JsonObject[];
      expect(containers.map(({ name }) => name)).toEqual(['web', 'proxy']);
    });
  });
}

function describeValidation(clusterOf: ClusterOf): void {
  describe('write with faults', () => {
    test('refuses an unknown field under strict validation, with its path', async () => {
      const namespace = await newNamespace(clusterOf());
      const object = deployment(namespace, 'web', {}, [{ name: 'side', image: 'x', imagee: 'y' }]);

      const written = clusterOf().write(object, { ...apply, dryRun: true }, signal);

      await expect(written).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('.spec.template.spec.containers[name="side"].imagee'),
      });
    });

    test('leaves unknown fields out under Warn, and warns of each', async () => {
      const namespace = await newNamespace(clusterOf());
      const extra = { name: 'side', image: 'x', imagee: 'y', ports: [{ containerPort: 80, prot: 1 }] };
      const object = deployment(namespace, 'web', { a: 1, b: { c: 1 }, d: [1], replicas: 2 }, [extra]);

      const { object: result, warnings } = await clusterOf().write(object, { ...apply, validation: 'Warn' }, signal);

      expect(warnings.toSorted()).toEqual([
        'unknown field "spec.a"',
        'unknown field "spec.b"',
        'unknown field "spec.d"',
        expect.stringMatching(/^unknown field "spec\.template\.spec\.containers\[.*\]\.imagee"$/),
        expect.stringMatching(/^unknown field "spec\.template\.spec\.containers\[.*\]\.ports\[.*\]\.prot"$/),
      ]);
      expect(pick(result, 'spec')).toMatchObject({ replicas: 2 });
      expect(pick(result, 'spec')).not.toHaveProperty('a');
    });

    test('leaves them out silently under Ignore', async () => {
      const namespace = await newNamespace(clusterOf());
      const options = { ...apply, validation: 'Ignore', dryRun: true } as const;

      const { warnings, object } = await clusterOf().write(deployment(namespace, 'web', { a: 1 }), options, signal);

      expect(warnings).toEqual([]);
      expect(pick(object, 'spec')).not.toHaveProperty('a');
    });

    test.each([
      ['a text where a number belongs', { replicas: 'three' }, '.spec.replicas'],
      ['a value outside an enumeration', { strategy: { type: 'Sideways' } }, 'spec.strategy'],
      ['a required field that is missing', { selector: null }, 'spec.selector'],
    ])('refuses %s as invalid', async (_what, spec, path) => {
      const namespace = await newNamespace(clusterOf());

      const written = clusterOf().write(
        deployment(namespace, 'web', spec as JsonObject),
        { ...apply, dryRun: true },
        signal,
      );

      await expect(written).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(path) });
    });

    test('refuses an object without a name', async () => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default' } };

      await expect(clusterOf().write(object, apply, signal)).rejects.toMatchObject({ code: 'object-unnamed' });
    });
  });
}

function describePatch(clusterOf: ClusterOf): void {
  describe('patch', () => {
    test('changes what the operations say', async () => {
      const namespace = await newNamespace(clusterOf());
      const id = idOf(types.configMap, namespace, 'one');
      const { object } = await clusterOf().write(configMap(namespace, 'one', { a: '1' }), apply, signal);
      const resourceVersion = pickText(object, 'metadata', 'resourceVersion') ?? '';

      const patch = [{ op: 'add', path: '/data/b', value: '2' }];
      const patched = await clusterOf().patch(id, patch, { resourceVersion }, signal);

      expect(patched['data']).toEqual({ a: '1', b: '2' });
      expect(await clusterOf().get(id, signal)).toEqual(patched);
    });

    test('is refused as a conflict when the object has changed since', async () => {
      const namespace = await newNamespace(clusterOf());
      const id = idOf(types.configMap, namespace, 'one');
      const { object } = await clusterOf().write(configMap(namespace, 'one', { a: '1' }), apply, signal);
      await clusterOf().write(configMap(namespace, 'one', { a: '2' }), apply, signal);
      const resourceVersion = pickText(object, 'metadata', 'resourceVersion') ?? '';

      const patch = [{ op: 'replace', path: '/data/a', value: '3' }];
      const patched = clusterOf().patch(id, patch, { resourceVersion }, signal);

      await expect(patched).rejects.toMatchObject({ kind: 'conflict', status: 409 });
      expect(await clusterOf().get(id, signal)).toMatchObject({ data: { a: '2' } });
    });

    test('of an absent object is not found', async () => {
      const namespace = await newNamespace(clusterOf());
      const id = idOf(types.configMap, namespace, 'absent');

      const patched = clusterOf().patch(
        id,
        [{ op: 'add', path: '/data', value: {} }],
        { resourceVersion: null },
        signal,
      );

      await expect(patched).rejects.toMatchObject({ kind: 'not-found', status: 404 });
    });
  });
}

function describeRemove(clusterOf: ClusterOf): void {
  const remove = { uid: null, resourceVersion: null, dryRun: false, as: null };

  describe('remove', () => {
    test('removes the object', async () => {
      const namespace = await newNamespace(clusterOf());
      const id = idOf(types.configMap, namespace, 'one');
      await clusterOf().write(configMap(namespace, 'one', {}), apply, signal);

      await clusterOf().remove(id, remove, signal);

      expect(await clusterOf().get(id, signal)).toBeNull();
    });

    test('removes nothing in a dry-run', async () => {
      const namespace = await newNamespace(clusterOf());
      const id = idOf(types.configMap, namespace, 'one');
      const { object } = await clusterOf().write(configMap(namespace, 'one', {}), apply, signal);

      await clusterOf().remove(id, { ...remove, dryRun: true }, signal);

      expect(await clusterOf().get(id, signal)).toEqual(object);
    });

    test('removes only the very object that was meant', async () => {
      const namespace = await newNamespace(clusterOf());
      const id = idOf(types.configMap, namespace, 'one');
      const { object } = await clusterOf().write(configMap(namespace, 'one', {}), apply, signal);
      const uid = pickText(object, 'metadata', 'uid') ?? '';

      const other = clusterOf().remove(id, { ...remove, uid: '00000000-0000-4000-8000-000000000000' }, signal);
      await expect(other).rejects.toMatchObject({ kind: 'conflict' });
      const older = clusterOf().remove(id, { ...remove, resourceVersion: '1' }, signal);
      await expect(older).rejects.toMatchObject({ kind: 'conflict' });
      await clusterOf().remove(id, { ...remove, uid }, signal);

      expect(await clusterOf().get(id, signal)).toBeNull();
    });

    test('of an absent object is not found', async () => {
      const namespace = await newNamespace(clusterOf());

      const removed = clusterOf().remove(idOf(types.configMap, namespace, 'absent'), remove, signal);

      await expect(removed).rejects.toMatchObject({ kind: 'not-found', status: 404 });
    });
  });
}
