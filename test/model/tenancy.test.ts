import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Declaration } from '../../src/model/declared.ts';
import type { ResourceId } from '../../src/model/resource.ts';
import type { Application } from '../../src/model/target.ts';
import {
  accountsOf,
  type Bound,
  isWithin,
  reachesCluster,
  reachOf,
  type ServerTenant,
  serverBound,
  type Tenant,
} from '../../src/model/tenancy.ts';

const tenant = (more: Partial<Tenant> = {}): Tenant => ({
  ...{ name: 'shop', paths: ['teams/shop/**'], clusters: [], namespaces: ['shop', 'shop-*'] },
  kinds: { allow: [], deny: [] },
  ...more,
});

const own = (...tenants: readonly Tenant[]): Bound => ({ by: 'repository', tenants });

const application = (root: string, more: Partial<Application> = {}): Application => ({
  ...{ name: root, root, renderer: 'plain', environment: null, valuesFiles: [], inputs: [] },
  ...more,
});

const id = (text: string): ResourceId => {
  const [kind = '', place = '', group = ''] = text.split(' ');
  const [namespace = '', name = ''] = place.split('/');
  return { group, version: 'v1', kind, namespace: namespace === '' ? null : namespace, name };
};

const declaredAt = (file: string, viaFiles: readonly string[] = []): Declaration => ({
  application: {
    ...{ kind: 'argocd-application', name: 'shop', namespace: null, project: null, sources: [], syncOptions: [] },
    ...{ destination: { server: null, cluster: null, namespace: null }, ignoreDifferences: [], object: {} },
    ...{ declaredAt: { file, line: 1 }, via: [], viaFiles, hints: [] },
  },
  ...{ origins: [], build: null, dummies: [] },
});

describe('an object', () => {
  const shop = tenant();
  const named = tenant({
    kinds: { allow: ['*', 'Role.rbac.authorization.k8s.io', 'Namespace', 'ClusterRole'], deny: [] },
  });
  const all = tenant({ kinds: { allow: ['*.*'], deny: ['Secret'] } });

  test.each<[string, Tenant, string, boolean]>([
    ['in its namespace', shop, 'Deployment shop/web apps', true],
    ['in a namespace of its glob', shop, 'Deployment shop-stg/web apps', true],
    ['in another namespace', shop, 'Deployment kube-system/web apps', false],
    ['in a namespace that only begins alike', shop, 'Deployment shops/web apps', false],
    ['that has no namespace', shop, 'PersistentVolume /disk', false],
    ['that hands out rights, unnamed', shop, 'RoleBinding shop/all rbac.authorization.k8s.io', false],
    ['that hands out rights, named', named, 'Role shop/all rbac.authorization.k8s.io', true],
    ['that hands out rights elsewhere', named, 'Role other/all rbac.authorization.k8s.io', false],
    ['that has no namespace, named', named, 'ClusterRole /all rbac.authorization.k8s.io', true],
    ['that is a namespace of its own', named, 'Namespace /shop-new', true],
    ['that is the namespace of others', named, 'Namespace /kube-system', false],
    ['of any kind where all are named', all, 'ValidatingWebhookConfiguration /x admissionregistration.k8s.io', true],
    ['of a kind that is refused all the same', all, 'Secret shop/token', false],
    ['of the core group by its name', tenant({ kinds: { allow: ['*.core'], deny: [] } }), 'ConfigMap shop/x', true],
    ['of a group by its name', tenant({ kinds: { allow: ['*.apps'], deny: [] } }), 'ConfigMap shop/x', false],
    ['where no namespace is set', tenant({ namespaces: [] }), 'ConfigMap shop/x', false],
  ])('%s', (_title, one, text, expected) => {
    const reach = reachOf([own(one)], application('teams/shop/web'), 'prod');

    expect(isWithin(reach, id(text), null)).toBe(expected);
  });
});

