import { describe, expect, test } from '@jest/globals';
import { permitsDestination, permitsKind, permitsSource } from '../../../src/formats/argocd/project.ts';
import { addressKey } from '../../../src/gitops/declare/argocd-projects.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

describe('a project permits a source', () => {
  test.each<[readonly string[], string, boolean]>([
    [['*'], 'https://git.example.com/acme/fleet', true],
    [[], 'https://git.example.com/acme/fleet', false],
    [['https://git.example.com/acme/fleet.git'], 'ssh://git@git.example.com/acme/fleet', true],
    [['https://git.example.com/acme/*'], 'https://git.example.com/acme/fleet', true],
    [['https://git.example.com/*'], 'https://git.example.com/acme/fleet', false],
    [['https://git.example.com/**'], 'https://git.example.com/acme/fleet', true],
    [['*', '!https://git.example.com/acme/*'], 'https://git.example.com/acme/fleet', false],
    [['!https://git.example.com/acme/*'], 'https://git.example.com/other/fleet', true],
    [['registry.example.com/charts'], 'registry.example.com/charts', true],
    [['https://charts.example.com'], 'https://charts.example.com/', true],
  ])('%j: %s', (sourceRepos, url, expected) => {
    expect(permitsSource({ sourceRepos }, url, addressKey)).toBe(expected);
  });
});

describe('a project permits a destination', () => {
  const here = { server: 'https://k8s.example.com', name: null, namespace: 'shop' };

  test.each<[string, readonly JsonObject[], boolean | null]>([
    ['any', [{ server: '*', namespace: '*' }], true],
    ['none', [], false],
    ['its own', [{ server: 'https://k8s.example.com', namespace: 'shop' }], true],
    ['namespaces that begin so', [{ server: '*', namespace: 'sh*' }], true],
    ['another namespace', [{ server: '*', namespace: 'other' }], false],
    ['another cluster', [{ server: 'https://other.example.com', namespace: '*' }], false],
    ['a cluster by the name that is not known', [{ name: 'prod', namespace: '*' }], null],
    [
      'all but its namespace',
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!shop' },
      ],
      false,
    ],
    [
      'all but a cluster by the name that is not known',
      [
        { server: '*', namespace: '*' },
        { name: '!prod', namespace: '*' },
      ],
      null,
    ],
  ])('%s', (_title, destinations, expected) => {
    expect(permitsDestination({ destinations }, here)).toBe(expected);
  });
});

describe('a project permits a kind', () => {
  const id = (kind: string, namespace: string | null, group = '') => ({
    group,
    version: 'v1',
    kind,
    namespace,
    name: 'x',
  });
  const any = [{ group: '*', kind: '*' }];

  test.each<[string, Readonly<Record<string, Json>>, ReturnType<typeof id>, boolean]>([
    ['namespaced ones by default', {}, id('Secret', 'shop'), true],
    ['none of the cluster by default', {}, id('Namespace', null), false],
    ['those of the cluster that it lists', { clusterResourceWhitelist: any }, id('Namespace', null), true],
    [
      'one of a name',
      { clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'y' }] },
      id('Namespace', null),
      false,
    ],
    [
      'none it denies',
      { clusterResourceWhitelist: any, clusterResourceBlacklist: [{ group: '', kind: 'Name*' }] },
      id('Namespace', null),
      false,
    ],
    [
      'only those it lists',
      { namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }] },
      id('Secret', 'shop'),
      false,
    ],
    [
      'one it lists',
      { namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }] },
      id('Deployment', 'shop', 'apps'),
      true,
    ],
    ['nothing of an empty list', { namespaceResourceWhitelist: [] }, id('Secret', 'shop'), false],
    [
      'none it denies in a namespace',
      { namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }] },
      id('Secret', 'shop'),
      false,
    ],
  ])('%s', (_title, spec, resource, expected) => {
    expect(permitsKind(spec, resource)).toBe(expected);
  });
});
