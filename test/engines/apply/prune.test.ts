import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EngineStep } from '../../../src/engines/engine.ts';
import { type JsonObject, pick } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import {
  type Carrier,
  carryOut,
  createCarrier,
  idsOf,
  map,
  openTestCluster,
  outcomeOf,
  signal,
  workOf,
  writeAs,
} from './carrier.ts';
import { customKind } from './custom-kind.ts';

const keyOf = (name: string): string => `/ConfigMap/${namespace}/${name}`;

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

describe('what Git has no more', () => {
  test('is deleted when the plan says so, and leaves the inventory', async () => {
    const [stays, goes] = [map(namespace, 'stays'), map(namespace, 'goes')];
    await outcomeOf(carrier, workOf([stays, goes]));

    const step = await outcomeOf(carrier, workOf([stays], { deletes: idsOf(goes) }));

    expect(step).toMatchObject({ kind: 'applied', counts: { pruned: 1 }, kept: [] });
    expect(await exists(goes)).toBe(false);
    expect(names()).toEqual(['stays']);
  });

  test('is in the record of writes with what was applied, each write once', async () => {
    const [stays, goes] = [map(namespace, 'stays'), map(namespace, 'goes')];
    await outcomeOf(carrier, workOf([stays, goes]));
    await outcomeOf(carrier, workOf([stays], { deployment: 'D-2', deletes: idsOf(goes) }));

    expect(carrier.audited.map((row) => row.toSorted())).toEqual([
      [keyOf('goes'), keyOf('stays'), 'D-1', 'object-applied'],
      [keyOf('goes'), 'D-2', 'object-deleted'],
    ]);
  });

  test('stays and is told when the plan does not say so, until it is gone by itself', async () => {
    const [stays, extra] = [map(namespace, 'stays'), map(namespace, 'extra')];
    await outcomeOf(carrier, workOf([stays, extra]));

    const told = await outcomeOf(carrier, workOf([stays]));
    await plane.kubectl(['-n', namespace, 'delete', 'configmap', 'extra']);
    const silent = await outcomeOf(carrier, workOf([stays]));

    expect(told).toMatchObject({
      kept: [{ resource: { name: 'extra' }, why: 'its deletion is not in the accepted plan' }],
    });
    expect(silent).toMatchObject({ kind: 'applied', kept: [] });
    expect(carrier.recording.log).not.toContainEqual(expect.stringMatching(/^remove/));
    expect(names()).toEqual(['stays']);
  });

  test('stays when it is in the plan and in Git', async () => {
    const one = map(namespace, 'one');
    await outcomeOf(carrier, workOf([one]));

    const step = await outcomeOf(carrier, workOf([one], { deletes: idsOf(one) }));

    expect(step).toMatchObject({ kind: 'applied', counts: { pruned: 0 }, kept: [] });
    expect(await exists(one)).toBe(true);
  });

  test('is never touched when we have no record of it, whatever the plan says', async () => {
    const foreign = map(namespace, 'foreign');
    await writeAs(cluster, 'fairlead', foreign);

    const step = await outcomeOf(carrier, workOf([map(namespace, 'one')], { deletes: idsOf(foreign) }));

    expect(step).toMatchObject({
      kept: [{ resource: { name: 'foreign' }, why: expect.stringContaining('no record') }],
    });
    expect(await exists(foreign)).toBe(true);
  });

  test('stays when somebody created it anew in between, and is forgotten', async () => {
    const one = map(namespace, 'one');
    await outcomeOf(carrier, workOf([one, map(namespace, 'two')]));
    await plane.kubectl(['-n', namespace, 'delete', 'configmap', 'one']);
    await writeAs(cluster, 'fairlead', one);

    const step = await outcomeOf(carrier, workOf([map(namespace, 'two')], { deletes: idsOf(one) }));

    expect(step).toMatchObject({ kept: [{ resource: { name: 'one' }, why: expect.stringContaining('created anew') }] });
    expect(await exists(one)).toBe(true);
    expect(names()).toEqual(['two']);
  });

  test('stays when Argo CD took it over, and when it asks to be kept', async () => {
    const [taken, asks, rest] = [map(namespace, 'taken'), map(namespace, 'asks'), map(namespace, 'rest')];
    await outcomeOf(carrier, workOf([taken, asks, rest]));
    const mark = 'argocd.argoproj.io/tracking-id=web:/ConfigMap:x/taken';
    await plane.kubectl(['-n', namespace, 'annotate', 'configmap', 'taken', mark]);
    await plane.kubectl(['-n', namespace, 'annotate', 'configmap', 'asks', 'fairlead.dev/prune=disabled']);

    const step = await outcomeOf(carrier, workOf([rest], { deletes: idsOf(taken, asks) }));

    expect(keptOf(step)).toEqual([
      'asks: it asks to be kept (fairlead.dev/prune: disabled)',
      expect.stringContaining('Argo CD'),
    ]);
    expect(names()).toEqual(['asks', 'rest', 'taken']);
  });

  test('stays when kubectl applied more of it on the server, and goes when it applied the same', async () => {
    const [shared, same, rest] = [map(namespace, 'shared'), map(namespace, 'same'), map(namespace, 'rest')];
    await outcomeOf(carrier, workOf([shared, same, rest]));
    await writeAs(cluster, 'kubectl', map(namespace, 'shared', { b: 'theirs' }));
    await writeAs(cluster, 'kubectl', same);

    const step = await outcomeOf(carrier, workOf([rest], { deletes: idsOf(shared, same) }));

    expect(keptOf(step)).toEqual(['shared: kubectl applied fields of it that Fairlead did not']);
    expect([await exists(shared), await exists(same)]).toEqual([true, false]);
    expect(names()).toEqual(['rest', 'shared']);
  });

  test('stays when another target has it now, and goes over to that target', async () => {
    const moved = map(namespace, 'moved');
    await outcomeOf(carrier, workOf([moved, map(namespace, 'a')], { app: 'one' }));
    await outcomeOf(carrier, workOf([moved], { app: 'two' }));

    const step = await outcomeOf(carrier, workOf([map(namespace, 'a')], { app: 'one', deletes: idsOf(moved) }));

    expect(keptOf(step)).toEqual(['moved: it belongs to two@test:test now']);
    expect(await exists(moved)).toBe(true);
  });

  test('is left to the other target without a word when the plan does not delete it', async () => {
    const moved = map(namespace, 'moved');
    await outcomeOf(carrier, workOf([moved, map(namespace, 'a')], { app: 'one' }));
    await outcomeOf(carrier, workOf([moved], { app: 'two' }));

    const left = await outcomeOf(carrier, workOf([map(namespace, 'a')], { app: 'one' }));
    const gone = await outcomeOf(carrier, workOf([map(namespace, 'b')], { app: 'two', deletes: idsOf(moved) }));

    expect(left).toMatchObject({ kind: 'applied', kept: [] });
    expect(gone).toMatchObject({ kind: 'applied', counts: { pruned: 1 }, kept: [] });
  });

  test('is refused as a whole when Git holds nothing at all any more', async () => {
    const one = map(namespace, 'one');
    await outcomeOf(carrier, workOf([one]));

    const step = await outcomeOf(carrier, workOf([], { deletes: idsOf(one) }));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^Git holds nothing for shop@test:test/),
    });
    expect(await exists(one)).toBe(true);
  });

  test('goes in the reverse order, each object named with the version that was judged', async () => {
    const { definition, object } = customKind(namespace);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace },
      spec: { ports: [{ port: 80 }] },
    };
    const all = [definition, object, service, map(namespace, 'm')];
    await outcomeOf(carrier, workOf([...all, map(namespace, 'stays')]));

    const step = await outcomeOf(
      carrier,
      workOf([map(namespace, 'stays')], { deletes: idsOf(...all), confirmed: true }),
    );

    expect(step).toMatchObject({ kind: 'applied', counts: { pruned: 4 }, kept: [] });
    const removed = carrier.recording.log.filter((line) => line.startsWith('remove '));
    expect(removed.map((line) => line.split(' ')[1])).toEqual([
      'Gadget',
      'Service',
      'ConfigMap',
      'CustomResourceDefinition',
    ]);
    expect(
      carrier.recording.removals.every(({ uid, resourceVersion }) => uid !== null && resourceVersion !== null),
    ).toBe(true);
  });

  test('is deleted and told, not forgotten, when the cluster no longer serves the version it was applied in', async () => {
    const { definition, object } = customKind(namespace);
    const [goes, extra] = [object, { ...object, metadata: { name: 'extra', namespace } }];
    const stays = map(namespace, 'stays');
    await outcomeOf(carrier, workOf([definition], { app: 'kinds' }));
    await outcomeOf(carrier, workOf([goes, extra, stays]));
    await outcomeOf(carrier, workOf([upgraded(definition)], { app: 'kinds' }));
    const [now, other] = [goes, extra].map((one) => ({ ...one, apiVersion: `${namespace}.example.com/v2` }));

    const step = await outcomeOf(carrier, workOf([stays], { deletes: idsOf(goes) }));

    expect(step).toMatchObject({ kind: 'applied', counts: { pruned: 1 } });
    expect(keptOf(step)).toEqual(['extra: its deletion is not in the accepted plan']);
    expect([await exists(now ?? goes), await exists(other ?? extra)]).toEqual([false, true]);
    expect(names()).toEqual(['stays', 'extra']);
  });

  test('of a kind with data stays until somebody confirmed', async () => {
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-own` } };
    const stays = map(namespace, 'stays');
    await outcomeOf(carrier, workOf([own, stays]));

    const step = await outcomeOf(carrier, workOf([stays], { deletes: idsOf(own) }));

    expect(keptOf(step)).toEqual([expect.stringContaining('only after somebody confirmed it')]);
    expect(carrier.recording.log).not.toContainEqual(expect.stringMatching(/^remove/));
  });

  test('is waited for until it is really gone, and after two minutes told with what holds it', async () => {
    const held = map(namespace, 'held', { a: '1' }, { finalizers: ['example.com/hold'] });
    const stays = map(namespace, 'stays');
    await outcomeOf(carrier, workOf([held, stays]));

    const steps = await carryOut(carrier, workOf([stays], { deletes: idsOf(held) }));

    expect(steps.at(-2)).toMatchObject({ kind: 'again' });
    expect(
      steps.filter((step) => step.kind === 'again' && step.note.includes('is not gone yet')).length,
    ).toBeGreaterThan(100);
    const last = steps.at(-1);
    expect(last).toMatchObject({ kind: 'applied', counts: { pruned: 0 } });
    expect(keptOf(last)).toEqual([
      expect.stringMatching(/held by finalizer example\.com\/hold; it was waited for 2 minutes/),
    ]);
    expect(carrier.recording.log.filter((line) => line.startsWith('remove '))).toEqual(['remove ConfigMap held']);
    expect(names()).toEqual(['held', 'stays']);
  });

  test('is judged again when it is changed between the look and the deletion', async () => {
    const [one, stays] = [map(namespace, 'one'), map(namespace, 'stays')];
    let isFirst = true;
    const raced = createCarrier({
      cluster: {
        ...carrier.recording.cluster,
        remove: async (id, options, until) => {
          if (isFirst)
            await plane.kubectl(['-n', namespace, 'annotate', 'configmap', 'one', 'helm.sh/resource-policy=keep']);
          isFirst = false;
          return cluster.remove(id, options, until);
        },
      },
      inventoryNamespace: namespace,
    });
    await outcomeOf(raced, workOf([one, stays]));

    const step = await outcomeOf(raced, workOf([stays], { deletes: idsOf(one) }));

    expect(keptOf(step)).toEqual(['one: it asks to be kept (helm.sh/resource-policy: keep)']);
    expect(await exists(one)).toBe(true);
  });

  test('is not deleted while a stage before failed', async () => {
    const [one, stays] = [map(namespace, 'one'), map(namespace, 'stays')];
    await outcomeOf(carrier, workOf([one, stays]));

    const step = await outcomeOf(carrier, workOf([{ ...stays, dta: {} }], { deletes: idsOf(one) }));

    expect(step.kind).toBe('failed');
    expect(await exists(one)).toBe(true);
    expect(names()).toEqual(['one', 'stays']);
  });
});

/** The definition once its version v1 is no longer served: the objects are still there, as v2. */
function upgraded(definition: JsonObject): JsonObject {
  const spec = pick(definition, 'spec') as JsonObject; // as `customKind` wrote it
  const [first] = spec['versions'] as readonly JsonObject[];
  const versions = [
    { ...first, served: false },
    { ...first, name: 'v2', storage: false },
  ];
  return { ...definition, spec: { ...spec, versions } };
}

async function exists(object: JsonObject): Promise<boolean> {
  const found = await Promise.all(idsOf(object).map((id) => cluster.get(id, signal)));
  return found.some((one) => one !== null);
}

function names(): readonly string[] {
  const entries = carrier.inventories.get(workOf([]).target.id) ?? [];
  return entries.map(({ resource }) => resource.name);
}

function keptOf(step: EngineStep | undefined): readonly string[] {
  if (step?.kind !== 'applied') throw new Error(`not applied: ${JSON.stringify(step)}`);
  return step.kept.map(({ resource, why }) => `${resource.name}: ${why}`).toSorted();
}