describe('who declares an object', () => {
  const wide = tenant({
    name: 'platform',
    paths: ['platform/**'],
    namespaces: ['*'],
    kinds: { allow: ['*.*'], deny: [] },
  });
  const tenancy = [own(tenant(), wide)];
  const config = id('ConfigMap kube-system/x');

  test('a path that nobody covers reaches nothing', () => {
    expect(isWithin(reachOf(tenancy, application('misc'), null), id('ConfigMap shop/x'), null)).toBe(false);
  });

  test('a file of a narrow path is held to it, though a wide application takes it in', () => {
    const reach = reachOf(tenancy, application('platform'), null);

    expect(isWithin(reach, config, 'platform/x.yaml')).toBe(true);
    expect(isWithin(reach, config, 'teams/shop/x.yaml')).toBe(false);
  });

  test('a file that nobody covers counts as its application', () => {
    expect(isWithin(reachOf(tenancy, application('platform'), null), config, 'base/x.yaml')).toBe(true);
    expect(isWithin(reachOf(tenancy, application('teams/shop'), null), config, 'base/x.yaml')).toBe(false);
  });

  test('values files of a narrow path narrow it too', () => {
    const reach = reachOf(tenancy, application('platform', { valuesFiles: ['teams/shop/values.yaml'] }), null);

    expect(isWithin(reach, config, null)).toBe(false);
    expect(isWithin(reach, id('ConfigMap shop/x'), null)).toBe(true);
  });

  test.each([
    ['its folder', application('teams/shop', { declared: declaredAt('platform/app.yaml') })],
    ['the file that declares it', application('platform', { declared: declaredAt('teams/shop/app.yaml') })],
    [
      'what brought that about',
      application('platform', { declared: declaredAt('platform/a.yaml', ['teams/shop/b.yaml']) }),
    ],
  ])('the narrowest of all counts: %s', (_title, declared) => {
    const reach = reachOf(tenancy, declared, null);

    expect(isWithin(reach, config, null)).toBe(false);
    expect(isWithin(reach, id('ConfigMap shop/x'), null)).toBe(true);
  });

  test('a file nobody covers declares nothing in a covered folder', () => {
    const declared = declaredAt('evil/app.yaml');

    expect(
      isWithin(reachOf(tenancy, application('teams/shop', { declared }), null), id('ConfigMap shop/x'), null),
    ).toBe(false);
  });
});

