import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { takeoversOf } from '../../../src/gitops/diff/takeovers.ts';
import { type JsonObject, pick } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { identities } from '../../control-plane/identities.ts';
import {
  type Carrier,
  createCarrier,
  idsOf,
  map,
  openTestCluster,
  outcomeOf,
  signal,
  takenFrom,
  workOf,
  writeAs,
} from './carrier.ts';
import { record } from './recording.ts';

let plane: ControlPlane;
let cluster: Cluster;
let namespace: string;
let carrier: Carrier;

beforeAll(async () => {
  plane = await useControlPlane();
  cluster = await openTestCluster(plane.kubeconfig, plane.context);
}, 120_000);

beforeEach(async () => {
  namespace = await plane.namespace();
  carrier = createCarrier({ cluster, inventoryNamespace: namespace });
});

afterAll(() => cluster?.close());

describe('a field of somebody else', () => {
  test('whose takeover was not shown is refused with object, field and owner, and nothing of the stage is written', async () => {
    await writeAs(cluster, 'other-tool', map(namespace, 'theirs', { a: 'theirs' }));

    const step = await outcomeOf(carrier, workOf([map(namespace, 'theirs'), map(namespace, 'ours')]));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/ConfigMap .*\/theirs: data\.a belongs to other-tool, .*did not show/),
      takeovers: [takenFrom(map(namespace, 'theirs'), { '.data.a': 'other-tool' })],
    });
    expect(carrier.recording.writes()).toEqual([]);
    expect(await dataOf('theirs')).toEqual({ a: 'theirs' });
  });

  test('is named with each owner when there are several', async () => {
    await writeAs(cluster, 'one', map(namespace, 'theirs', { a: 'one' }));
    await writeAs(cluster, 'two', map(namespace, 'theirs', { b: 'two' }));

    const step = await outcomeOf(carrier, workOf([map(namespace, 'theirs', { a: 'x', b: 'x' })]));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('data.a belongs to one, data.b belongs to two'),
    });
  });

  test('is taken over when that was shown, and force is used there only', async () => {
    await writeAs(cluster, 'other-tool', map(namespace, 'theirs', { a: 'theirs' }));
    const objects = [map(namespace, 'theirs'), map(namespace, 'ours')];

    const takeovers = [takenFrom(map(namespace, 'theirs'), { '.data.a': 'other-tool' })];

    const step = await outcomeOf(carrier, workOf(objects, { takeovers }));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 2 } });
    expect(carrier.recording.writes().toSorted()).toEqual(['apply ConfigMap ours', 'force ConfigMap theirs']);
    expect(await dataOf('theirs')).toEqual({ a: '1' });
  });

  test('is taken over with exactly what a review of a workload showed', async () => {
    await writeAs(cluster, 'kubectl', deployment(namespace, 'shop/web:0'));
    await plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=5']);
    const work = workOf([deployment(namespace)]);
    const review = await carrier.engine.predict(work.target, { base: [], head: work.desired }, signal);
    const takeovers = takeoversOf(review.changes, review.live, carrier.engine.manager);

    const step = await outcomeOf(carrier, { ...work, takeovers });

    const image = '.spec.template.spec.containers[name="web"].image';
    const owners = { '.spec.replicas': 'kubectl (scale)', [image]: 'kubectl' };
    expect(takeovers).toEqual([takenFrom(deployment(namespace), owners)]);
    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 1 } });
    expect(carrier.recording.writes()).toEqual(['force Deployment web']);
  });

  test('is refused, and nothing of the object taken, when another field was taken by somebody after the review', async () => {
    const theirs = map(namespace, 'theirs', { a: '1', b: '1' });
    await writeAs(cluster, 'other-tool', map(namespace, 'theirs', { a: 'theirs' }));
    await writeAs(cluster, 'late-tool', map(namespace, 'theirs', { b: 'late' }));
    const takeovers = [takenFrom(theirs, { '.data.a': 'other-tool' })];

    const step = await outcomeOf(carrier, workOf([theirs], { takeovers }));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/theirs: data\.b belongs to late-tool, which/),
      takeovers: [takenFrom(theirs, { '.data.b': 'late-tool' })],
    });
    expect(await dataOf('theirs')).toEqual({ a: 'theirs', b: 'late' });
  });

  test('is refused when it has another owner than the one that was shown', async () => {
    await writeAs(cluster, 'late-tool', map(namespace, 'theirs', { a: 'late' }));
    const takeovers = [takenFrom(map(namespace, 'theirs'), { '.data.a': 'other-tool' })];

    const step = await outcomeOf(carrier, workOf([map(namespace, 'theirs')], { takeovers }));

    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringContaining('data.a belongs to late-tool') });
    expect(await dataOf('theirs')).toEqual({ a: 'late' });
  });

  test('is not overwritten when it is taken between the dry-run and the write', async () => {
    const theirs = map(namespace, 'theirs', { a: '1', b: '1' });
    await writeAs(cluster, 'other-tool', map(namespace, 'theirs', { a: 'theirs' }));
    const { write, ...rest } = record(cluster).cluster;
    const late: Cluster = {
      ...rest,
      write: async (object, options, until) => {
        const isForced = options.force && !options.dryRun && pick(object, 'metadata', 'name') === 'theirs';
        if (isForced) await writeAs(cluster, 'late-tool', map(namespace, 'theirs', { b: 'late' }));
        return write(object, options, until);
      },
    };
    const takeovers = [takenFrom(theirs, { '.data.a': 'other-tool' })];

    const step = await outcomeOf(
      createCarrier({ cluster: late, inventoryNamespace: namespace }),
      workOf([theirs], { takeovers }),
    );

    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringContaining('data.b belongs to late-tool') });
    expect(await dataOf('theirs')).toEqual({ a: 'theirs', b: 'late' });
  });

  test('is named up to a bound, and only what is named is offered for takeover', async () => {
    const data = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`k${index}`, '1']));
    const theirs = Object.fromEntries(Object.keys(data).map((name) => [name, 'theirs']));
    await writeAs(cluster, 'other-tool', map(namespace, 'theirs', theirs));
    const desired = map(namespace, 'theirs', data);
    const first = await outcomeOf(carrier, workOf([desired]));
    const takeovers = first.kind === 'refused' ? (first.takeovers ?? []) : [];

    const second = await outcomeOf(carrier, workOf([desired], { takeovers }));

    expect(first).toMatchObject({ reason: expect.stringMatching(/data\.k4 belongs to other-tool and 3 more/) });
    expect(takeovers[0]?.fields).toHaveLength(5);
    expect(second).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/: data\.k5 .*data\.k6 .*data\.k7 belongs to other-tool, which/),
    });
    expect(await dataOf('theirs')).toEqual(theirs);
  });

  test('is shared without force when both say the same', async () => {
    await writeAs(cluster, 'other-tool', map(namespace, 'theirs', { a: '1', b: 'theirs' }));

    const step = await outcomeOf(carrier, workOf([map(namespace, 'theirs')]));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 1 } });
    expect(await dataOf('theirs')).toEqual({ a: '1', b: 'theirs' });
  });

  test('by kubectl edit is refused as well, and a scaled Deployment names the controller', async () => {
    const web = deployment(namespace);
    await outcomeOf(carrier, workOf([web]));
    await plane.kubectl(['-n', namespace, 'scale', 'deployment/web', '--replicas=5']);

    const step = await outcomeOf(carrier, workOf([web]));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/Deployment .*\/web: spec\.replicas belongs to kubectl \(scale\)/),
    });
  });
});

