import { describe, expect, test } from '@jest/globals';
import { fateOf } from '../../../src/features/review/gone-declaration.ts';
import { judgeRemoved } from '../../../src/features/review/removed-application.ts';
import type { Change } from '../../../src/model/change.ts';
import type { DeclaredApplication } from '../../../src/model/declared.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { Target } from '../../../src/model/target.ts';

const finalizer = (name: string): JsonObject => ({ metadata: { finalizers: [name] } });
const spec = (fields: JsonObject): JsonObject => ({ spec: fields });

describe('what becomes of its objects when a declaration goes', () => {
  test.each<[string, DeclaredApplication['kind'], JsonObject, boolean]>([
    ['an Application', 'argocd-application', {}, false],
    ['an Application that cascades', 'argocd-application', finalizer('resources-finalizer.argocd.argoproj.io'), true],
    [
      'an Application that cascades behind',
      'argocd-application',
      finalizer('resources-finalizer.argocd.argoproj.io/background'),
      true,
    ],
    ['an Application with a finalizer of others', 'argocd-application', finalizer('example.com/keep'), false],
    ['a Kustomization that prunes', 'flux-kustomization', spec({ prune: true }), true],
    ['a Kustomization that does not', 'flux-kustomization', spec({ prune: false }), false],
    ['a Kustomization that only deletes', 'flux-kustomization', spec({ prune: false, deletionPolicy: 'Delete' }), true],
    ['a Kustomization that orphans', 'flux-kustomization', spec({ prune: true, deletionPolicy: 'Orphan' }), false],
    ['a suspended Kustomization', 'flux-kustomization', spec({ prune: true, suspend: true }), false],
    ['a HelmRelease', 'flux-helmrelease', spec({}), true],
    ['a suspended HelmRelease', 'flux-helmrelease', spec({ suspend: true }), false],
  ])('%s', (_title, kind, object, isDeleted) => {
    expect(fateOf({ kind, object }).isDeleted).toBe(isDeleted);
  });
});

test.each<[string, JsonObject, readonly string[], RegExp]>([
  ['are shown as deleted', finalizer('resources-finalizer.argocd.argoproj.io'), ['web'], /its one object is deleted/],
  ['are not, where they stay', {}, [], /Its one object stays in the cluster: the Application has no finalizer/],
])('the objects of an Application that goes %s', (_title, object, deleted, message) => {
  const declared: DeclaredApplication = {
    ...{ kind: 'argocd-application', name: 'shop', namespace: 'argocd', project: 'default', sources: [] },
    ...{ destination: { server: null, cluster: null, namespace: null }, syncOptions: [], ignoreDifferences: [] },
    ...{ object, declaredAt: { file: 'apps/shop.yaml', line: 3 }, via: [], hints: [] },
  };
  const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
  const base: Resource[] = [{ id, object: {}, source: null, lines: new Map(), random: [] }];
  const parts = { application: 'shop', environment: null, cluster: null };
  const target: Target = { id: 'shop', ...parts, digest: null, error: null };
  const gone: Change = { target: 'shop', part: 'pull', resource: id, action: 'delete', paths: [] };

  const sides = { base, head: [], declared, isGone: true };
  const { changes, findings } = judgeRemoved(sides, { target, changes: [gone], keeps: false });

  expect(changes.map(({ resource }) => resource.name)).toEqual(deleted);
  expect(findings).toMatchObject([{ rule: 'application-removed', severity: 'caution' }]);
  expect(findings[0]?.message).toMatch(message);
});
