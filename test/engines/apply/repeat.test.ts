import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EngineStep, EngineWork } from '../../../src/engines/engine.ts';
import { BorderError } from '../../../src/model/error.ts';
import { type Json, type JsonObject, pickText } from '../../../src/model/json.ts';
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
  resourceWith,
  signal,
  workOf,
  writeAs,
} from './carrier.ts';
import { customKind } from './custom-kind.ts';

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

describe('carrying out twice', () => {
  test('writes nothing the second time, bookkeeping included', async () => {
    const objects = commitOf(namespace);
    await outcomeOf(carrier, workOf(objects));
    const before = await versions(objects);
    carrier.recording.log.length = 0;

    const step = await outcomeOf(carrier, workOf(objects));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 0, unchanged: objects.length, pruned: 0 } });
    expect(carrier.recording.log.filter((line) => !line.startsWith('dry-run '))).toEqual([]);
    expect(await versions(objects)).toEqual(before);
  });

  test('writes an object again that lost a field, and only that', async () => {
    const objects = [map(namespace, 'a'), map(namespace, 'b')];
    await outcomeOf(carrier, workOf(objects));
    await plane.kubectl([
      '-n',
      namespace,
      'patch',
      'configmap',
      'b',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/data/a"}]',
    ]);
    carrier.recording.log.length = 0;

    const step = await outcomeOf(carrier, workOf(objects));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 1, unchanged: 1 } });
    expect(carrier.recording.writes()).toEqual(['apply ConfigMap b']);
  });

  test('says applied again when the last step is asked again, without looking', async () => {
    const work = workOf([map(namespace, 'a')]);
    const last = await outcomeOf(carrier, work);
    carrier.recording.log.length = 0;

    const repeated = await carrier.engine.step(work, last.journal, signal);

    expect(repeated).toEqual(last);
    expect(carrier.recording.log).toEqual([]);
  });

  test('begins anew with the journal of another commit', async () => {
    const first = await outcomeOf(carrier, workOf([map(namespace, 'a')]));
    const second = workOf([map(namespace, 'a', { a: '2' })]);

    const step = await carrier.engine.step(second, first.journal, signal);

    expect(step).toMatchObject({ kind: 'again', counts: { applied: 0 } });
    expect(carrier.recording.writes()).toEqual(['apply ConfigMap a']);
  });
});

describe('a crash', () => {
  test('after any step gives the same end, with each object written once', async () => {
    const objects = commitOf(namespace);
    const gone = map(namespace, 'gone');
    await outcomeOf(carrier, workOf([gone]));
    carrier.recording.log.length = 0;

    const last = await carryOutCrashing(carrier, workOf(objects, { deletes: idsOf(gone) }));

    expect(last).toMatchObject({ kind: 'applied', counts: { pruned: 1, total: objects.length }, kept: [] });
    const written = carrier.recording.writes();
    expect(written.toSorted()).toEqual([...new Set(written)].toSorted());
    expect(written).toHaveLength(objects.length + 1);
    expect(await cluster.get(idsOf(gone)[0] ?? never(), signal)).toBeNull();
  });

  test('in the middle of a stage goes on with what is left', async () => {
    let writes = 0;
    const failing = createCarrier({
      cluster,
      inventoryNamespace: namespace,
      before: (line) => {
        if (!/^apply ConfigMap/.test(line)) return;
        writes += 1;
        if (writes === 2) throw silent();
      },
    });
    const objects = [map(namespace, 'a'), map(namespace, 'b'), map(namespace, 'c')];
    const work = workOf(objects);
    const begun = await failing.engine.step(work, null, signal);

    await expect(failing.engine.step(work, begun.journal, signal)).rejects.toMatchObject({ kind: 'unavailable' });
    const steps = await carryOut(failing, work, begun.journal);

    expect(steps.at(-1)).toMatchObject({ kind: 'applied', counts: { total: 3 } });
    const written = failing.recording.writes();
    expect(written.toSorted()).toEqual(['apply ConfigMap a', 'apply ConfigMap b', 'apply ConfigMap c']);
  });

  test('does not lose what may have been applied: it is noted in both places before the first write', async () => {
    const failing = createCarrier({
      cluster,
      inventoryNamespace: namespace,
      before: (line) => {
        if (line.startsWith('apply ')) throw silent();
      },
    });
    const work = workOf([map(namespace, 'a')]);

    await expect(carryOut(failing, work)).rejects.toMatchObject({ kind: 'unavailable' });

    expect(failing.inventories.get(work.target.id)).toMatchObject([{ resource: { name: 'a' }, uid: null }]);
    expect((await inventoryTexts()).join()).toContain('"name":"a"');
  });
});