describe('a missing permission', () => {
  test('is refused and named', async () => {
    const reader = await openTestCluster(plane.kubeconfig, identities.reader.context);

    const step = await outcomeOf(
      createCarrier({ cluster: reader, inventoryNamespace: namespace }),
      workOf([map(namespace, 'a')]),
    );

    await reader.close();
    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/cannot patch resource "configmaps"/),
    });
  });

  test('to delete is refused and named, and what was applied stays noted', async () => {
    const [kept, gone] = [map(namespace, 'kept'), map(namespace, 'gone')];
    await outcomeOf(carrier, workOf([kept, gone]));
    const planner = await openTestCluster(plane.kubeconfig, identities.planner.context);
    const { inventories } = carrier;
    const careful = createCarrier({ cluster: planner, inventoryNamespace: namespace, inventories });

    const step = await outcomeOf(careful, workOf([kept], { deletes: idsOf(gone) }));

    await planner.close();
    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/cannot delete resource "configmaps"/),
    });
    expect(inventories.get(workOf([]).target.id)?.map(({ resource }) => resource.name)).toEqual(['gone', 'kept']);
  });

  test('of the place for the inventory says what to create, before anything is applied', async () => {
    const lost = createCarrier({ cluster, inventoryNamespace: `${namespace}-absent` });

    const step = await outcomeOf(lost, workOf([map(namespace, 'a')]));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/Namespace .*-absent, where Fairlead notes.*Create namespace/),
    });
    expect(lost.recording.writes()).toEqual([]);
  });
});

describe('something that is being deleted', () => {
  test('is waited for, its finalizers are named, and after two minutes a person is asked', async () => {
    const held = map(namespace, 'held', { a: '1' }, { finalizers: ['example.com/hold'] });
    await writeAs(cluster, 'other-tool', held);
    await plane.kubectl(['-n', namespace, 'delete', 'configmap', 'held', '--wait=false']);

    const step = await outcomeOf(carrier, workOf([map(namespace, 'held')]));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(
        /kept the deployment waiting for 2 minutes: .*held by finalizer example\.com\/hold/,
      ),
    });
    expect(carrier.recording.writes()).toEqual([]);
  });

  test('is created anew once it is gone', async () => {
    const held = map(namespace, 'held', { a: '0' }, { finalizers: ['example.com/hold'] });
    await writeAs(cluster, 'other-tool', held);
    await plane.kubectl(['-n', namespace, 'delete', 'configmap', 'held', '--wait=false']);
    const work = workOf([map(namespace, 'held')]);
    const begun = await carrier.engine.step(work, null, signal);
    const waiting = await carrier.engine.step(work, begun.journal, signal);
    await plane.kubectl(['-n', namespace, 'patch', 'configmap', 'held', '-p', '{"metadata":{"finalizers":null}}']);

    const next = await carrier.engine.step(work, waiting.journal, signal);

    expect(waiting).toMatchObject({ kind: 'again', note: expect.stringContaining('example.com/hold') });
    expect(next).toMatchObject({ kind: 'again', counts: { applied: 1 } });
  });

  test('also when it is the namespace of the objects', async () => {
    const finalizing = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-going` } };
    await writeAs(cluster, 'other-tool', finalizing);
    await plane.kubectl(['delete', 'namespace', `${namespace}-going`, '--wait=false']);

    const step = await outcomeOf(carrier, workOf([map(`${namespace}-going`, 'a')]));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/Namespace .*-going is being deleted, held by finalizer kubernetes/),
    });
    expect(step).not.toHaveProperty('takeovers');
  });
});

async function dataOf(name: string): Promise<unknown> {
  const [id] = idsOf(map(namespace, name));
  return id === undefined ? null : pick(await cluster.get(id, signal), 'data');
}

function deployment(space: string, image = 'shop/web:1'): JsonObject {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: space },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
    },
  };
}
