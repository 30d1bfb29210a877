import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { renderInputs } from '../../../src/gitops/render/inputs.ts';
import { nothingKnown } from '../../../src/model/argocd-knowledge.ts';
import { unknownOrigin } from '../../../src/model/declare.ts';
import { pickText } from '../../../src/model/json.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { gitPlace } from '../../../src/world/cluster/place.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt } from '../render/support.ts';
import {
  affectedOf,
  argoApp,
  configMap,
  type DeclaredWorld,
  type Files,
  kustomization,
  linesOf,
  openDeclaredWorld,
  ownOrigin,
  ownUrl,
  renderedOf,
  sourceOf,
} from './declared-support.ts';

let world: DeclaredWorld;

beforeAll(() => {
  world = openDeclaredWorld();
});
afterAll(() => world.close());

const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  goTemplate: true
  generators: [git: {repoURL: "${ownUrl}", revision: HEAD, directories: [{path: web/overlays/*}]}]
  template:
    metadata: {name: "web-{{.path.basename}}"}
    spec:
      project: default
      source: {repoURL: "${ownUrl}", targetRevision: main, path: "{{.path.path}}"}
      destination: {server: "https://kubernetes.default.svc", namespace: shop}
`;
const overlays = {
  'bootstrap/set.yaml': set,
  'web/base/kustomization.yaml': 'resources: [cm.yaml]\n',
  'web/base/cm.yaml': configMap('web'),
  'web/overlays/prod/kustomization.yaml': 'resources: [../../base]\n',
  'web/overlays/staging/kustomization.yaml': 'resources: [../../base]\n',
};

describe('applications of Argo CD', () => {
  test('take the place of the folders they deploy, each in its environment', async () => {
    const head = { ...overlays, 'web/base/cm.yaml': configMap('web', '{a: c}') };
    const affected = await affectedOf({ base: overlays, head }, world);

    expect(linesOf(affected)).toEqual([
      'web-prod@prod: base web/base/cm.yaml',
      'web-staging@staging: base web/base/cm.yaml',
    ]);
    expect(affected.applications.map(({ name }) => name)).toEqual(['bootstrap', 'web-prod', 'web-staging']);
    expect((await renderedOf(head, 'web-prod', world)).resources.map(({ id }) => `${id.namespace}/${id.name}`)).toEqual(
      ['shop/web'],
    );
  });

  test('are reached by what declares them, though no file of theirs changes', async () => {
    const base = { 'apps/web.yaml': argoApp('web', sourceOf('web')), 'web/cm.yaml': configMap('web') };
    const other = base['apps/web.yaml'].replace('namespace: shop', 'namespace: other');
    const spaced = `\n\n${base['apps/web.yaml']}`;

    expect(linesOf(await affectedOf({ base, head: { ...base, 'apps/web.yaml': other } }, world))).toContain(
      'web@null: declaration',
    );
    expect(linesOf(await affectedOf({ base, head: { ...base, 'apps/web.yaml': spaced } }, world))).toEqual([
      'apps@null: own apps/web.yaml',
    ]);
  });

  test('a folder that goes removes the application that a generator makes of it', async () => {
    const { 'web/overlays/staging/kustomization.yaml': _, ...head } = overlays;

    expect(linesOf(await affectedOf({ base: overlays, head }, world))).toEqual([
      'web-staging@staging: removed, own web/overlays/staging/kustomization.yaml',
    ]);
  });

  test('a generator that cannot be evaluated removes nothing, and says so', async () => {
    const asked = set.replace(/generators: .*/, 'generators: [scmProvider: {github: {organization: acme}}]');
    const affected = await affectedOf({ base: overlays, head: { ...overlays, 'bootstrap/set.yaml': asked } }, world);

    expect(linesOf(affected).filter((line) => line.startsWith('web-'))).toEqual([]);
    expect(affected.incomplete).toBe('what ApplicationSet web deploys cannot be told');
    expect(affected.findings).toMatchObject([{ rule: 'argocd-incomplete', file: 'bootstrap/set.yaml', line: 6 }]);
  });

  test('what cannot be told on either side is nothing of a change to something else', async () => {
    const asked = set.replace(/generators: .*/, 'generators: [plugin: {configMapRef: {name: x}}]');
    const base = { 'bootstrap/set.yaml': asked, 'db/cm.yaml': configMap('db') };
    const affected = await affectedOf({ base, head: { ...base, 'db/cm.yaml': configMap('db', '{a: c}') } }, world);

    expect(affected).toMatchObject({ incomplete: null, findings: [] });
    expect(linesOf(affected)).toEqual(['db@null: own db/cm.yaml']);
    const orphan = await affectedOf({ base, head: { ...base, 'values/x.yaml': 'a: 1\n' } }, world);
    expect(orphan.incomplete).toBe('what ApplicationSet web deploys cannot be told');
  });

  test('with a plugin are reached by any file of their folder, and by what Argo CD shall hand to it', async () => {
    const paths = '"argocd.argoproj.io/manifest-generate-paths": ".;../lib/*.txt;/env/prod.txt"';
    const plugin = sourceOf('web', ', plugin: {name: mine}');
    const app = argoApp('web', plugin).replace('namespace: argocd', `namespace: argocd, annotations: {${paths}}`);
    const base = {
      'apps/web.yaml': app,
      'web/x.txt': '1',
      'web/cm.yaml': configMap('web'),
      'lib/y.txt': '1',
      'env/prod.txt': '1',
    };
    const changed = async (file: string) => linesOf(await affectedOf({ base, head: { ...base, [file]: '2' } }, world));

    expect(await changed('web/x.txt')).toEqual(['web@null: own web/x.txt']);
    expect(await changed('web/deep/er.txt')).toEqual(['web@null: own web/deep/er.txt']);
    expect(await changed('lib/y.txt')).toEqual(['web@null: base lib/y.txt']);
    expect(await changed('env/prod.txt')).toEqual(['web@null: base env/prod.txt']);
    expect(await changed('env/staging.txt')).toEqual([]);
    expect((await affectedOf({ base, head: base }, world)).applications.map(({ name }) => name)).toEqual([
      'apps',
      'web',
    ]);
  });

  test('a fetched chart takes values of this repository', async () => {
    const sources = `sources:\n    - {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.x, helm: {valueFiles: [$values/web/prod.yaml]}}\n    - {repoURL: "${ownUrl}", targetRevision: main, ref: values}`;
    const base = { 'apps/web.yaml': argoApp('web', sources), 'web/prod.yaml': 'color: blue\n' };
    const head = { ...base, 'web/prod.yaml': 'color: green\n' };

    expect(linesOf(await affectedOf({ base, head }, world))).toEqual(['web@prod: values web/prod.yaml']);
    const { resources, findings } = await renderedOf(head, 'web', world);
    expect(resources.map(({ object, source }) => [pickText(object, 'data', 'color'), source])).toEqual([
      ['green', { file: 'apps/web.yaml', line: 1 }],
    ]);
    expect(findings).toMatchObject([{ rule: 'unpinned-chart', severity: 'caution', file: 'apps/web.yaml', line: 1 }]);
  });

  test('nothing is fetched where that is forbidden', async () => {
    const source = 'source: {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.0.0}';
    const before = world.asked.length;

    await expect(
      renderedOf({ 'apps/web.yaml': argoApp('web', source) }, 'web', world, {
        unfetched: 'the pull comes from a fork',
      }),
    ).rejects.toMatchObject({ code: 'source-untrusted', subject: 'apps/web.yaml:1' });
    expect(world.asked.length).toBe(before);
  });

  test('a chart that is not there is told of where it is named', async () => {
    const source = 'source: {repoURL: "https://charts.example.com", chart: none, targetRevision: 1.0.0}';

    await expect(renderedOf({ 'apps/web.yaml': argoApp('web', source) }, 'web', world)).rejects.toMatchObject({
      code: 'source-missing',
      subject: 'apps/web.yaml:1',
      message: expect.stringMatching(/^apps\/web.yaml needs the chart none 1.0.0 of https:\/\/charts.example.com: /),
    });
  });

  test('one of a tag reads the tag, and is not reached by its folder', async () => {
    const tagged = sourceOf('web').replace('HEAD', 'v1');
    const base = { 'apps/web.yaml': argoApp('web', tagged), 'web/cm.yaml': configMap('web') };
    const head = { ...base, 'web/cm.yaml': configMap('web', '{a: c}') };
    const released = { 'web/cm.yaml': configMap('web', '{a: released}') };
    const treeAt = async (revision: string) => (revision === 'v1' ? memoryTree(released) : null);

    const lines = linesOf(await affectedOf({ base, head, origin: { ...ownOrigin, treeAt } }, world));
    expect(lines.filter((line) => line.startsWith('web@'))).toEqual(['web@null: own web/cm.yaml']);
    const { applications } = await affectedOf({ base, head, origin: { ...ownOrigin, treeAt } }, world);
    expect(applications.filter(({ renderer }) => renderer === 'argocd').map(({ inputs }) => inputs)).toEqual([
      ['apps/web.yaml'],
    ]);
  });

  test('applications of applications are told with their environment, and stay when their parent breaks', async () => {
    const base = {
      'root.yaml': argoApp('root-prod', sourceOf('apps')),
      'apps/kustomization.yaml': 'resources: [web.yaml]\n',
      'apps/web.yaml': argoApp('web', sourceOf('web')),
      'web/cm.yaml': configMap('web'),
    };
    const { applications } = await affectedOf({ base, head: base }, world);

    expect(applications.map(({ name, environment }) => `${name}@${environment}`)).toEqual([
      'root@null',
      'root-prod@prod',
      'web@prod',
    ]);
    const broken = { ...base, 'apps/kustomization.yaml': 'resources: [web.yaml, none.yaml]\n' };
    const affected = await affectedOf({ base, head: broken }, world);
    expect(linesOf(affected)).toEqual(['root-prod@prod: own apps/kustomization.yaml']);
    expect(affected.incomplete).toBe('what Application root-prod deploys cannot be told');
  });

  test('where the repository does not know its address, a folder that is there is its own', async () => {
    const foreign = sourceOf('web').replace(ownUrl, 'https://elsewhere.example.com/x');
    const base = { 'apps/web.yaml': argoApp('web', foreign), 'web/cm.yaml': configMap('web') };
    const head = { ...base, 'web/cm.yaml': configMap('web', '{a: c}') };

    expect(linesOf(await affectedOf({ base, head, origin: unknownOrigin }, world))).toEqual([
      'web@null: own web/cm.yaml',
    ]);
    const known = await affectedOf({ base, head }, world);
    expect(known.pairs.map(({ head: one }) => one?.renderer)).toEqual(['plain']);
  });
});