describe('the inventory', () => {
  test('names target and manager in the cluster, and ends with the uid of every object', async () => {
    const work = workOf([map(namespace, 'a')]);

    await outcomeOf(carrier, work);

    const uid = pickText(await cluster.get(idsOf(map(namespace, 'a'))[0] ?? never(), signal), 'metadata', 'uid');
    const listed = JSON.parse(
      await plane.kubectl(['-n', namespace, 'get', 'cm', '-l', 'fairlead.dev/inventory', '-o', 'json']),
    );
    expect(listed.items).toHaveLength(1);
    expect(listed.items[0]).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^fairlead-inventory-[0-9a-f]{16}$/),
        labels: { 'app.kubernetes.io/managed-by': 'fairlead' },
        annotations: { 'fairlead.dev/target': work.target.id },
      },
      data: { parts: '1' },
    });
    expect(JSON.parse(listed.items[0].data.objects)).toEqual([
      { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'a', uid },
    ]);
    expect(carrier.inventories.get(work.target.id)).toMatchObject([{ uid }]);
  });

  test('is known from the cluster when the database was lost', async () => {
    await outcomeOf(carrier, workOf([map(namespace, 'a'), map(namespace, 'b')]));
    const fresh = createCarrier({ cluster, inventoryNamespace: namespace });

    const step = await outcomeOf(fresh, workOf([map(namespace, 'a')], { deletes: idsOf(map(namespace, 'b')) }));

    expect(step).toMatchObject({ kind: 'applied', counts: { pruned: 1 }, kept: [] });
  });

  test('is split when it is large, and read back whole', async () => {
    const work = workOf([map(namespace, 'a')]);
    const many = Array.from({ length: 9000 }, (_, index) => ({
      resource: { group: 'example.com', version: 'v1', kind: 'Nothing', namespace: null, name: `none-${index}` },
      uid: '00000000-0000-4000-8000-000000000000',
    }));
    carrier.inventories.set(work.target.id, many);

    await carrier.engine.step(work, null, signal);
    const texts = await inventoryTexts();
    const step = await outcomeOf(createCarrier({ cluster, inventoryNamespace: namespace }), work);

    expect(texts.length).toBe(2);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(850_000);
    expect(step).toMatchObject({ kind: 'applied', kept: [] });
    expect((await inventoryTexts()).map((text) => JSON.parse(text).length)).toEqual([1, 0]);
  });

  test('that was made unreadable is refused and named', async () => {
    const work = workOf([map(namespace, 'a')]);
    await outcomeOf(carrier, work);
    const [name = ''] = (
      await plane.kubectl(['-n', namespace, 'get', 'cm', '-l', 'fairlead.dev/inventory', '-o', 'name'])
    ).split('\n');
    await plane.kubectl(['-n', namespace, 'patch', name, '-p', '{"data":{"objects":"[{"}}']);

    const step = await outcomeOf(carrier, work);

    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringContaining('cannot be read') });
  });
});

