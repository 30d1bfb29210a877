import { describe, expect, test } from '@jest/globals';
import { claimsOf, claimText } from '../../../src/gitops/diff/claims.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const entry = (manager: string, subresource?: string): JsonObject => ({
  ...{ manager, operation: 'Update', fieldsV1: { 'f:data': {} } },
  ...(subresource === undefined ? {} : { subresource }),
});

describe('who says an object is theirs', () => {
  test.each<readonly [string, JsonObject, readonly string[]]>([
    ['nobody', {}, []],
    ['a tracking id without a name', { annotations: { 'argocd.argoproj.io/tracking-id': '' } }, ['Argo CD']],
    [
      ...(['a name of Flux without a namespace', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'a' } }] as const),
      ['Flux Kustomization a'],
    ],
    ['who wrote it, where there is no mark', { managedFields: [entry('argocd-controller')] }, ['Argo CD']],
    ['a mark rather than who wrote it', { ...label('k'), managedFields: [entry('helm-controller')] }, ['kapp app k']],
    ['nobody, where only its status was written', { managedFields: [entry('helm-controller', 'status')] }, []],
    ['nobody, of an owner that is no controller', owned(false), []],
    ['a controller', owned(true), ['Job nightly-1']],
    ['an ApplySet', { labels: { 'applyset.kubernetes.io/part-of': 'applyset-x-v1' } }, ['kubectl (an ApplySet)']],
    ['kpt', { annotations: { 'config.k8s.io/owning-inventory': 'i' } }, ['kpt inventory i']],
  ])('%s', (_, metadata, texts) => {
    expect(claimsOf({ metadata: { name: 'x', ...metadata } }).map(claimText)).toEqual(texts);
  });
});

function label(app: string): JsonObject {
  return { labels: { 'kapp.k14s.io/app': app } };
}

function owned(controller: boolean): JsonObject {
  return { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'nightly-1', uid: 'u', controller }] };
}