test('a chart is rendered with the Helm that the settings name, whoever declares it', async () => {
  const chart = {
    'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
    'charts/api/templates/cm.yaml': configMap('helm', '{version: "{{ .Capabilities.HelmVersion.Version }}"}'),
  };
  const files = { ...chart, 'apps/api.yaml': argoApp('api', sourceOf('charts/api')) };
  const versions = async (helm: 'helm3' | 'helm4') => {
    const settings = { ...defaultSettings, render: { helm } };
    const { applications } = await affectedOf({ base: files, head: files, settings }, world);
    const api = applications.find(({ name }) => name === 'api');
    const inputs = renderInputs(api ?? applicationAt('none', 'plain'), gitPlace, { offlineApiVersions: [] });
    const { resources } = await renderedOf(files, 'api', world, inputs);
    return resources.map(({ object }) => pickText(object, 'data', 'version')?.split('.')[0]);
  };

  expect(await versions('helm3')).toEqual(['v3']);
  expect(await versions('helm4')).toEqual(['v4']);
});

describe('the Helm of a controller', () => {
  const argoFiles = { 'apps/web.yaml': argoApp('web', sourceOf('web')), 'web/cm.yaml': configMap('web') };
  const image = (version: string) => `name: argocd-repo-server\nimage: quay.io/argoproj/argocd:v${version}\n`;
  const helmOf = async (head: Files, helm: 'helm3' | 'helm4' | null = null) => {
    const settings = { ...defaultSettings, render: { helm } };
    const { applications } = await affectedOf({ base: {}, head, settings }, world);
    return applications.find(({ name }) => name === 'web')?.helm ?? 'helm4';
  };

  test('is that of its version in the repository, where all have the same', async () => {
    expect(await helmOf(argoFiles)).toBe('helm4');
    expect(await helmOf({ ...argoFiles, 'argocd/a.yaml': image('3.3.0') })).toBe('helm3');
    expect(await helmOf({ ...argoFiles, 'argocd/a.yaml': image('3.3.0'), 'argocd/b.yaml': image('3.4.0') })).toBe(
      'helm4',
    );
  });

  test('is that of the settings where they name one', async () => {
    expect(await helmOf({ ...argoFiles, 'argocd/a.yaml': image('3.3.0') }, 'helm4')).toBe('helm4');
    expect(await helmOf({ ...argoFiles, 'argocd/a.yaml': image('3.4.0') }, 'helm3')).toBe('helm3');
  });

  test('is that of the cluster where the repository installs none', async () => {
    const repoServer = { kind: 'known', value: 'quay.io/argoproj/argocd:v3.3.0' } as const;
    const inCluster = openDeclaredWorld(async () => ({ ...nothingKnown, repoServer }));

    const { applications } = await affectedOf(
      { base: {}, head: argoFiles, origin: { own: { ...ownOrigin.own } } },
      inCluster,
    );
    await inCluster.close();

    expect(applications.map(({ name, helm }) => `${name} ${helm}`)).toContain('web helm3');
  });

  test('is that of Flux for what Flux deploys', async () => {
    const flux = (version: string): Files => ({
      'clusters/web.yaml': kustomization('web', './web'),
      'clusters/gotk-components.yaml': `image: ghcr.io/fluxcd/helm-controller:v${version}\n`,
      'web/cm.yaml': configMap('web'),
      'argocd/a.yaml': image('3.4.0'),
    });

    expect(await helmOf(flux('1.4.5'))).toBe('helm3');
    expect(await helmOf(flux('1.5.1'))).toBe('helm4');
  });
});

