import { describe, expect, test } from '@jest/globals';
import { heedController } from '../../../src/features/review/heed-controller.ts';
import type { Change, Part } from '../../../src/model/change.ts';
import type { DeclaredApplication } from '../../../src/model/declared.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { formatPath, type Path } from '../../../src/model/path.ts';
import type { Resource } from '../../../src/model/resource.ts';

const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

function declared(changes: Partial<DeclaredApplication>): DeclaredApplication {
  return {
    ...{ kind: 'argocd-application', name: 'shop', namespace: 'argocd', project: 'default', sources: [] },
    ...{ destination: { server: null, cluster: null, namespace: null }, syncOptions: [], ignoreDifferences: [] },
    ...{ object: {}, declaredAt: { file: 'apps/shop.yaml', line: 3 }, via: [], hints: [] },
    ...changes,
  };
}

const replicas: Path = ['spec', 'replicas'];
const image: Path = ['spec', 'template', 'spec', 'containers', { name: 'web' }, 'image'];
const note: Path = ['metadata', 'annotations', 'a.b/c'];

function update(part: Part, ...paths: readonly Path[]): Change {
  const changed = paths.map((path) => ({ path, before: 1, after: 2, cause: 'git' as const }));
  return { target: 't', part, resource: id, action: 'update', paths: changed };
}

function left(changes: readonly Change[], application: DeclaredApplication | null): readonly string[] {
  const containers = [{ name: 'api' }, { name: 'web' }];
  const object = { spec: { template: { spec: { containers } } } };
  const base: Resource[] = [{ id, object, source: null, lines: new Map(), random: [] }];
  return heedController({ declared: application, base, changes, isGone: false }).changes.flatMap(({ part, paths }) =>
    paths.map(({ path }) => `${part} ${formatPath(path)}`),
  );
}

describe('what differs without the pull', () => {
  test.each<[string, JsonObject, readonly string[]]>([
    ['a pointer', { kind: 'Deployment', group: 'apps', jsonPointers: ['/spec/replicas'] }, ['image', 'note']],
    ['a pointer around it', { kind: 'Deployment', jsonPointers: ['/spec'] }, ['note']],
    ['a jq path', { kind: '*', jqPathExpressions: ['.spec.replicas', '.metadata.annotations."a.b/c"'] }, ['image']],
    ['a jq path in brackets', { jqPathExpressions: ['.metadata.annotations["a.b/c"]'] }, ['replicas', 'image']],
    ['a target of Flux', { paths: ['/spec/replicas'], target: { kind: 'Deployment', name: 'web' } }, ['image', 'note']],
    ['items of a list', { jqPathExpressions: ['.spec.template.spec.containers[].image'] }, ['replicas', 'note']],
    [
      'an item that is chosen',
      { jqPathExpressions: ['.spec.template.spec.containers[]? | select(.name == "web") | .image'] },
      ['replicas', 'note'],
    ],
    [
      'another item that is chosen',
      { jqPathExpressions: ['.spec.template.spec.containers[] | select(.name == "api").image'] },
      ['replicas', 'image', 'note'],
    ],
    ['another kind', { kind: 'StatefulSet', jsonPointers: ['/spec'] }, ['replicas', 'image', 'note']],
    ['another name', { kind: 'Deployment', name: 'api', jsonPointers: ['/spec'] }, ['replicas', 'image', 'note']],
    ['an item by its number', { jsonPointers: ['/spec/template/spec/containers/1/image'] }, ['replicas', 'note']],
    [
      'another item by its number',
      { jqPathExpressions: ['.spec.template.spec.containers[0].image'] },
      ['replicas', 'image', 'note'],
    ],
    ['a jq filter', { jqPathExpressions: ['.spec | del(.x)', '.spec[]'] }, ['replicas', 'image', 'note']],
    ['a selector', { paths: ['/spec'], target: { labelSelector: 'a=b' } }, ['replicas', 'image', 'note']],
    ['everything', { jsonPointers: [''] }, ['replicas', 'image', 'note']],
  ])('is ignored by %s', (_title, rule, expected) => {
    const names = { replicas, image, note };
    const lines = left([update('already', replicas, image, note)], declared({ ignoreDifferences: [rule] }));

    expect(lines).toEqual(expected.map((name) => `already ${formatPath(names[name as keyof typeof names])}`));
  });
});

test('what the pull changes is ignored only where the controller leaves it alone', () => {
  const ignoreDifferences = [{ jsonPointers: ['/spec/replicas'], paths: ['/spec/replicas'] }];
  const changes = [update('pull', replicas)];

  expect(left(changes, declared({ ignoreDifferences }))).toEqual(['pull spec.replicas']);
  expect(left(changes, declared({ ignoreDifferences, syncOptions: ['RespectIgnoreDifferences=true'] }))).toEqual([]);
  expect(left(changes, declared({ ignoreDifferences, kind: 'flux-kustomization' }))).toEqual([]);
  expect(left(changes, declared({ ignoreDifferences, kind: 'flux-helmrelease' }))).toEqual(['pull spec.replicas']);
  expect(left(changes, null)).toEqual(['pull spec.replicas']);
});

describe('an object that goes out of Git', () => {
  const gone: Change = { target: 't', part: 'pull', resource: id, action: 'delete', paths: [] };
  const judge = (application: DeclaredApplication, metadata: JsonObject = {}, isGone = false) => {
    const resource: Resource = { id, object: { metadata }, source: null, lines: new Map(), random: [] };
    const { changes, findings } = heedController({
      ...{ declared: application, base: [resource], changes: [gone], isGone },
    });
    return [changes.length, ...findings.map(({ rule, file, message }) => `${rule} ${file} ${message}`)];
  };

  test('is deleted', () => {
    expect(judge(declared({}))).toEqual([1]);
  });

  test('with all of its application is deleted, whatever is pruned, unless it is marked otherwise', () => {
    const marked = (option: string) => ({ annotations: { 'argocd.argoproj.io/sync-options': option } });

    expect(judge(declared({ syncOptions: ['Prune=false'] }), marked('Prune=false'), true)).toEqual([1]);
    const [count, finding] = judge(declared({}), marked('Delete=false'), true);
    expect([count, finding]).toEqual([0, expect.stringContaining('it is marked so that it is not deleted')]);
  });

  test.each<[string, DeclaredApplication, JsonObject]>([
    ['nothing is pruned', declared({ syncOptions: ['Prune=false'] }), {}],
    [
      'its annotation says so',
      declared({}),
      { annotations: { 'argocd.argoproj.io/sync-options': 'Replace=true, Prune=false' } },
    ],
    [
      'its label says so',
      declared({ kind: 'flux-kustomization' }),
      { labels: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } },
    ],
  ])('stays where %s', (_title, application, metadata) => {
    const [count, finding] = judge(application, metadata);

    expect(count).toBe(0);
    expect(finding).toMatch(
      /^not-pruned apps\/shop.yaml Deployment shop\/web goes out of Git and stays in the cluster: /,
    );
  });
});
