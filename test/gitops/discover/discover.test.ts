import { describe, expect, test } from '@jest/globals';
import { type Discovery, discover } from '../../../src/gitops/discover/discover.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { argo, charts, flux, kustomization, manifest, overlays } from './repositories.ts';

const { signal } = new AbortController();

async function found(tree: Tree, under = ''): Promise<Discovery> {
  return discover(tree, { under, settings: null }, signal);
}

/** `name@environment renderer root`, with values files where there are some. */
async function summary(tree: Tree, under = ''): Promise<readonly string[]> {
  const { applications } = await found(tree, under);
  return applications.map(({ name, environment, renderer, root, valuesFiles }) => {
    const values = valuesFiles.length === 0 ? '' : ` +${valuesFiles.join(',')}`;
    return `${name}@${environment} ${renderer} ${root}${values}`;
  });
}

async function reachedBy(tree: Tree, ...files: readonly string[]): Promise<readonly string[]> {
  const { affected } = await found(tree);
  return affected(files).map(({ application, reasons }) => {
    const relations = new Set(reasons.map(({ relation }) => relation));
    return `${application.name}@${application.environment} ${[...relations].join()}`;
  });
}

describe('kustomizations', () => {
  test('overlays are one application in several environments; bases and components are none', async () => {
    expect(await summary(overlays)).toEqual([
      'apps/web@dev kustomize apps/web/overlays/dev',
      'apps/web@prod kustomize apps/web/overlays/prod',
      'apps/web@staging kustomize apps/web/overlays/staging',
    ]);
  });

  test.each([
    [
      'a base, every overlay',
      ['apps/web/base/deployment.yaml'],
      ['apps/web@dev base', 'apps/web@prod base', 'apps/web@staging base'],
    ],
    ['a component, its user', ['apps/web/components/debug/role.yaml'], ['apps/web@dev base']],
    ['a patch, its overlay', ['apps/web/overlays/prod/replicas.yaml'], ['apps/web@prod own']],
    ['a file no kustomization lists, nothing', ['apps/web/base/leftover.yaml'], []],
    ['prose, nothing', ['README.md'], []],
  ])('a change reaches through %s', async (_name, files, expected) => {
    expect(await reachedBy(overlays, ...files)).toEqual(expected);
  });

  test('a file that is named and gone still reaches its kustomization', async () => {
    const tree = memoryTree({ 'web/kustomization.yaml': kustomization('gone.yaml') });

    expect(await reachedBy(tree, 'web/gone.yaml')).toEqual(['web@null own']);
  });

  test("one in the root includes the others, and manifests beside it are nobody's", async () => {
    const tree = memoryTree({
      'kustomization.yaml': kustomization('apps/web'),
      'stray.yaml': manifest('ConfigMap'),
      'apps/web/kustomization.yaml': kustomization('a.yaml'),
      'apps/web/a.yaml': manifest('ConfigMap'),
      'other/b.yaml': manifest('ConfigMap'),
    });

    expect(await summary(tree)).toEqual(['other@null plain other', 'root@null kustomize ']);
    expect((await found(tree)).unowned(['stray.yaml', 'apps/web/a.yaml'])).toEqual(['stray.yaml']);
  });

  test('those that are nested through three levels are one application', async () => {
    const tree = memoryTree({
      'a/kustomization.yaml': kustomization('b'),
      'a/b/kustomization.yaml': kustomization('c'),
      'a/b/c/kustomization.yaml': kustomization('d.yaml'),
      'a/b/c/d.yaml': manifest('ConfigMap'),
    });

    expect(await summary(tree)).toEqual(['a@null kustomize a']);
    expect(await reachedBy(tree, 'a/b/c/d.yaml')).toEqual(['a@null own']);
  });

  test('those that only include each other are still found, once', async () => {
    const tree = memoryTree({
      'a/kustomization.yaml': kustomization('../b'),
      'b/kustomization.yaml': kustomization('../a'),
    });

    expect(await summary(tree)).toEqual(['a@null kustomize a']);
  });

  test('one that cannot be read is found, for its renderer to tell', async () => {
    const tree = memoryTree({ 'web/kustomization.yaml': 'resources: [' });

    expect(await summary(tree)).toEqual(['web@null kustomize web']);
    expect(await reachedBy(tree, 'web/kustomization.yaml')).toEqual(['web@null own']);
  });

  test('a base reached through a link is a base', async () => {
    const tree = memoryTree({
      'base/kustomization.yaml': kustomization('a.yaml'),
      'base/a.yaml': manifest('ConfigMap'),
      'prod/base': { link: '../base' },
      'prod/kustomization.yaml': kustomization('base'),
    });

    expect(await summary(tree)).toEqual(['root@prod kustomize prod']);
    expect(await reachedBy(tree, 'base/a.yaml')).toEqual(['root@prod base']);
  });
});