describe('a project in the tree', () => {
  const project = (spec: string) =>
    `apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: default, namespace: argocd}\nspec: ${spec}\n`;
  const app = { 'apps/web.yaml': argoApp('web', sourceOf('web')), 'web/cm.yaml': configMap('web') };

  test('that does not permit a source or destination is told with the application', async () => {
    const base = {
      ...app,
      'projects/a.yaml': project('{sourceRepos: ["*"], destinations: [{server: "*", namespace: "*"}]}'),
    };
    const narrow = project(
      '{sourceRepos: ["https://other.example.com/*"], destinations: [{server: "*", namespace: other}]}',
    );
    const { findings } = await affectedOf({ base, head: { ...base, 'projects/a.yaml': narrow } }, world);

    expect((await affectedOf({ base: app, head: base }, world)).findings).toEqual([]);
    expect(findings.map(({ rule, severity, file, message }) => [rule, severity, file, message])).toEqual([
      [
        'argocd-project',
        'block',
        'apps/web.yaml',
        `Application web: the project default does not permit the source ${ownUrl}, so Argo CD syncs nothing of it.`,
      ],
      [
        'argocd-project',
        'block',
        'apps/web.yaml',
        'Application web: the project default does not permit the destination https://kubernetes.default.svc shop, so Argo CD syncs nothing of it.',
      ],
    ]);
  });

  test('that does not permit a kind is told with the object', async () => {
    const spec =
      '{sourceRepos: ["*"], destinations: [{server: "*", namespace: "*"}], namespaceResourceBlacklist: [{group: "", kind: ConfigMap}]}';
    const { findings } = await renderedOf({ ...app, 'projects/a.yaml': project(spec) }, 'web', world);

    expect(findings).toMatchObject([{ rule: 'argocd-project', severity: 'block', file: 'web/cm.yaml', line: 1 }]);
  });
});
