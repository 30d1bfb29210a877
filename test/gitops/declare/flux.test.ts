import { afterAll, describe, expect, test } from '@jest/globals';
import { declareFlux } from '../../../src/gitops/declare/flux.ts';
import { renderFlux } from '../../../src/gitops/declare/flux-render.ts';
import { ignoreOf } from '../../../src/gitops/declare/flux-sources.ts';
import { gatherVariables } from '../../../src/gitops/declare/flux-variables.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt, testDependencies, testInputs } from '../render/support.ts';
import { calm, testSubstituter } from './support.ts';

const renderer = createKustomizeRenderer(testDependencies({ deadlineMs: 50_000 }));
const substituter = testSubstituter();
afterAll(async () => {
  await renderer.close();
  await substituter.close();
});

const own = { urls: ['https://git.example.com/acme/fleet'], branch: 'main' };

async function declare(files: Readonly<Record<string, string>>) {
  const tree = memoryTree(files);
  const lookup = async () => ({ kind: 'missing' }) as const;
  const { applications, findings } = await declareFlux(
    tree,
    {
      ...{ own, lookup, likely: new Set(Object.keys(files)) },
      renderChildren: async (kustomization, from, signal) => {
        const kustomize = async (root: string, built: typeof tree) =>
          (await renderer.render(applicationAt(root, 'kustomize'), built, { ...testInputs, namespace: '' }, signal))
            .resources;
        const input = {
          tree,
          ignore: ignoreOf(from.source),
          kustomize,
          substituter,
          variables: await gatherVariables(kustomization, from.lookup),
          isStrict: false,
        };
        const { resources } = await renderFlux(kustomization, input, signal);
        return resources.map(({ resource }) => resource);
      },
    },
    calm,
  );
  const listed = applications.map(({ declared }) => [
    declared.kind.slice(5),
    `${declared.namespace}/${declared.name}`,
    ...declared.via,
  ]);
  return { applications, findings, listed };
}

function flux(name: string, path: string, more = ''): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec:\n  path: ${path}\n  prune: true\n  sourceRef: {kind: GitRepository, name: flux-system}\n${more}`;
}

function release(
  name: string,
  chart = '{spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}}',
  more = '',
): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  chart: ${chart}\n${more}`;
}

const charts =
  'apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: charts, namespace: shop}\nspec: {url: "https://charts.example.com"}\n';

const sync = `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {url: "ssh://git@git.example.com/acme/fleet", ref: {branch: main}}\n---\n`;

describe('a repository that flux bootstrap made', () => {
  const files = {
    'clusters/prod/flux-system/gotk-sync.yaml': `${sync}${flux('flux-system', './clusters/prod')}`,
    'clusters/prod/flux-system/kustomization.yaml': 'resources: [gotk-sync.yaml]\n',
    'clusters/prod/apps.yaml': flux(
      'apps',
      './apps/prod',
      '  dependsOn: [{name: infra}]\n  postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}\n',
    ),
    'clusters/prod/infra.yaml': flux('infra', './infra'),
    'infra/charts.yaml': charts,
    'infra/vars.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\ndata: {REPLICAS: "3"}\n',
    'apps/base/release.yaml': release('web', undefined, `  values: {replicas: "\${REPLICAS}"}\n`),
    'apps/base/kustomization.yaml': 'resources: [release.yaml]\n',
    'apps/prod/kustomization.yaml':
      'resources: [../base]\npatches:\n  - patch: |-\n      - {op: add, path: /spec/releaseName, value: prod-web}\n    target: {kind: HelmRelease}\n',
  };

  test('declares what is applied, each with what brought it about', async () => {
    const { listed, findings, applications } = await declare(files);

    const root = 'Kustomization flux-system/flux-system';
    expect(listed).toEqual([
      ['kustomization', 'flux-system/flux-system'],
      ['kustomization', 'flux-system/infra', root],
      ['kustomization', 'flux-system/apps', root],
      ['helmrelease', 'shop/web', root, 'Kustomization flux-system/apps'],
    ]);
    expect(findings).toEqual([]);
    expect(applications[3]?.declared.sources).toMatchObject([
      {
        place: { kind: 'chart', repository: 'https://charts.example.com', name: 'web' },
        helm: { releaseName: 'prod-web', values: [{ replicas: 3 }] },
      },
    ]);
  });

  test('for two clusters keeps them apart', async () => {
    const other = Object.entries(files).filter(([path]) => path.startsWith('clusters/'));
    const staging = other.map(([path, text]) => [
      path.replace('prod', 'staging'),
      text.replaceAll('/prod', '/staging'),
    ]);

    const { listed } = await declare({
      ...files,
      ...Object.fromEntries(staging),
      'apps/staging/kustomization.yaml': 'resources: [../base]\n',
    });

    expect(listed.filter(([kind]) => kind === 'helmrelease')).toHaveLength(2);
    expect(listed).toHaveLength(8);
  });
});

