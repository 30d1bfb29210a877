import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { createCarrier, outcomeOf, workOf } from './carrier.ts';
import { resourcesOf, type Stage, told } from './stage.ts';
import { useStage } from './use-stage.ts';

let plane: ControlPlane;
let stage: Stage;
let namespace: string;

useStage((opened) => {
  ({ plane, stage, namespace } = opened);
});

function settings(data: JsonObject, meta: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace, ...meta }, data };
}

async function create(object: JsonObject, manager = 'kubectl-create'): Promise<void> {
  await plane.kubectl(['create', `--field-manager=${manager}`, '-f', '-'], { input: JSON.stringify(object) });
}

describe('an object that Git newly declares and that exists', () => {
  test('is adopted with the fields it changes, and their number that it takes over as they are', async () => {
    await create(settings({ a: '1', b: '2' }));

    const set = await stage.predict(resourcesOf(settings({ a: '9', b: '2' })), []);

    expect(told(set)).toEqual(['pull adopt ConfigMap settings data.a: "1" -> "9" (takeover)']);
    expect(set.changes.map(({ adopts }) => adopts)).toEqual([{ owner: null, fields: 1 }]);
    expect(set.findings).toEqual([]);
  });

  test('is adopted also when nothing of it changes', async () => {
    await create(settings({ a: '1', b: '2' }));

    const set = await stage.predict(resourcesOf(settings({ a: '1' })), []);

    expect(told(set)).toEqual(['pull adopt ConfigMap settings']);
    expect(set.changes.map(({ adopts }) => adopts)).toEqual([{ owner: null, fields: 1 }]);
  });

  test('is no adoption when Fairlead applied it before', async () => {
    await stage.apply(settings({ a: '1' }));

    expect(told(await stage.predict(resourcesOf(settings({ a: '1' })), []))).toEqual([]);
    expect(told(await stage.predict(resourcesOf(settings({ a: '2' })), []))).toEqual([
      'pull update ConfigMap settings data.a: "1" -> "2" (git)',
    ]);
  });

  test('of a Namespace of which Git says the name only is an adoption of no field', async () => {
    const space: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };

    const set = await stage.predict(resourcesOf(space), []);

    expect(told(set)).toEqual([`pull adopt Namespace ${namespace}`]);
    expect(set.changes.map(({ adopts }) => adopts)).toEqual([{ owner: null, fields: 0 }]);
  });
});

const owners: readonly (readonly [tool: string, owner: string, meta: JsonObject, by: string])[] = [
  [
    ...(['Argo CD by its annotation', 'Argo CD application shop'] as const),
    { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:x/settings' } },
    'argocd.argoproj.io/tracking-id',
  ],
  [
    ...(['Argo CD by its label', 'Argo CD application shop'] as const),
    { labels: { 'argocd.argoproj.io/instance': 'shop' } },
    'argocd.argoproj.io/instance',
  ],
  [
    ...(['a Kustomization of Flux', 'Flux Kustomization flux-system/apps'] as const),
    { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } },
    'kustomize.toolkit.fluxcd.io/name',
  ],
  [
    ...(['a HelmRelease of Flux, not Helm', 'Flux HelmRelease shop/web'] as const),
    {
      labels: { 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'shop' },
      annotations: { 'meta.helm.sh/release-name': 'web' },
    },
    'helm.toolkit.fluxcd.io/name',
  ],
  [
    ...(['Helm', 'Helm release shop/web'] as const),
    {
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
    },
    'meta.helm.sh/release-name',
  ],
  ['kapp', 'kapp app 1614', { labels: { 'kapp.k14s.io/app': '1614' } }, 'kapp.k14s.io/app'],
  [
    ...(['a controller', 'ReplicaSet web-5d9f'] as const),
    {
      ownerReferences: [
        {
          ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9f', controller: true },
          uid: 'b7b0a5e0-0000-4000-8000-000000000001',
        },
      ],
    },
    'metadata.ownerReferences',
  ],
];

describe('an object of somebody else', () => {
  test.each(owners)('of %s is named and blocked in the preview, and left alone by the deployment', async (...row) => {
    const [, owner, meta, by] = row;
    await create(settings({ a: '1' }, meta));
    const head = resourcesOf(settings({ a: '2' }));

    const set = await stage.predict(head, []);
    const carrier = createCarrier({ cluster: stage.cluster, inventoryNamespace: namespace });
    const step = await outcomeOf(carrier, workOf([settings({ a: '2' })]));

    expect(set.changes.map(({ action, adopts }) => [action, adopts?.owner])).toEqual([['adopt', owner]]);
    expect(set.findings.map(({ rule, severity, message }) => `${severity} ${rule} ${message}`)).toEqual([
      `block managed-by-other ConfigMap ${namespace}/settings: it is managed by ${owner} (${by}), and is not written while that is so`,
    ]);
    expect(step).toMatchObject({ kind: 'refused', reason: expect.stringContaining(`is managed by ${owner} (${by})`) });
    expect(carrier.recording.writes()).toEqual([]);
  });

  test('that Git holds already and the pull leaves alone is a note for all of them', async () => {
    await create(settings({ a: '1' }, { labels: { 'kapp.k14s.io/app': '1614' } }));
    const all = resourcesOf(settings({ a: '1' }));

    const set = await stage.predict(all, all);

    expect(told(set)).toEqual([]);
    expect(set.findings.map(({ rule, severity, message }) => `${severity} ${rule} ${message}`)).toEqual([
      'note managed-by-other 1 object that Git holds here is managed by kapp app 1614, and not written by Fairlead while that is so.',
    ]);
  });

  test('is nobody else’s when it only says so as every rendered chart does', async () => {
    await create(settings({ a: '1' }, { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }));

    const set = await stage.predict(resourcesOf(settings({ a: '1' })), []);

    expect(set.findings).toEqual([]);
    expect(set.changes.map(({ adopts }) => adopts?.owner)).toEqual([null]);
  });

  test('that another target of Fairlead applied is adopted from there', async () => {
    const carrier = createCarrier({ cluster: stage.cluster, inventoryNamespace: namespace });
    const work = workOf([settings({ a: '1' })], { app: 'other' });
    expect(await outcomeOf(carrier, work)).toMatchObject({ kind: 'applied' });

    const here = await stage.predict(resourcesOf(settings({ a: '1' })), []);
    const there = await stage.predict(resourcesOf(settings({ a: '1' })));

    expect(told(here)).toEqual(['pull adopt ConfigMap settings']);
    expect(here.changes.map(({ adopts }) => adopts)).toEqual([{ owner: 'Fairlead target other@test:test', fields: 0 }]);
    expect(here.findings).toEqual([]);
    expect(told(there)).toEqual([]);
  });

  test('that Fairlead applies too is its own', async () => {
    await create(settings({ a: '1' }, { labels: { 'kapp.k14s.io/app': '1614' } }));
    await stage.apply(settings({ a: '1' }));

    const set = await stage.predict(resourcesOf(settings({ a: '2' })), resourcesOf(settings({ a: '1' })));

    expect(set.findings).toEqual([]);
    expect(told(set)).toEqual(['pull update ConfigMap settings data.a: "1" -> "2" (takeover)']);
  });
});
