import { describe, expect, test } from '@jest/globals';
import { judgePrune, type PruneFacts, type PruneVerdict } from '../../../src/engines/apply/prune-rules.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { resourceKey } from '../../../src/model/resource.ts';
import { map } from './carrier.ts';
import { resourceOf } from './stage.ts';

const uid = '11111111-1111-4111-8111-111111111111';

describe('an object that the plan deletes', () => {
  test('goes when it is the one that was applied and nobody else has a hand in it', () => {
    expect(judge(live())).toEqual({ kind: 'delete' });
    expect(judge(live(), {}, null)).toEqual({ kind: 'delete' });
    expect(judge(live({ labels: { 'app.kubernetes.io/instance': 'web' } }))).toEqual({ kind: 'delete' });
    expect(judge(live({ ownerReferences: [{ kind: 'Thing', name: 't', controller: false }] }))).toEqual({
      kind: 'delete',
    });
  });

  test.each<[string, JsonObject]>([
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'web:/ConfigMap:a/b' } }],
    ['Argo CD', { labels: { 'argocd.argoproj.io/instance': 'web' } }],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }],
    ['Flux', { labels: { 'helm.toolkit.fluxcd.io/name': 'apps' } }],
    ['Helm', { annotations: { 'meta.helm.sh/release-name': 'web' } }],
    ['kapp', { labels: { 'kapp.k14s.io/app': '1' } }],
    ['ApplySet', { labels: { 'applyset.kubernetes.io/part-of': 'x' } }],
    ['kpt', { annotations: { 'config.k8s.io/owning-inventory': 'x' } }],
    ['ReplicaSet web', { ownerReferences: [{ kind: 'ReplicaSet', name: 'web', controller: true }] }],
  ])('stays when %s owns it', (owner, metadata) => {
    expect(judge(live(metadata))).toMatchObject({ kind: 'keep', isOurs: true, why: expect.stringContaining(owner) });
  });

  test('stays when a controller of another tool applies it as well', () => {
    const shared = live({ managedFields: [entry('fairlead'), entry('kustomize-controller')] });

    expect(judge(shared)).toMatchObject({ kind: 'keep', why: expect.stringContaining('Flux') });
  });

  test.each<[string, JsonObject]>([
    ['a value', { 'f:data': { 'f:a': {}, 'f:b': {} } }],
    ['a label', { 'f:metadata': { 'f:labels': { '.': {}, 'f:team': {} } }, 'f:data': { 'f:a': {} } }],
    ['an item of a list', { 'f:data': { 'f:a': {} }, 'f:rules': { 'k:{"name":"x"}': { '.': {}, 'f:name': {} } } }],
  ])('stays when anybody else applied %s that we did not', (_, fieldsV1) => {
    const shared = live({ managedFields: [{ ...entry('terraform'), fieldsV1 }, entry('fairlead')] });

    expect(judge(shared)).toEqual({
      kind: 'keep',
      isOurs: true,
      why: 'terraform applied fields of it that Fairlead did not',
    });
  });

  test('goes when others applied no more than we did, wrote without applying, or wrote its status', () => {
    const more = { 'f:data': { 'f:a': {}, 'f:b': {} } };
    const whole = { ...entry('fairlead'), fieldsV1: { 'f:data': {} } };

    expect(judge(live({ managedFields: [entry('kubectl'), entry('fairlead')] }))).toEqual({ kind: 'delete' });
    expect(judge(live({ managedFields: [{ ...entry('kubectl'), fieldsV1: more }, whole] }))).toEqual({
      kind: 'delete',
    });
    for (const other of [
      { ...entry('kubectl-edit'), operation: 'Update', fieldsV1: more },
      { ...entry('operator'), subresource: 'status', fieldsV1: { 'f:status': { 'f:phase': {} } } },
      { ...entry('operator'), fieldsV1: { 'f:status': { 'f:phase': {} } } },
      { ...entry('clusterrole-aggregation-controller'), fieldsV1: { 'f:rules': {} } },
    ]) {
      expect(judge(live({ managedFields: [other, entry('fairlead')] }))).toEqual({ kind: 'delete' });
    }
  });

  test.each([
    ['fairlead.dev/prune', 'disabled'],
    ['kustomize.toolkit.fluxcd.io/prune', 'disabled'],
    ['argocd.argoproj.io/sync-options', 'Validate=false, Prune=false'],
    ['argocd.argoproj.io/sync-options', 'Delete=false'],
    ['helm.sh/resource-policy', 'keep'],
    ['cli-utils.sigs.k8s.io/on-remove', 'keep'],
    ['client.lifecycle.config.k8s.io/deletion', 'detach'],
  ])('stays when it says %s: %s', (key, value) => {
    expect(judge(live({ annotations: { [key]: value } }))).toMatchObject({
      kind: 'keep',
      why: expect.stringContaining(key),
    });
    expect(judge(live({ annotations: { [key]: 'else' } }))).toEqual({ kind: 'delete' });
  });

  test('stays, and is no longer ours, when it was created anew or nothing in it is applied by us', () => {
    expect(judge(live({ uid: 'other' }))).toMatchObject({
      kind: 'keep',
      isOurs: false,
      why: expect.stringContaining('anew'),
    });
    for (const one of [entry('kubectl'), { ...entry('fairlead'), operation: 'Update' }]) {
      expect(judge(live({ managedFields: [one] }))).toMatchObject({ kind: 'keep', isOurs: false });
    }
  });

  test('that holds nothing but its name has no owners: it goes by its uid, while nobody else set anything', () => {
    expect(judge(live({ managedFields: [] }))).toEqual({ kind: 'delete' });
    expect(judge(live({ managedFields: [{ ...entry('kubelet'), subresource: 'status' }] }))).toEqual({
      kind: 'delete',
    });
    expect(judge(live({ managedFields: [] }), {}, null)).toMatchObject({ kind: 'keep', isOurs: false });
    expect(judge(live({ managedFields: [entry('kubectl')] }))).toMatchObject({ kind: 'keep', isOurs: false });
  });

  test('stays when the same object was applied under another name of its kind, or another target has it now', () => {
    const claims = new Map([[resourceKey(resourceOf(live()).id), 'cart@prod']]);

    expect(judge(live(), { applied: new Set([uid]) })).toMatchObject({ kind: 'keep', isOurs: false });
    expect(judge(live(), { claims })).toMatchObject({
      kind: 'keep',
      isOurs: false,
      why: 'it belongs to cart@prod now',
    });
  });

  test.each([
    ['v1', 'Namespace'],
    ['v1', 'PersistentVolume'],
    ['v1', 'PersistentVolumeClaim'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ])('of %s %s stays until somebody confirmed', (apiVersion, kind) => {
    const object = { ...live(), apiVersion, kind };

    expect(judge(object)).toMatchObject({ kind: 'keep', isOurs: true, why: expect.stringContaining('confirmed') });
    expect(judge(object, { confirmed: true })).toEqual({ kind: 'delete' });
  });

  test('stays, confirmed or not, while Git has objects in the namespace or of the kind', () => {
    const namespace = { ...live(), kind: 'Namespace', metadata: { ...metadataOf(live()), name: 'shop' } };
    const definition = {
      ...live(),
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: { group: 'example.com', names: { kind: 'Gadget' } },
    };
    const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g', namespace: 'shop' } };
    const facts = { confirmed: true, desired: [resourceOf(gadget).id] };

    expect(judge(namespace, facts)).toMatchObject({ kind: 'keep', why: expect.stringContaining('still holds') });
    expect(judge(definition, facts)).toMatchObject({
      kind: 'keep',
      why: expect.stringContaining('example.com/v1 Gadget'),
    });
  });
});

function judge(object: JsonObject, facts: Partial<PruneFacts> = {}, known: string | null = uid): PruneVerdict {
  const plain = { manager: 'fairlead', confirmed: false, desired: [], applied: new Set<string>(), claims: new Map() };
  return judgePrune({ resource: resourceOf(object).id, uid: known }, object, { ...plain, ...facts });
}

function live(metadata: JsonObject = {}): JsonObject {
  return map('shop', 'old', { a: '1' }, { uid, managedFields: [entry('fairlead')], ...metadata });
}

function metadataOf(object: JsonObject): JsonObject {
  return object['metadata'] as JsonObject; // as written above
}

function entry(manager: string): JsonObject {
  return { manager, operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:a': {} } } };
}
