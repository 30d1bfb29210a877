import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { otherMatches, withSettings as withBranch } from '../../../src/gitops/discover/environments.ts';
import type { EnvironmentSettings, Settings } from '../../../src/model/settings.ts';
import type { Application } from '../../../src/model/target.ts';

const application = (root: string, more: Partial<Application> = {}): Application => {
  return { name: root, root, renderer: 'kustomize', environment: null, valuesFiles: [], inputs: [], ...more };
};

const settings = (
  environments: Readonly<Record<string, readonly string[]>>,
  applications: Readonly<Record<string, string>> = {},
): Settings => {
  const environmentOf = ([name, match]: readonly [string, readonly string[]]): [string, EnvironmentSettings] => {
    const deploy = { on: 'never', engine: 'apply', after: null, approvals: null } as const;
    const actions = { onFailure: { action: 'none' }, onDrift: { action: 'report' } } as const;
    return [name, { name, match, branch: null, clusters: [], deploy, ...actions }];
  };
  return {
    version: 1,
    mode: 'observe',
    environments: new Map(Object.entries(environments).map(environmentOf)),
    applications: new Map(Object.entries(applications).map(([name, path]) => [name, { path }])),
    tenancy: [],
    policy: { rules: new Map() },
    comment: { when: 'changes' },
    render: { helm: null },
    argocd: { clusters: [] },
  };
};

/** On a branch that belongs to no environment. */
const withSettings = (all: readonly Application[], given: Settings) => withBranch(all, given, '');

const said = (all: readonly Application[]): readonly string[] =>
  all.map(({ name, environment }) => `${name}@${environment}`);

describe('applications by the settings', () => {
  test('settings that say nothing change nothing', () => {
    const found = [application('apps/web', { environment: 'prod' }), application('apps/api')];

    expect(withSettings(found, settings({ prod: [] }))).toEqual(found);
  });

  test('a match on the folder beats the words of its path', () => {
    const found = [
      application('apps/web/staging', { environment: 'staging', name: 'apps/web' }),
      application('apps/api'),
    ];

    const named = withSettings(found, settings({ prod: ['apps/*/staging'], dev: ['apps/api'] }));

    expect(said(named)).toEqual(['apps/web@prod', 'apps/api@dev']);
  });

  test('an environment that has globs holds nothing they do not match, whatever the path says', () => {
    const found = ['apps/web', 'vendor/web'].map((name) => application(`${name}/prod`, { name, environment: 'prod' }));

    const named = withSettings(found, settings({ prod: ['apps/*/prod'] }));

    expect(said(named)).toEqual(['apps/web@prod', 'vendor/web@null']);
  });

  test('a match on a values file counts', () => {
    const chart = application('charts/shop', { renderer: 'helm', valuesFiles: ['charts/shop/values-eu.yaml'] });

    expect(said(withSettings([chart], settings({ prod: ['**/values-eu.yaml'] })))).toEqual(['charts/shop@prod']);
  });

  test('the first of several matching environments takes it, and the others are told', () => {
    const all = settings({ staging: ['other'], prod: ['apps/**'], dev: ['apps/web'], test: ['**'] });

    expect(said(withSettings([application('apps/web')], all))).toEqual(['apps/web@prod']);
    expect(otherMatches(application('apps/web'), all)).toEqual(['dev', 'test']);
    expect(otherMatches(application('elsewhere'), all)).toEqual([]);
  });

  test('what stands at or below the path of an entry gets its name, in every environment', () => {
    const found = [
      application('apps/web/overlays/prod', { name: 'apps/web', environment: 'prod' }),
      application('apps/web/overlays/staging', { name: 'apps/web', environment: 'staging' }),
      application('apps/website'),
    ];

    const named = withSettings(found, settings({}, { shop: 'apps/web' }));

    expect(said(named)).toEqual(['shop@prod', 'shop@staging', 'apps/website@null']);
  });

  test('the deepest path names, and the root of the repository only itself', () => {
    const found = [application('apps/web/admin'), application('apps/web'), application('')];

    const named = withSettings(found, settings({}, { all: '', web: 'apps/web', admin: 'apps/web/admin' }));

    expect(said(named)).toEqual(['admin@null', 'web@null', 'all@null']);
  });

  test('two of one name in one environment are told apart by their folders', () => {
    const found = [application('apps/web/a'), application('apps/web/b'), application('apps/web')];

    const named = withSettings(found, settings({}, { web: 'apps/web' }));

    expect(said(named)).toEqual(['web/a@null', 'web/b@null', 'web@null']);
  });

  test('two variants of a chart in one environment are told apart by their values', () => {
    const variant = (environment: string): Application =>
      application('shop', { renderer: 'helm', environment, valuesFiles: [`shop/values-${environment}.yaml`] });

    const named = withSettings([variant('eu'), variant('us')], settings({ prod: ['shop'] }));

    expect(said(named)).toEqual(['shop/values-eu.yaml@prod', 'shop/values-us.yaml@prod']);
  });

  test('what no path names an environment for is of the one that the branch belongs to', () => {
    const { environments, ...rest } = settings({ prod: [], staging: [], dev: ['dev/**'] });
    const on = (name: string, branch: string) => [name, { ...environments.get(name), branch }] as const;
    const given = { ...rest, environments: new Map([on('prod', 'live'), on('staging', 'main'), on('dev', 'dev')]) };
    const found = [application('web'), application('db', { environment: 'staging' })];

    expect(said(withBranch(found, given as Settings, 'live'))).toEqual(['web@prod', 'db@staging']);
    expect(said(withBranch(found, given as Settings, 'dev'))).toEqual(['web@null', 'db@staging']);
    expect(said(withBranch(found, given as Settings, 'other'))).toEqual(['web@null', 'db@staging']);
  });

  test('an application discovery named keeps its name when another is given the same', () => {
    const named = withSettings([application('web'), application('apps/web')], settings({}, { web: 'apps/web' }));

    expect(said(named)).toEqual(['web@null', 'web#kustomize@null']);
  });

  test('no two share name and environment, the order stays, and nothing but those two changes', () => {
    const roots = fc.constantFrom('a', 'a/b', 'a/prod', 'a/b/prod', 'c', 'c/dev', '');
    const words = fc.constantFrom('prod', 'dev', 'a', 'c');
    const globs = fc.array(fc.constantFrom('a', '**', 'a/*', '*/prod', 'c/**'), { maxLength: 2 });
    const one = fc.record({ root: roots, environment: fc.option(words), renderer: fc.constantFrom('helm', 'plain') });
    const found = fc.uniqueArray(one, { selector: ({ root, environment }) => `${root} ${environment}`, maxLength: 8 });
    fc.assert(
      fc.property(found, fc.dictionary(words, globs), fc.dictionary(words, roots), (items, environments, names) => {
        const all = items.map(({ root, ...more }) => application(root, more as Partial<Application>));
        const named = withSettings(all, settings(environments, names));
        expect(new Set(said(named)).size).toBe(all.length);
        const kept = named.map((item, index) => ({
          ...item,
          name: all[index]?.name,
          environment: all[index]?.environment,
        }));
        expect(kept).toEqual(all);
      }),
      { numRuns: 1_000 },
    );
  });
});
