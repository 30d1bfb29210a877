import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChangeSet } from '../../../src/engines/engine.ts';
import { canonicalJson, parseJson } from '../../../src/formats/json.ts';
import { createOfflineMerger, type OfflineMerger } from '../../../src/gitops/diff/merge-offline.ts';
import type { PathChange } from '../../../src/model/change.ts';
import { FairleadError } from '../../../src/model/error.ts';
import { isJsonObject, type Json, type JsonObject, pickText } from '../../../src/model/json.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { identities } from '../../control-plane/identities.ts';
import { mergeModule } from '../../pretend/api-server/support.ts';
import { untilHolds } from '../../support/until.ts';
import { commonKinds } from './common-kinds.ts';
import { customKind } from './custom-kind.ts';
import { openStage, resourcesOf, type Stage, told } from './stage.ts';

let plane: ControlPlane;
let merger: OfflineMerger;
let stage: Stage;
let reader: Stage;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane();
  merger = createOfflineMerger(mergeModule);
  stage = await openStage(plane.kubeconfig, plane.context, merger);
  reader = await openStage(plane.kubeconfig, identities.reader.context, merger);
}, 300_000);

beforeEach(async () => {
  namespace = await plane.namespace();
});

afterAll(() => Promise.all([stage?.cluster.close(), reader?.cluster.close(), merger?.close()]));

/** A place of a built object, changed. */
function edit(
  object: JsonObject,
  [key = '', ...rest]: readonly string[],
  change: (value: JsonObject) => JsonObject,
): JsonObject {
  const below = object[key];
  const inner: JsonObject = isJsonObject(below) ? below : {};
  return { ...object, [key]: rest.length === 0 ? change(inner) : edit(inner, rest, change) };
}

/** As `told`, with the keys of values in one order: they have none. */
function sorted(set: ChangeSet): readonly string[] {
  const changes = set.changes.map((change) => ({ ...change, paths: change.paths.map(inOrder) }));
  return told({ ...set, changes });
}

function inOrder(path: PathChange): PathChange {
  const order = (value: Json): Json => parseJson(canonicalJson(value));
  return { ...path, before: order(path.before), after: order(path.after) };
}

function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = object;
  return rest;
}

const noGo = new FairleadError({ code: 'module-missing', subject: 'merge', message: 'no Go', remedy: 'Install Go.' });
const sidecar: JsonObject = { name: 'proxy', image: 'proxy:1', ports: [{ containerPort: 9901 }] };

/** What a pull does to an object, by kind and name; others get a label. */
const edits: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  'Deployment web': (object) => {
    const spec = edit(object, ['spec'], (one) => ({ ...without(one, 'replicas'), minReadySeconds: 3 }));
    return edit(spec, ['spec', 'template', 'spec'], (pod) => ({
      ...pod,
      containers: [sidecar, ...(pod['containers'] as readonly JsonObject[])], // every pod has some
      terminationGracePeriodSeconds: 60,
    }));
  },
  'StatefulSet db': (object) => edit(object, ['spec'], (spec) => ({ ...spec, replicas: 3 })),
  'CronJob nightly': (object) => edit(object, ['spec'], (spec) => ({ ...spec, schedule: '0 4 * * *', suspend: true })),
  'Service web': (object) =>
    edit(object, ['spec'], (spec) => ({
      ...spec,
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'metrics', port: 9090 },
      ],
    })),
  'Service node': (object) => edit(object, ['spec'], (spec) => ({ ...spec, externalTrafficPolicy: 'Local' })),
  'Ingress web': (object) => edit(object, ['spec'], (spec) => without(spec, 'tls')),
  'HorizontalPodAutoscaler web': (object) => edit(object, ['spec'], (spec) => ({ ...spec, maxReplicas: 9 })),
  'PodDisruptionBudget web': (object) => edit(object, ['spec'], (spec) => ({ ...spec, minAvailable: 2 })),
  'Role reader': (object) => ({ ...object, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] }),
  'ConfigMap settings': (object) => edit(object, ['data'], (data) => ({ ...without(data, 'colour'), extra: 'yes' })),
  'Secret login': (object) => edit(object, ['stringData'], () => ({ password: 'another horse entirely' })),
  'ResourceQuota limits': (object) => edit(object, ['spec', 'hard'], () => ({ 'requests.cpu': '1500m', pods: 5 })),
};

function changed(object: JsonObject): JsonObject {
  const known = edits[`${pickText(object, 'kind')} ${pickText(object, 'metadata', 'name')}`];
  return known?.(object) ?? edit(object, ['metadata', 'labels'], (labels) => ({ ...labels, 'example.com/new': 'yes' }));
}