describe('several tenants of a path', () => {
  const staging = tenant({ clusters: ['stg-*'], namespaces: ['shop-stg'] });
  const production = tenant({ name: 'prod', clusters: ['prod-eu'], namespaces: ['shop'] });
  const reach = (cluster: string) => reachOf([own(staging, production)], application('teams/shop'), cluster);

  test('permit an object where one of them permits it whole', () => {
    expect(isWithin(reach('stg-1'), id('ConfigMap shop-stg/x'), null)).toBe(true);
    expect(isWithin(reach('prod-eu'), id('ConfigMap shop/x'), null)).toBe(true);
    expect(isWithin(reach('prod-eu'), id('ConfigMap shop-stg/x'), null)).toBe(false);
  });

  test('say which clusters are reached at all', () => {
    expect(['stg-1', 'prod-eu', 'prod-us'].map((cluster) => reachesCluster(reach(cluster)))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('the bound of the server', () => {
  const entry = (name: string, repositories: readonly string[], more: Partial<Tenant> = {}): ServerTenant => ({
    ...tenant({ name, paths: ['**'], ...more }),
    repositories,
  });
  const repo = { forge: 'github', fullName: 'Acme/Shop' };

  test('is not there where the server sets no tenants', () => {
    expect(serverBound([], repo)).toBeNull();
  });

  test('holds tenants of the repository by name, whatever its case, and by forge', () => {
    const bound = serverBound(
      [
        entry('a', ['acme/*']),
        entry('b', ['github:acme/shop']),
        entry('c', ['gitlab:acme/shop']),
        entry('d', ['other/*']),
      ],
      repo,
    );

    expect(bound?.tenants.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('lets a repository that none covers reach nothing', () => {
    const bound = serverBound([entry('d', ['other/*'])], repo);
    const reach = reachOf(bound === null ? [] : [bound], application('teams/shop'), null);

    expect(isWithin(reach, id('ConfigMap shop/x'), null)).toBe(false);
  });

  test('and the repository bound both count', () => {
    const outer = serverBound([entry('a', ['acme/*'], { namespaces: ['shop', 'cart'] })], repo);
    const reach = reachOf(
      [...(outer === null ? [] : [outer]), own(tenant({ namespaces: ['shop', 'kube-system'] }))],
      application('teams/shop'),
      null,
    );

    expect(['shop', 'cart', 'kube-system'].map((one) => isWithin(reach, id(`ConfigMap ${one}/x`), null))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('service accounts', () => {
  const accounts = { plan: 'shop/plan', apply: null };
  const server = (impersonated: readonly string[], ...tenants: readonly Tenant[]): Bound => ({
    by: 'server',
    tenants,
    impersonated,
  });
  const plain = tenant({ paths: ['**'] });
  const shop = { ...tenant({ name: 'shop', clusters: ['prod'] }), serviceAccount: accounts };
  const reach = (bound: Bound, root: string, cluster: string | null) => reachOf([bound], application(root), cluster);

  test('are those of the first tenant that covers the folder in the cluster and names any', () => {
    const found = [
      ['teams/shop', 'prod'],
      ['teams/shop', 'stg'],
      ['teams/cart', 'prod'],
    ].map(([root = '', cluster = '']) => accountsOf(reach(server([], plain, shop), root, cluster)));

    expect(found).toEqual([accounts, null, null]);
  });

  test('that a cluster asks for are a condition of everything there', () => {
    const bound = server(['prod'], plain, shop);
    const may = (root: string, cluster: string | null): boolean =>
      isWithin(reach(bound, root, cluster), id('ConfigMap shop/x'), null);

    expect([may('teams/shop', 'prod'), may('teams/cart', 'prod'), may('teams/cart', 'stg')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(reachesCluster(reach(bound, 'teams/cart', 'prod'))).toBe(false);
  });
});

describe('properties', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'kube-system');
  const globs = fc.array(fc.oneof(word, fc.constantFrom('*', 'a*')), { maxLength: 2 });
  const kinds = fc.array(fc.constantFrom('*', '*.*', 'ConfigMap', 'ClusterRole', '*.apps'), { maxLength: 2 });
  const tenants: fc.Arbitrary<Tenant> = fc.record({
    ...{
      name: fc.constant('t'),
      paths: fc.array(fc.constantFrom('**', 'a/**', 'b/**'), { minLength: 1, maxLength: 2 }),
    },
    ...{ clusters: globs, namespaces: globs, kinds: fc.record({ allow: kinds, deny: kinds }) },
  });
  const bounds = fc.array(tenants, { maxLength: 3 }).map((all): Bound => own(...all));
  const ids: fc.Arbitrary<ResourceId> = fc
    .tuple(fc.constantFrom('ConfigMap', 'Deployment apps', 'ClusterRole rbac.authorization.k8s.io'), word)
    .map(([what, namespace]) => {
      const [kind = '', group = ''] = what.split(' ');
      return { group, version: 'v1', kind, namespace: kind === 'ClusterRole' ? null : namespace, name: 'x' };
    });
  const root = fc.constantFrom('a', 'b/x', 'c');

  test('another bound never permits more, and another tenant never less', () => {
    fc.assert(
      fc.property(bounds, bounds, tenants, ids, root, (one, other, more, object, folder) => {
        const permitted = (tenancy: readonly Bound[]): boolean =>
          isWithin(reachOf(tenancy, application(folder), 'a'), object, null);

        expect(!permitted([one, other]) || (permitted([one]) && permitted([other]))).toBe(true);
        expect(!permitted([one]) || permitted([own(...one.tenants, more)])).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