describe('secrets', () => {
  test('are in no journal and no inventory, and an unchanged one is not written again', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { p: 'canary-4711' },
    };
    const steps = await carryOut(carrier, workOf([secret]));
    const failing = await carryOut(carrier, workOf([{ ...secret, stringData: { p: ['canary-4711'] } }]));
    const again = await outcomeOf(carrier, workOf([secret]));

    const kept = JSON.stringify([steps, failing, again, [...carrier.inventories], await inventoryTexts()]);
    expect(kept).not.toContain('canary-4711');
    expect(kept).not.toContain(Buffer.from('canary-4711').toString('base64'));
    expect(failing.at(-1)?.kind).toBe('failed');
    expect(again).toMatchObject({ kind: 'applied', counts: { unchanged: 1, applied: 0 } });
  });

  test('made up while rendering are refused, unless the live Secret holds one: that stays', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      data: { p: 'c2VlZGVk', q: 'cQ==' },
    };
    const work = { ...workOf([]), desired: [resourceWith(secret, { random: ['/data/p'] })] };

    const refused = await outcomeOf(carrier, work);
    await writeAs(cluster, 'person', { ...secret, data: { p: 'aHVtYW4=' } });
    const applied = await outcomeOf(carrier, work);

    expect(refused).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('data.p is made up on every render'),
    });
    expect(applied).toMatchObject({ kind: 'applied', counts: { applied: 1 } });
    const value = await plane.kubectl(['-n', namespace, 'get', 'secret', 's', '-o', 'jsonpath={.data}']);
    expect(JSON.parse(value)).toEqual({ p: 'aHVtYW4=', q: 'cQ==' });
  });
});

describe('status', () => {
  test('is the health of what Git wants, with the namespace the server uses and the start of the deployment', async () => {
    const known = { failedBefore: ['apps/Deployment/default/old'] };
    const work = workOf([{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes' } }], known);
    const begun = await carrier.engine.step(workOf([map(namespace, 'a')], { commit: work.commit }), null, signal);

    const before = await carrier.engine.status(work, null, signal);
    await carrier.engine.status(work, begun.journal, signal);

    expect(before.state).toBe('healthy');
    expect(carrier.asked.map(({ startedAt }) => startedAt?.toISOString() ?? null)).toEqual([
      null,
      '2026-01-01T00:00:00.000Z',
    ]);
    expect(carrier.asked[0]?.resources.map(({ id }) => id.namespace)).toEqual(['default']);
    expect(carrier.asked[0]).toMatchObject(known);
  });
});

/** Objects of several stages, the CustomResourceDefinition and one of its objects among them. */
function commitOf(space: string): readonly JsonObject[] {
  const { definition, object } = customKind(space);
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: space },
    spec: { ports: [{ port: 80 }] },
  };
  return [map(space, 'a'), map(space, 'b'), service, definition, object];
}

/** Takes every step twice, the second time with the journal before it, as after a crash. */
async function carryOutCrashing(from: Carrier, work: EngineWork): Promise<EngineStep> {
  let journal: Json = null;
  for (let count = 0; count < 200; count += 1) {
    await from.engine.step(work, journal, signal);
    const step = await from.engine.step(work, journal, signal);
    if (step.kind !== 'again') return step;
    journal = JSON.parse(JSON.stringify(step.journal));
    from.pass(step.afterMs);
    if (step.afterMs > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it never ended');
}

async function versions(objects: readonly JsonObject[]): Promise<readonly unknown[]> {
  return Promise.all(
    idsOf(...objects).map(async (id) => pickText(await cluster.get(id, signal), 'metadata', 'resourceVersion')),
  );
}

async function inventoryTexts(): Promise<readonly string[]> {
  const listed = await plane.kubectl(['-n', namespace, 'get', 'cm', '-l', 'fairlead.dev/inventory', '-o', 'json']);
  return JSON.parse(listed).items.map(({ data }: { readonly data: { readonly objects: string } }) => data.objects);
}

function silent(): BorderError {
  return new BorderError({
    kind: 'unavailable',
    status: 0,
    code: 'test',
    message: 'gone',
    subject: 'c',
    remedy: 'none',
  });
}

function never(): never {
  throw new Error('there is an id');
}
