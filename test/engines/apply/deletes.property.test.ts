import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { type ResourceId, resourceKey } from '../../../src/model/resource.ts';
import type { ApiServer } from '../../../src/pretend/api-server/api-server.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { newNamespace } from '../../contract/cluster-fixtures.ts';
import { startPretend } from '../../pretend/api-server/support.ts';
import { type Carrier, createCarrier, idsOf, keysOf, map, signal, workOf, writeAs } from './carrier.ts';

let server: ApiServer;
let cluster: Cluster;

beforeAll(async () => {
  server = await startPretend();
  await server.ready;
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  cluster = await openCluster({ kubeconfig: { text: server.kubeconfig }, context: 'pretend', redactor });
}, 300_000);

afterAll(async () => {
  await cluster?.close();
  await server?.close();
});

/** Four plain objects, and one each of the kinds that hold data. */
const names = ['a', 'b', 'c', 'd', 'claim', 'space'];
const some = fc.subarray(names);
const many = fc.subarray(names, { minLength: 3 });
const app = fc.constantFrom('one', 'two');
const name = fc.constantFrom(...names);

/** What happens to a namespace: merges of two applications with plans that need not fit, and other people at work. */
const merges = fc.record({
  kind: fc.constant('merge' as const),
  app,
  desired: some,
  value: fc.constantFrom('1', '2'),
  deletes: many,
  takeovers: many,
  confirmed: fc.boolean(),
  /** Crash after so many steps. */
  steps: fc.integer({ min: 2, max: 12 }),
});
const others = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), name, manager: fc.constantFrom('kubectl', 'fairlead') }),
  fc.record({
    kind: fc.constant('mark' as const),
    name,
    mark: fc.constantFrom('argocd.argoproj.io/tracking-id', 'fairlead.dev/prune', 'meta.helm.sh/release-name'),
  }),
  /** Applies something of its own beside ours, as `kubectl apply --server-side` and Terraform do. */
  fc.record({ kind: fc.constant('share' as const), name, manager: fc.constantFrom('kubectl', 'terraform') }),
  /** A controller says that the object is its own. */
  fc.record({ kind: fc.constant('own' as const), name }),
  fc.record({ kind: fc.constant('remove' as const), name }),
  fc.record({ kind: fc.constant('forget' as const) }),
);
const event = fc.oneof({ arbitrary: merges, weight: 3 }, { arbitrary: others, weight: 2 });

/** Everything is applied and other people get at it, then all that Git has no more is to go: here the rules meet. */
const ends = fc.record({ app, left: fc.subarray(names, { maxLength: 3 }), confirmed: fc.boolean() });
const story = fc
  .tuple(fc.array(event, { maxLength: 3 }), fc.array(others, { minLength: 1, maxLength: 4 }), ends)
  .map(([before, between, end]): readonly Event[] => {
    const whole = { kind: 'merge', app: end.app, value: '1', takeovers: names, steps: 40 } as const;
    const full = { ...whole, desired: names, deletes: [], confirmed: false };
    return [...before, full, ...between, { ...whole, desired: end.left, deletes: names, confirmed: end.confirmed }];
  });

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