describe('findings of the loop', () => {
  test('name Kustomizations that apply each other', async () => {
    const { findings, listed } = await declare({
      'root.yaml': flux('root', './r'),
      'r/a.yaml': flux('a', './a'),
      'a/b.yaml': flux('b', './b'),
      'b/a.yaml': flux('a', './a'),
    });

    expect(listed.map(([, name]) => name)).toEqual(['flux-system/root', 'flux-system/a', 'flux-system/b']);
    expect(findings).toMatchObject([
      {
        rule: 'flux-cycle',
        file: 'b/a.yaml',
        message:
          'Kustomizations apply each other: Kustomization flux-system/a -> Kustomization flux-system/b -> Kustomization flux-system/a.',
      },
    ]);
  });

  test('name what is waited for and not there, what is suspended, and sources that are missing', async () => {
    const { findings } = await declare({
      'a.yaml': flux('a', './x', '  suspend: true\n  dependsOn:\n    - name: gone\n'),
      'x/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n',
      'releases/r.yaml': release('r'),
    });

    expect(findings).toMatchObject([
      { rule: 'flux-suspended', severity: 'note', file: 'a.yaml', line: 8 },
      {
        rule: 'flux-dependency-missing',
        severity: 'note',
        line: 10,
        message: expect.stringContaining('Kustomization flux-system/gone'),
      },
      {
        rule: 'flux-source-missing',
        severity: 'caution',
        file: 'releases/r.yaml',
        line: 5,
        message: expect.stringContaining('HelmRepository shop/charts'),
      },
    ]);
  });

  test('tell a folder that is not there, and the others are still declared', async () => {
    const { findings, listed } = await declare({
      'a.yaml': flux('a', './gone'),
      'b.yaml': flux('b', './x'),
      'x/c.yaml': flux('c', './x'),
    });

    expect(findings).toMatchObject([{ rule: 'flux-children-unknown', file: 'a.yaml', line: 5 }]);
    expect(listed.map(([, name]) => name)).toEqual(['flux-system/a', 'flux-system/b', 'flux-system/c']);
  });

  test('tell what a review cannot see', async () => {
    const chart = '{spec: {chart: ./web, valuesFiles: [a.yaml], sourceRef: {kind: GitRepository, name: fleet}}}';
    const fleet =
      'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: fleet, namespace: shop}\nspec: {url: "https://git.example.com/acme/fleet", ref: {branch: main}, include: [{repository: {name: x}}]}\n';

    const { findings } = await declare({
      'r.yaml': release('r', chart, '  upgrade:\n    preserveValues: true\n'),
      's.yaml': fleet,
    });

    expect(findings).toMatchObject([
      { rule: 'flux-source-includes' },
      { rule: 'flux-values-preserved', file: 'r.yaml', line: 7 },
      { rule: 'flux-values-files', line: 5 },
    ]);
  });

  test('tell an object that the API would refuse', async () => {
    const { findings } = await declare({ 'a.yaml': flux('a', '{}') });

    expect(findings).toMatchObject([{ rule: 'flux-invalid', line: 5 }]);
  });
});

test('a Kustomization of another repository is listed, and not looked into', async () => {
  const { listed, applications } = await declare({
    'a.yaml': `${sync.replace('acme/fleet', 'acme/other')}${flux('a', './x')}`,
    'x/b.yaml': flux('b', './y'),
  });

  expect(listed).toEqual([
    ['kustomization', 'flux-system/a'],
    ['kustomization', 'flux-system/b'],
  ]);
  expect(applications[0]?.declared.sources).toMatchObject([{ place: { url: 'ssh://git@git.example.com/acme/other' } }]);
});