describe('the layouts of other tools', () => {
  test('Flux: clusters are environments, their folders of objects applications', async () => {
    expect(await summary(flux)).toEqual([
      'apps@production kustomize apps/production',
      'apps@staging kustomize apps/staging',
      'clusters@production plain clusters/production',
      'clusters@staging plain clusters/staging',
      'flux-system@production kustomize clusters/production/flux-system',
    ]);
  });

  test('Argo CD: folders of applications, projects and manifests', async () => {
    expect(await summary(argo)).toEqual([
      'argocd/apps@null plain argocd/apps',
      'argocd/projects@null plain argocd/projects',
      'manifests/db@null plain manifests/db',
      'manifests/web@null plain manifests/web',
    ]);
  });
});

describe('charts', () => {
  test('are one application per environment with values; libraries and dependencies are none', async () => {
    expect(await summary(charts)).toEqual([
      'charts/tool@null helm charts/tool',
      'charts/web@prod helm charts/web +charts/web/values-common.yaml,charts/web/values-prod.yaml',
      'charts/web@staging helm charts/web +charts/web/values-common.yaml,charts/web/values.staging.yaml',
    ]);
  });

  test.each([
    [
      'a template, all environments',
      'charts/web/templates/deployment.yaml',
      ['charts/web@prod chart', 'charts/web@staging chart'],
    ],
    [
      'a vendored chart, all',
      'charts/web/charts/redis/templates/service.yaml',
      ['charts/web@prod chart', 'charts/web@staging chart'],
    ],
    [
      'a local library, its users',
      'charts/common/templates/_helpers.tpl',
      ['charts/web@prod chart', 'charts/web@staging chart'],
    ],
    ['the common values, all', 'charts/web/values.yaml', ['charts/web@prod values', 'charts/web@staging values']],
    ['values of one environment, that one', 'charts/web/values-prod.yaml', ['charts/web@prod values']],
    ['values that are gone, their own', 'charts/web/values_staging.yaml', ['charts/web@staging values']],
    ['values of an environment that is gone, nothing', 'charts/web/values-qa.yaml', []],
    ['an example, nothing', 'charts/web/values-example.yaml', []],
    ['test values, nothing', 'charts/web/ci/test-values.yaml', []],
    ['prose, nothing', 'charts/web/README.md', []],
  ])('a change reaches through %s', async (_name, file, expected) => {
    expect(await reachedBy(charts, file)).toEqual(expected);
  });

  test.each([
    'values-prod.yaml',
    'values.prod.yaml',
    'values_prod.yml',
    'prod-values.yaml',
    'prod.values.yaml',
    'values/prod.yaml',
    'values/values-prod.yaml',
    'env/prod.yaml',
    'env/prod/values.yaml',
    'environments/prod/values.yaml',
    'prod/values.yaml',
  ])('%s is the values file of prod', async (file) => {
    const tree = memoryTree({ 'web/Chart.yaml': 'name: web', [`web/${file}`]: '' });

    expect(await summary(tree)).toEqual([`web@prod helm web +web/${file}`]);
  });

  test('one chart with many values is many applications', async () => {
    const regions = ['eu', 'us', 'ap'];
    const values = Object.fromEntries(regions.map((region) => [`chart/values-prod-${region}.yaml`, '']));

    expect(await summary(memoryTree({ 'chart/Chart.yaml': 'name: web', ...values }))).toEqual(
      ['ap', 'eu', 'us'].map((region) => `chart@prod-${region} helm chart +chart/values-prod-${region}.yaml`),
    );
  });

  test('a chart that another names as its dependency is not deployed alone', async () => {
    const dependency = 'dependencies: [{name: b, repository: "file://../b"}]';
    const tree = memoryTree({ 'a/Chart.yaml': dependency, 'b/Chart.yaml': 'name: b', 'b/templates/x.yaml': '' });

    expect(await summary(tree)).toEqual(['a@null helm a']);
    expect(await reachedBy(tree, 'b/templates/x.yaml')).toEqual(['a@null chart']);
  });

  test('a library is not deployed, even when nothing depends on it', async () => {
    const tree = memoryTree({ 'lib/Chart.yaml': 'name: lib\ntype: library\n', 'lib/templates/_a.tpl': '' });

    expect(await summary(tree)).toEqual([]);
    expect((await found(tree)).unowned(['lib/templates/_a.tpl', 'lib/Chart.yaml'])).toEqual(['lib/Chart.yaml']);
  });

  test('a chart below an environment folder belongs to that environment', async () => {
    const tree = memoryTree({ 'clusters/eu/web/Chart.yaml': 'name: web', 'clusters/eu/web/values.yaml': '' });

    expect(await summary(tree)).toEqual(['web@eu helm clusters/eu/web']);
  });
});