test('nothing is deleted but what the accepted plan deletes, Git has no more, we applied and nobody else owns', async () => {
  const deletions = { plain: 0, holding: 0 };
  await fc.assert(
    fc.asyncProperty(story, async (events) => {
      const namespace = await newNamespace(cluster);
      const carrier = createCarrier({ cluster, inventoryNamespace: namespace });
      for (const one of events) {
        const before = await liveOf(namespace);
        const begun = carrier.recording.log.length;
        await happen(one, namespace, carrier);
        for (const gone of removedSince(begun, namespace, carrier)) {
          expectAllowed(gone, one, before);
          deletions[holding.has(gone) ? 'holding' : 'plain'] += 1;
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(deletions.plain).toBeGreaterThan(20);
  expect(deletions.holding).toBeGreaterThan(0);
}, 300_000);

/** Every rule at once, told apart from the engine's own reading of them. */
function expectAllowed(gone: string, one: Event, before: readonly Live[]): void {
  const was = before.find((object) => object.name === gone);
  const confirmed = holding.has(gone) ? true : expect.any(Boolean);
  expect(one).toMatchObject({ kind: 'merge', deletes: expect.arrayContaining([gone]), confirmed });
  expect(one.kind === 'merge' && one.desired).not.toContain(gone);
  expect(was).toMatchObject({ isOurs: true, isMarked: false, isControlled: false, sharedBy: [] });
}

const holding: ReadonlySet<string> = new Set(['claim', 'space']);

/** An object of the game; `value` is what changes of it. */
function objectOf(namespace: string, called: string, value: string): JsonObject {
  const [labels, spec] = [
    { a: value },
    { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  ];
  switch (called) {
    case 'claim':
      return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: called, namespace, labels }, spec };
    case 'space':
      return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-space`, labels } };
    default:
      return map(namespace, called, { a: value });
  }
}

/** What somebody applies who has a wish of his own for the object. */
function sharedOf(namespace: string, called: string): JsonObject {
  const { data: _, metadata, ...rest } = objectOf(namespace, called, '1');
  const named = metadata as JsonObject; // as written above
  return { ...rest, metadata: { ...named, labels: { theirs: '1' } } };
}

function removedSince(begun: number, namespace: string, { recording }: Carrier): readonly string[] {
  const lines = recording.log.slice(begun).filter((line) => line.startsWith('remove '));
  return lines.map((line) => (line.split(' ')[2] ?? '').replace(`${namespace}-space`, 'space'));
}

async function happen(one: Event, namespace: string, carrier: Carrier): Promise<void> {
  switch (one.kind) {
    case 'merge':
      return merge(one, namespace, carrier);
    case 'write':
      await writeAs(cluster, one.manager, objectOf(namespace, one.name, 'theirs'));
      return;
    case 'mark':
      return put(namespace, one.name, 'annotations', { [one.mark]: 'disabled' });
    case 'share':
      await writeAs(cluster, one.manager, sharedOf(namespace, one.name));
      return;
    case 'own':
      return put(namespace, one.name, 'ownerReferences', [controller]);
    case 'remove':
      await Promise.all(
        idOf(namespace, one.name).map((id) =>
          cluster
            .remove(id, { uid: null, resourceVersion: null, dryRun: false, as: null }, signal)
            .catch(() => undefined),
        ),
      );
      return;
    case 'forget':
      carrier.inventories.clear();
      return;
    default:
      one satisfies never;
  }
}

function idOf(namespace: string, called: string): readonly ResourceId[] {
  return idsOf(objectOf(namespace, called, '1'));
}

const controller: JsonObject = {
  ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', controller: true },
  uid: '11111111-1111-4111-8111-111111111111',
};

/** Sets something of an object's metadata without applying it: nobody else declares anything. */
async function put(namespace: string, called: string, field: string, value: Json): Promise<void> {
  for (const id of idOf(namespace, called)) {
    if ((await cluster.get(id, signal)) === null) return;
    const patch = [{ op: 'add', path: `/metadata/${field}`, value }];
    await cluster.patch(id, patch, { resourceVersion: null }, signal);
  }
}

/** Carries a commit out up to some step; each journal goes through JSON. */
async function merge(one: Extract<Event, { kind: 'merge' }>, namespace: string, carrier: Carrier): Promise<void> {
  const objects = (list: readonly string[]) => list.map((called) => objectOf(namespace, called, one.value));
  const work = workOf(objects(one.desired), {
    app: `${one.app}-${namespace}`,
    confirmed: one.confirmed,
    deletes: idsOf(...objects(one.deletes)),
    takeovers: keysOf(...objects(one.takeovers)).map((key) => ({ key, fields: 'all' })),
  });
  let journal = null;
  for (let count = 0; count < one.steps; count += 1) {
    const step = await carrier.engine.step(work, journal, signal);
    if (step.kind !== 'again') {
      if (step.kind === 'applied') await expectAllThere(one.desired, namespace, carrier, work.target.id);
      return;
    }
    journal = JSON.parse(JSON.stringify(step.journal));
    carrier.pass(step.afterMs);
  }
}

/** After `applied` every desired object is there and noted. */
async function expectAllThere(
  desired: readonly string[],
  namespace: string,
  carrier: Carrier,
  target: string,
): Promise<void> {
  const present = (await liveOf(namespace)).map((one) => one.name);
  expect(present).toEqual(expect.arrayContaining([...desired]));
  const noted = (carrier.inventories.get(target) ?? []).map(({ resource }) => resourceKey(resource));
  expect(noted).toEqual(
    expect.arrayContaining([...keysOf(...desired.map((called) => objectOf(namespace, called, '1')))]),
  );
}

interface Live {
  readonly name: string;
  readonly isOurs: boolean;
  readonly isMarked: boolean;
  readonly isControlled: boolean;
  /** Who else applied a field that is not ours. */
  readonly sharedBy: readonly string[];
}

async function liveOf(namespace: string): Promise<readonly Live[]> {
  const found = await Promise.all(
    names.map(async (called) => {
      const objects = await Promise.all(idOf(namespace, called).map((id) => cluster.get(id, signal)));
      return objects.flatMap((object) => (object === null ? [] : [seen(called, object)]));
    }),
  );
  return found.flat();
}

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: JsonObject;
}

function seen(called: string, object: JsonObject): Live {
  const { managedFields, annotations, ownerReferences } = object['metadata'] as {
    readonly managedFields?: readonly Entry[];
    readonly annotations?: JsonObject;
    readonly ownerReferences?: readonly JsonObject[];
  };
  const applied = (managedFields ?? []).filter(({ operation }) => operation === 'Apply');
  const ours = applied.filter(({ manager }) => manager === 'fairlead');
  const fields = new Set(ours.flatMap(({ fieldsV1 }) => leavesOf(fieldsV1)));
  const hasMore = ({ fieldsV1 }: Entry): boolean => leavesOf(fieldsV1).some((leaf) => !fields.has(leaf));
  return {
    name: called,
    isOurs: ours.length > 0,
    isMarked: Object.keys(annotations ?? {}).length > 0,
    isControlled: (ownerReferences ?? []).length > 0,
    sharedBy: applied.filter(hasMore).map(({ manager }) => manager),
  };
}

/** Every field of a FieldsV1 tree, as one text. */
function leavesOf(fields: JsonObject): readonly string[] {
  return Object.entries(fields).flatMap(([mark, below]) => {
    // FieldsV1 holds nothing but objects.
    const deeper = leavesOf(below as JsonObject).map((leaf) => `${mark}/${leaf}`);
    return mark === '.' ? [] : deeper.length === 0 ? [mark] : deeper;
  });
}