describe('with rights to read only', () => {
  test('the same changes are foretold as by the server’s dry-run, each labelled', async () => {
    const base = commonKinds(namespace);
    await stage.apply(...base);
    const head = base.map(changed);

    const asked = await stage.predict(resourcesOf(...head), resourcesOf(...base));
    const offline = await reader.predict(resourcesOf(...head), resourcesOf(...base));

    expect(asked.changes.length).toBeGreaterThan(25);
    expect(sorted(offline)).toEqual(sorted(asked));
    expect(offline.error).toBeNull();
    expect(offline.changes.every((change) => /does not let Fairlead try it/.test(change.offline ?? ''))).toBe(true);
    expect(offline.findings.every(({ rule, severity }) => `${severity} ${rule}` === 'caution predicted-offline')).toBe(
      true,
    );
    expect(offline.findings.map(({ message }) => message).join('\n')).toContain('no right to patch deployments.apps');
    expect(asked.changes.every((change) => change.offline === undefined)).toBe(true);
  });

  test('what others wrote first is told as by the server', async () => {
    const base = commonKinds(namespace);
    await plane.kubectl(['create', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: base }),
    });
    const head = base.map(changed);

    const asked = await stage.predict(resourcesOf(...head), []);
    const offline = await reader.predict(resourcesOf(...head), []);

    expect(sorted(offline)).toEqual(sorted(asked));
    expect(offline.changes.map(({ adopts }) => adopts)).toEqual(asked.changes.map(({ adopts }) => adopts));
  });

  test('nothing is said of objects that stay as they are', async () => {
    const base = commonKinds(namespace);
    await stage.apply(...base);

    const offline = await reader.predict(resourcesOf(...base), resourcesOf(...base));

    expect({ told: told(offline), findings: offline.findings, error: offline.error }).toEqual({
      ...{ told: [], findings: [], error: null },
    });
  });

  test('a custom resource is merged as its definition says, with its defaults', async () => {
    const { definition, object } = customKind(namespace);
    await stage.apply(definition);
    await plane.kubectl(['wait', '--for=condition=Established', `crd/${pickText(definition, 'metadata', 'name')}`]);
    await untilHolds('the schema', async () =>
      (await plane.request('GET', `/openapi/v3/apis/${namespace}.example.com/v1`)).text.includes('routes'),
    );
    const later = await openStage(plane.kubeconfig, plane.context, merger);
    const looker = await openStage(plane.kubeconfig, identities.reader.context, merger);
    await later.apply(object);
    const next = edit(object, ['spec'], (spec) => ({
      ...spec,
      routes: [{ name: 'c' }],
      named: [{ name: 'y', weight: 3 }, { name: 'z' }],
      memory: 5,
    }));

    const asked = await later.predict(resourcesOf(next), resourcesOf(object));
    const offline = await looker.predict(resourcesOf(next), resourcesOf(object));
    await Promise.all([later.cluster.close(), looker.cluster.close()]);

    expect(told(asked).length).toBeGreaterThan(3);
    expect(sorted(offline)).toEqual(sorted(asked));
  });

  test('what the server would refuse is refused', async () => {
    const base = commonKinds(namespace).filter(({ kind }) => kind === 'Deployment');
    await stage.apply(...base);
    const broken = base.map((object) =>
      edit(object, ['spec'], (spec) => ({ ...spec, selector: { matchLabels: { app: 'other' } } })),
    );

    const offline = await reader.predict(resourcesOf(...broken), resourcesOf(...base));

    expect(offline.findings.map(({ rule }) => rule)).toContain('immutable-recreate');
    expect(offline.changes.map(({ action, offline: why }) => [action, why !== undefined])).toEqual([
      ['recreate', true],
    ]);
  });

  test('without the module the target is in error, and Git is compared', async () => {
    const missing = createOfflineMerger(() => Promise.reject(noGo));
    const poor = await openStage(plane.kubeconfig, identities.reader.context, missing);
    const base = commonKinds(namespace).filter(({ kind }) => kind === 'ConfigMap');
    await stage.apply(...base);

    const set = await poor.predict(resourcesOf(...base.map(changed)), resourcesOf(...base));
    await poor.cluster.close();

    expect(set.error).toMatch(/cannot patch resource "configmaps"/);
    expect(told(set)).toEqual([
      'pull update ConfigMap settings data.colour: "green" -> null (git)',
      'pull update ConfigMap settings data.extra: null -> "yes" (git)',
    ]);
  });
});
