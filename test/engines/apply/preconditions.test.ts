import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createOfflineMerger, type OfflineMerger } from '../../../src/gitops/diff/merge-offline.ts';
import { type JsonObject, pickText } from '../../../src/model/json.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { mergeModule } from '../../pretend/api-server/support.ts';
import { untilHolds } from '../../support/until.ts';
import { openStage, resourcesOf, type Stage, told } from './stage.ts';

let plane: ControlPlane;
let merger: OfflineMerger;
let stage: Stage;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane();
  merger = createOfflineMerger(mergeModule);
  stage = await openStage(plane.kubeconfig, plane.context, merger);
}, 300_000);

beforeEach(async () => {
  namespace = await plane.namespace();
});

afterAll(() => Promise.all([stage?.cluster.close(), merger?.close()]));

const rulesOf = (findings: Awaited<ReturnType<Stage['predict']>>['findings']) =>
  findings.map(({ severity, rule }) => `${severity} ${rule}`);

function settings(data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace }, data };
}

function pod(spec: JsonObject): JsonObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once', namespace } },
    spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec },
  };
}

describe('what comes with the same change is no fault of what needs it', () => {
  test('a PriorityClass that a Pod names', async () => {
    const name = `${namespace}-high`;
    const high: JsonObject = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: 7,
    };
    const needs = pod({ priorityClassName: name });

    const together = await stage.predict(resourcesOf(high, needs), []);
    const alone = await stage.predict(resourcesOf(needs), []);

    expect(told(together)).toEqual([`pull create PriorityClass ${name}`, 'pull create Pod once']);
    expect(rulesOf(together.findings)).toEqual(['note predicted-offline']);
    expect(together.changes.map(({ offline }) => offline)).toEqual([
      undefined,
      `PriorityClass ${name} is only created by the same change`,
    ]);
    expect(together.error).toBeNull();
    expect(rulesOf(alone.findings)).toEqual(['block server-refused']);
  });

  test('a namespace, with the reason on every object', async () => {
    const name = `${namespace}-new`;
    const space: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const inside: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: name } };

    const set = await stage.predict(resourcesOf(space, inside), []);

    expect(set.changes.map(({ action, offline }) => [action, offline])).toEqual([
      ['create', undefined],
      ['create', `namespace ${name} is only created by the same change`],
    ]);
  });

  test('a field that the definition of its kind gets with the same change', async () => {
    const before = definition({ size: { type: 'integer', default: 1 } });
    const after = definition({ size: { type: 'integer', default: 1 }, colour: { type: 'string', default: 'red' } });
    const thing = (spec: JsonObject): JsonObject => ({
      ...{ apiVersion: `${namespace}.example.com/v1`, kind: 'Thing', metadata: { name: 'one', namespace }, spec },
    });
    await stage.apply(before);
    await plane.kubectl(['wait', '--for=condition=Established', `crd/${pickText(before, 'metadata', 'name')}`]);
    const later = await openStage(plane.kubeconfig, plane.context, merger);
    await untilHolds(
      'what is asked for',
      async () => (await plane.request('GET', `/openapi/v3/apis/${namespace}.example.com/v1`)).status === 200,
    );
    await later.apply(thing({ size: 2 }));

    const both = await later.predict(
      resourcesOf(after, thing({ size: 3, colour: 'blue' })),
      resourcesOf(before, thing({ size: 2 })),
    );
    const alone = await later.predict(
      resourcesOf(before, thing({ size: 3, colour: 'blue' })),
      resourcesOf(before, thing({ size: 2 })),
    );
    await later.cluster.close();

    expect(told(both).filter((line) => line.includes('Thing one'))).toEqual([
      'pull update Thing one spec.colour: null -> "blue" (git)',
      'pull update Thing one spec.size: 2 -> 3 (git)',
    ]);
    expect(rulesOf(both.findings)).toEqual(['note predicted-offline']);
    expect(rulesOf(alone.findings)).toEqual(['block server-strict']);
  });
});

describe('an admission webhook', () => {
  test('that is down is a caution that names it, and the change is worked out without it', async () => {
    await stage.apply(settings({ a: '1', b: '2' }));
    await plane.kubectl(['-n', namespace, 'label', 'configmap/settings', 'by=hand']);
    await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(webhook()) });

    const set = await asked(() =>
      stage.predict(resourcesOf(settings({ a: '2' })), resourcesOf(settings({ a: '1', b: '2' }))),
    );
    await plane.kubectl(['delete', 'validatingwebhookconfiguration', `${namespace}-hook`]);

    expect(told(set)).toEqual([
      'pull update ConfigMap settings data.a: "1" -> "2" (git)',
      'pull update ConfigMap settings data.b: "2" -> null (git)',
    ]);
    expect(rulesOf(set.findings)).toEqual(['caution predicted-without-admission']);
    expect(set.findings[0]?.message).toMatch(/an admission webhook does not answer/);
    expect(set.changes[0]?.offline).toBe(`admission webhook ${namespace}.example.com cannot be asked`);
    expect(set.error).toBeNull();
  });
});

/** The server takes a moment to know a new webhook: until then it answers without it. */
async function asked(predict: () => ReturnType<Stage['predict']>): ReturnType<Stage['predict']> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const set = await predict();
    if (set.findings.length > 0 || Date.now() > deadline) return set;
  }
}

function webhook(): JsonObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `${namespace}-hook` },
    webhooks: [
      {
        name: `${namespace}.example.com`,
        clientConfig: { url: 'https://127.0.0.1:1/none' },
        ...{ admissionReviewVersions: ['v1'], failurePolicy: 'Fail', timeoutSeconds: 2, sideEffects: 'None' },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }],
      },
    ],
  };
}

function definition(properties: JsonObject): JsonObject {
  const spec = { type: 'object', properties };
  const group = `${namespace}.example.com`;
  return {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: `things.${group}` },
    spec: {
      ...{
        group,
        scope: 'Namespaced',
        names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'Things' },
      },
      versions: [
        {
          ...{ name: 'v1', served: true, storage: true },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  };
}