describe('plain manifests', () => {
  test('a tree of folders is one application of its topmost folder, split where an environment begins', async () => {
    const tree = memoryTree({
      'deploy/web/deployment.yaml': manifest('Deployment'),
      'deploy/web/rbac/role.yaml': manifest('Role'),
      'deploy/web/prod/ingress.yaml': manifest('Ingress'),
      'deploy/web/prod/extra/job.yaml': manifest('Job'),
    });

    expect(await summary(tree)).toEqual(['deploy/web@null plain deploy/web', 'deploy/web@prod plain deploy/web/prod']);
    expect(await reachedBy(tree, 'deploy/web/rbac/role.yaml', 'deploy/web/prod/extra/job.yaml')).toEqual([
      'deploy/web@null own',
      'deploy/web@prod own',
    ]);
  });

  test('name the files to read, without those of others', async () => {
    const { applications } = await found(flux);
    const inputs = applications.find(({ root }) => root === 'clusters/production')?.inputs;

    expect(inputs).toEqual(['clusters/production/', 'clusters/production/apps.yaml']);
  });

  test('a deleted manifest reaches the folder it stood in', async () => {
    expect(await reachedBy(argo, 'manifests/web/service.yaml')).toEqual(['manifests/web@null own']);
    expect(await reachedBy(argo, 'manifests/web/notes.txt')).toEqual([]);
  });

  test('manifests in the root do not take the folders below', async () => {
    const tree = memoryTree({ 'namespace.yaml': manifest('Namespace'), 'web/a.yaml': manifest('ConfigMap') });

    expect(await summary(tree)).toEqual(['root@null plain ', 'web@null plain web']);
    expect(await reachedBy(tree, 'web/a.yaml')).toEqual(['web@null own']);
  });

  test.each([
    ['configuration of a tool', 'a/skaffold.yaml', 'apiVersion: skaffold/v4beta1\nkind: Config\nmetadata: {name: a}\n'],
    ['a cluster for development', 'a/kind.yaml', 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n'],
    ['a kubeconfig', 'a/config.yaml', 'apiVersion: v1\nkind: Config\nclusters: []\n'],
    ['values', 'a/values.yaml', 'image: {kind: a}\n'],
    ['test data', 'a/testdata/b.yaml', manifest('ConfigMap')],
    ['a workflow', '.github/workflows/b.yaml', manifest('ConfigMap')],
    ['a template', 'a/templates/b.yaml', manifest('ConfigMap')],
    ['a dependency', 'node_modules/a/b.yaml', manifest('ConfigMap')],
    ['documentation', 'docs/b.yaml', manifest('ConfigMap')],
  ])('%s is none', async (_name, path, text) => {
    expect(await summary(memoryTree({ [path]: text }))).toEqual([]);
  });

  test.each([
    ['a second document', `a: 1\n---\n${manifest('ConfigMap')}`],
    ['a quoted key', '"apiVersion": v1\n"kind": ConfigMap\n'],
    ['Windows line ends', 'apiVersion: v1\r\nkind: ConfigMap\r\n'],
    ['a mapping in braces', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n'],
    ['a broken file', 'apiVersion: v1\nkind: ConfigMap\n\tmetadata: [\n'],
  ])('%s is one', async (_name, text) => {
    expect(await summary(memoryTree({ 'a/b.yaml': text }))).toEqual(['a@null plain a']);
  });
});

describe('files nobody owns', () => {
  test('manifests, values and templates are listed; prose, scripts and tool configuration are not', async () => {
    const { unowned } = await found(overlays);
    const listed = ['apps/web/base/leftover.yaml', 'values/web.yaml', 'lib/app.libsonnet'];
    const others = [
      'README.md',
      'LICENSE',
      '.github/workflows/ci.yaml',
      '.pre-commit-config.yaml',
      'docs/a.yaml',
      'scripts/run.sh',
      'mkdocs.yml',
      'package.json',
    ];

    expect(unowned([...listed, ...others, 'apps/web/base/service.yaml'])).toEqual(listed);
  });
});

describe('names', () => {
  test('that two folders of one environment would share become their paths', async () => {
    const tree = memoryTree({
      'clusters/prod/web/kustomization.yaml': kustomization(),
      'web/overlays/prod/kustomization.yaml': kustomization(),
      'web/overlays/dev/kustomization.yaml': kustomization(),
    });

    expect(await summary(tree)).toEqual([
      'clusters/prod/web@prod kustomize clusters/prod/web',
      'web@dev kustomize web/overlays/dev',
      'web/overlays/prod@prod kustomize web/overlays/prod',
    ]);
  });

  test('are distinct even when a chart and a kustomization share a folder', async () => {
    const tree = memoryTree({ 'web/kustomization.yaml': kustomization(), 'web/Chart.yaml': 'name: web' });

    expect(await summary(tree)).toEqual(['web#helm@null helm web', 'web#kustomize@null kustomize web']);
  });
});

test('an empty repository has nothing', async () => {
  const nothing = await found(memoryTree({}));

  expect([nothing.applications, nothing.environments, nothing.affected(['a.yaml'])]).toEqual([[], [], []]);
});

test('only applications below a folder are given when one is named', async () => {
  expect(await summary(argo, 'manifests/db')).toEqual(['manifests/db@null plain manifests/db']);
});

test('five thousand files are looked through in less than a second of work', async () => {
  const files: Record<string, string> = {};
  for (let app = 0; app < 250; app += 1) {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    files[`apps/a${app}/base/kustomization.yaml`] = kustomization(...names.map((name) => `${name}.yaml`));
    for (const name of names) {
      files[`apps/a${app}/base/${name}.yaml`] = manifest('ConfigMap', name).repeat(20);
      files[`plain/a${app}/${name}.yaml`] = manifest('ConfigMap', name).repeat(20);
    }
    files[`plain/a${app}/notes.md`] = '# notes';
    for (const environment of ['dev', 'staging', 'prod']) {
      files[`apps/a${app}/overlays/${environment}/kustomization.yaml`] = kustomization('../../base');
      files[`apps/a${app}/overlays/${environment}/patch.yaml`] = manifest('ConfigMap');
    }
  }
  const tree = memoryTree(files);
  // Processor time: other tests run on the same cores.
  const start = process.cpuUsage();

  const { applications } = await found(tree);

  const spent = process.cpuUsage(start);
  expect(Object.keys(files)).toHaveLength(5000);
  expect(applications).toHaveLength(1000);
  expect(spent.user / 1000).toBeLessThan(1000);
});
