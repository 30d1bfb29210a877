import { describe, expect, test } from '@jest/globals';
import { assign, identify } from '../../../src/gitops/render/assign.ts';
import { parseExactJson } from '../../../src/gitops/render/exact-json.ts';
import { generatedNames, manifestNames } from '../../../src/gitops/render/manifest-names.ts';
import { findSources } from '../../../src/gitops/render/provenance.ts';
import { createRenderCache } from '../../../src/gitops/render/render-cache.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const loose = (object: JsonObject) => ({ object, source: null, lines: new Map<string, number>(), random: [] });
const inputs = { namespace: 'home', namespaced: {} };

describe('identity', () => {
  test('comes from apiVersion, kind and metadata', () => {
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', namespace: 'b' } };

    expect(identify(object)).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'b', name: 'a' });
    expect(identify({ kind: 'X', metadata: { name: 12 } })).toEqual({
      group: '',
      version: '',
      kind: 'X',
      namespace: null,
      name: '12',
    });
  });

  test('takes the scope of custom kinds from their definitions in the same render', () => {
    const definition = (scope: string, kind: string) =>
      loose({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: kind },
        spec: { group: 'x.example', scope, names: { kind } },
      });
    const custom = (kind: string) => loose({ apiVersion: 'x.example/v1', kind, metadata: { name: 'c' } });

    const resources = assign(
      [definition('Cluster', 'Wide'), definition('Namespaced', 'Narrow'), custom('Wide'), custom('Narrow')],
      inputs,
    );

    expect(resources.map(({ id }) => id.namespace)).toEqual([null, null, null, 'home']);
  });

  test('of a cluster-scoped object has no namespace even when it names one', () => {
    const [role] = assign(
      [
        loose({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'r', namespace: 'x' },
        }),
      ],
      inputs,
    );

    expect(role?.id.namespace).toBeNull();
  });

  test('is kept twice where two objects share it, for the check that tells', () => {
    const twin = loose({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } });

    expect(assign([twin, twin], inputs)).toHaveLength(2);
  });

  test('is given to the items of a list', () => {
    const list = loose({
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'i' } }],
    });

    expect(assign([list], inputs).map(({ id }) => id.name)).toEqual(['i']);
  });
});

test.each([
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -9223372036854775808n],
  ['18446744073709551615', 18446744073709552000n],
  ['1e16', 10000000000000000n],
  ['1e22', 1e22],
  ['1.5', 1.5],
  ['"9007199254740993"', '9007199254740993'],
])('the JSON number %s keeps what the API machinery reads', (text, value) => {
  expect(parseExactJson(`[${text}, 1]`)).toEqual([value, 1]);
});

describe('names read off a file', () => {
  test('are those of its manifests, with the line each begins at', () => {
    const text =
      '# comment\napiVersion: v1\nkind: "Service"\nmetadata:\n  labels:\n    name: not-this\n  name: web # yes\nspec:\n  name: nor-this\n---\nmetadata: {labels: {a: b}, name: flow}\nkind: Pod\n---\nkind: Nameless\n';

    expect(manifestNames('f', text)).toEqual([
      { kind: 'Service', name: 'web', file: 'f', line: 2 },
      { kind: 'Pod', name: 'flow', file: 'f', line: 11 },
    ]);
  });

  test('are those that a kustomization generates', () => {
    const text =
      'namePrefix: a-\nconfigMapGenerator:\n- name: one\n  files: [x]\n- files: [y]\n  name: two\nsecretGenerator:\n  - {name: three, literals: [a=b]}\nimages:\n- name: not-this\n';

    expect(generatedNames('k', text)).toEqual([
      { kind: 'ConfigMap', name: 'one', file: 'k', line: 3 },
      { kind: 'ConfigMap', name: 'two', file: 'k', line: 6 },
      { kind: 'Secret', name: 'three', file: 'k', line: 8 },
    ]);
  });

  test('are those that the configuration of a generator generates', () => {
    const text = 'apiVersion: builtin\nkind: SecretGenerator\nmetadata:\n  name: made\ntype: Opaque\n';

    expect(generatedNames('g', text)).toEqual([{ kind: 'Secret', name: 'made', file: 'g', line: 4 }]);
  });
});

test('a built object comes from the manifest of its kind with the longest name inside its own', () => {
  const file = (name: string) => new TextEncoder().encode(`kind: Service\nmetadata:\n  name: ${name}\n`);
  const files = new Map([
    ['a', file('web')],
    ['b', file('web-front')],
  ]);
  const built = ['p-web-front-s', 'p-web', 'other'].map((name) => ({ kind: 'Service', metadata: { name } }));

  const sources = findSources(built, { files, closure: { manifests: ['a', 'b'], files: ['a', 'b'] } });

  expect(sources).toEqual([{ file: 'b', line: 1 }, { file: 'a', line: 1 }, null]);
});

test('the cache forgets what was not used for longest when it grows too large', () => {
  const cache = createRenderCache(10);
  cache.set('a', '12345');
  cache.set('b', '12345');
  cache.get('a');
  cache.set('c', '1');

  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['12345', undefined, '1']);
  cache.set('d', 'far too long');
  expect(cache.get('d')).toBeUndefined();
});
