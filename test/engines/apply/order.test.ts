import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { type Carrier, carryOut, createCarrier, map, openTestCluster, outcomeOf, workOf } from './carrier.ts';
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

describe('the order of a commit', () => {
  test('is the inventory, then what others need first, and what may refuse others last', async () => {
    const objects = everyStage(namespace);

    const steps = await carryOut(carrier, workOf(objects.toReversed()));

    expect(steps.at(-1)).toMatchObject({
      kind: 'applied',
      counts: { applied: objects.length, unchanged: 0, pruned: 0, total: objects.length },
    });
    const written = carrier.recording.log.filter((line) => /^(apply|force) /.test(line));
    expect(written.at(0)).toMatch(/^force ConfigMap fairlead-inventory-/);
    expect(written.at(-1)).toMatch(/^force ConfigMap fairlead-inventory-/);
    expect(carrier.recording.writes().map((line) => line.split(' ')[1])).toEqual([
      'Namespace',
      'CustomResourceDefinition',
      'Role',
      'RoleBinding',
      'PersistentVolumeClaim',
      'Service',
      'Gadget',
      'PodDisruptionBudget',
      'ValidatingAdmissionPolicy',
    ]);
  });

  test('puts every dry-run of a stage before its first write', async () => {
    const maps = ['a', 'b', 'c'].map((name) => map(namespace, name));

    await carryOut(carrier, workOf(maps));

    const lines = carrier.recording.log.filter((line) => !line.includes('fairlead-inventory'));
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'dry-run',
      'dry-run',
      'dry-run',
      'apply',
      'apply',
      'apply',
    ]);
  });

  test('carries out a definition and objects of it in one commit, also in a namespace of the same commit', async () => {
    const { definition, object } = customKind(namespace);
    const inner = `${namespace}-inner`;
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inner } };
    const moved = { ...object, metadata: { name: 'gadget', namespace: inner } };

    const step = await outcomeOf(carrier, workOf([moved, definition, own]));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 3 } });
    const live = await cluster.get(idOf(moved), AbortSignal.timeout(10_000));
    expect(live).toMatchObject({ spec: { mode: 'fast' } });
  });

  test('stops at a definition whose names are taken, after a minute', async () => {
    const { definition } = customKind(namespace);
    const group = `${namespace}.example.com`;
    await outcomeOf(carrier, workOf([definition]));
    const rival = structuredClone(definition) as { metadata: JsonObject; spec: { names: JsonObject } };
    rival.metadata = { name: `others.${group}` };
    rival.spec.names = { ...rival.spec.names, plural: 'others' };

    const step = await outcomeOf(carrier, workOf([definition, rival as unknown as JsonObject]));

    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(
        /CustomResourceDefinition others\..* for 60 seconds: .* not NamesAccepted: .*already in use/,
      ),
    });
  });
});

describe('a commit with a bad object', () => {
  test('in the last stage keeps the stages before and writes nothing of that stage', async () => {
    const policies = everyStage(namespace).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    const good = policies[0] ?? {};
    const bad = { ...good, metadata: { name: `bad-${namespace}` }, spec: { failurePolicy: 'Sideways' } };

    const step = await outcomeOf(carrier, workOf([map(namespace, 'a'), good, bad]));

    expect(step).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('failurePolicy'),
      resource: { name: `bad-${namespace}` },
      counts: { applied: 1, total: 3 },
    });
    expect(carrier.recording.writes()).toEqual(['apply ConfigMap a']);
  });

  test('with a field the server does not know fails and names it', async () => {
    const typo = { ...map(namespace, 'a'), dta: { b: '1' } };

    const step = await outcomeOf(carrier, workOf([typo]));

    expect(step).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/ConfigMap .*\/a.*dta/) });
    expect(carrier.recording.writes()).toEqual([]);
  });

  test('that is too large fails and says so', async () => {
    const step = await outcomeOf(carrier, workOf([map(namespace, 'big', { a: 'x'.repeat(1_100_000) })]));

    expect(step).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^ConfigMap .*\/big is too large/) });
  });

  test('of a kind nobody serves fails and says what to do', async () => {
    const { object } = customKind(namespace);

    const step = await outcomeOf(carrier, workOf([object]));

    expect(step).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/does not serve .* Gadget.*Install its/),
    });
  });
});

function idOf(object: JsonObject) {
  const [group = '', version = ''] = String(object['apiVersion']).split('/');
  const metadata = object['metadata'] as { readonly name: string; readonly namespace: string };
  return { group, version, kind: String(object['kind']), ...metadata };
}

/** One object for each stage, in the order they are to be applied. */
function everyStage(namespace: string): readonly JsonObject[] {
  const { definition, object } = customKind(namespace);
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { name: 'one', namespace };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-more` } },
    definition,
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'one' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } },
    object,
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `good-${namespace}` },
      spec: {
        failurePolicy: 'Ignore',
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['none.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nones'] },
          ],
        },
        validations: [{ expression: 'true' }],
      },
    },
  ];
}
