import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { affectedBy } from '../../../src/gitops/discover/affected.ts';
import { pick } from '../../../src/model/json.ts';
import { type Lending, lentBy } from '../../../src/model/lent.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { calm, testInputs } from '../render/support.ts';
import {
  argoApp,
  configMap,
  type DeclaredWorld,
  type Files,
  kustomization,
  linesOf,
  openDeclaredWorld,
  ownOrigin,
  ownUrl,
} from './declared-support.ts';

let world: DeclaredWorld;

beforeAll(() => {
  world = openDeclaredWorld();
});
afterAll(() => world.close());

const lentUrl = 'https://git.example.com/acme/values.git';

const chart = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;
const template = configMap('{{ .Release.Name }}', '{color: {{ .Values.color | quote }}}');

/** What is lent: values, a chart, a base, a folder, and what lists folders. */
const lent: Files = {
  'values/web.yaml': 'color: red\n',
  'charts/api/Chart.yaml': chart('api'),
  'charts/api/values.yaml': 'color: red\n',
  'charts/api/templates/cm.yaml': template,
  'bases/db/kustomization.yaml': 'resources: [cm.yaml]\n',
  'bases/db/cm.yaml': configMap('db'),
  'teams/one/cm.yaml': configMap('one'),
  'infra/cm.yaml': configMap('infra'),
};

const webSources = `sources:
    - {repoURL: "${ownUrl}", targetRevision: main, path: chart, helm: {valueFiles: ["$values/values/web.yaml"]}}
    - {repoURL: "${lentUrl}", targetRevision: main, ref: values}`;

/** What uses it: by a `ref`, as a folder, at another branch and at a tag, by a remote base, and by a set. */
const fleet: Files = {
  'chart/Chart.yaml': chart('web'),
  'chart/templates/cm.yaml': template,
  'apps/web.yaml': argoApp('web', webSources),
  'apps/api.yaml': argoApp('api', `source: {repoURL: "${lentUrl}", targetRevision: HEAD, path: charts/api}`),
  'apps/old.yaml': argoApp('old', `source: {repoURL: "${lentUrl}", targetRevision: old, path: charts/api}`),
  'apps/fixed.yaml': argoApp('fixed', `source: {repoURL: "${lentUrl}", targetRevision: v1.0.0, path: charts/api}`),
  'clusters/prod/infra.yaml': kustomization('infra', './infra').replace('name: flux-system}\n', 'name: values}\n'),
  'clusters/prod/source.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: values, namespace: flux-system}
spec: {interval: 1h, url: "ssh://git@git.example.com/acme/values", ref: {branch: main}}
`,
  'db/kustomization.yaml': `resources: ["${lentUrl}//bases/db?ref=main"]\n`,
  'sets/teams.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: teams, namespace: argocd}
spec:
  generators: [git: {repoURL: "${lentUrl}", revision: HEAD, directories: [{path: teams/*}]}]
  template:
    metadata: {name: "team-{{path.basename}}"}
    spec:
      project: default
      source: {repoURL: "${lentUrl}", targetRevision: main, path: "{{path}}"}
      destination: {server: "https://kubernetes.default.svc", namespace: shop}
`,
};

function lendingOf(head: Files): Lending {
  return {
    name: 'acme/values',
    own: { urls: [lentUrl], branch: 'main', defaultBranch: 'main' },
    ...{ base: memoryTree(lent), head: memoryTree(head), unowned: [], isEveryBranch: false },
    treeAt: async (revision) => (revision === 'v1.0.0' ? memoryTree(lent) : null),
  };
}

async function affected(changes: Files, own: Files = fleet) {
  const head = { ...lent, ...changes };
  const changedFiles = Object.keys(changes);
  const tree = memoryTree(own);
  const lending = lendingOf(head);
  const question = { base: tree, head: tree, changedFiles, settings: defaultSettings, origin: ownOrigin, lending };
  const found = await affectedBy(question, calm, world.tools.declare);
  const colour = async (name: string, side: 'base' | 'head') => {
    const application = found.applications.find((one) => one.name === name);
    if (application === undefined) throw new Error(`no ${name}`);
    const inputs = { ...testInputs, lent: lentBy(lending, side) };
    return world.tools.renderer(application.renderer).render(application, tree, inputs, calm);
  };
  return { found, colour };
}

describe('applications that use another repository are reached by its changes', () => {
  test.each<[string, Files, readonly string[]]>([
    ['values', { 'values/web.yaml': 'color: blue\n' }, ['web@null: values values/web.yaml']],
    ['a chart', { 'charts/api/values.yaml': 'color: blue\n' }, ['api@null: values charts/api/values.yaml']],
    [
      'a base of a kustomization',
      { 'bases/db/cm.yaml': configMap('db', '{a: c}') },
      ['db@null: base bases/db/cm.yaml'],
    ],
    ['a folder of Flux', { 'infra/cm.yaml': configMap('infra', '{a: c}') }, ['infra@prod: own infra/cm.yaml']],
    ['a folder', { 'teams/one/cm.yaml': configMap('one', '{a: c}') }, ['team-one@null: own teams/one/cm.yaml']],
    ['what a set lists', { 'teams/two/cm.yaml': configMap('two') }, ['team-two@null: added, own teams/two/cm.yaml']],
    ['what nobody reads', { 'values/other.yaml': 'a: b\n' }, []],
    ['a path that only the users have', { 'chart/templates/cm.yaml': 'a: b\n' }, []],
  ])('by %s', async (_title, changes, lines) => {
    const { found } = await affected(changes);

    expect(linesOf(found)).toEqual(lines);
    expect(found.findings).toEqual([]);
  });

  test('a pattern at the root stands for every file', async () => {
    const any = argoApp('web', webSources.replace('values/web.yaml', '*.yaml'));
    const { found } = await affected({ 'any.yaml': 'color: blue\n' }, { ...fleet, 'apps/web.yaml': any });

    expect(linesOf(found)).toEqual(['web@null: values any.yaml']);
  });
});

describe('each side is rendered with its own files', () => {
  test.each(['web', 'api'])('%s, told where its files are', async (name) => {
    const { colour } = await affected({
      'values/web.yaml': 'color: blue\n',
      'charts/api/values.yaml': 'color: blue\n',
    });

    const [before, after] = [await colour(name, 'base'), await colour(name, 'head')];

    const place = name === 'web' ? 'chart/templates/cm.yaml' : 'acme/values:charts/api/templates/cm.yaml';
    expect(after.resources.map(({ source }) => source?.file)).toEqual([place]);
    expect([before, after].map(({ resources: [one] }) => pick(one?.object, 'data', 'color'))).toEqual(['red', 'blue']);
    expect(after.findings).toEqual([]);
  });

  test('what Flux applies of a folder too', async () => {
    const { colour } = await affected({ 'infra/cm.yaml': configMap('infra', '{a: c}') });

    const { resources, findings } = await colour('infra', 'head');

    expect(resources.map(({ object, source }) => [pick(object, 'data', 'a'), source?.file])).toEqual([
      ['c', 'acme/values:infra/cm.yaml'],
    ]);
    expect(findings.filter(({ rule }) => rule !== 'flux-namespace-missing')).toEqual([]);
  });

  test('a base of a kustomization is fetched from nowhere', async () => {
    const { colour } = await affected({ 'bases/db/cm.yaml': configMap('db', '{a: c}') });

    const { resources, findings } = await colour('db', 'head');

    expect(resources.map(({ object }) => pick(object, 'data', 'a'))).toEqual(['c']);
    expect(findings).toEqual([]);
  });

  test('a tag is read beside it, and a branch that is not there is told', async () => {
    const { colour } = await affected({ 'charts/api/values.yaml': 'color: blue\n' });

    expect((await colour('fixed', 'head')).resources.map(({ object }) => pick(object, 'data', 'color'))).toEqual([
      'red',
    ]);
    await expect(colour('old', 'head')).rejects.toMatchObject({
      code: 'remote-reference',
      subject: 'apps/old.yaml:1',
    });
  });

  test.each(['colour: [', 'just text'])('values that are no good are told there: %s', async (text) => {
    const { colour } = await affected({ 'values/web.yaml': text });

    await expect(colour('web', 'head')).rejects.toMatchObject({
      ...{ code: 'render-failed', subject: 'acme/values:values/web.yaml:1' },
      message: expect.stringContaining('failed to parse acme/values:values/web.yaml: '),
    });
  });

  test('a fault in a file of the other repository is told there', async () => {
    const { colour } = await affected({ 'charts/api/templates/cm.yaml': '{{ fail "no" }}' });

    await expect(colour('api', 'head')).rejects.toMatchObject({
      code: 'render-failed',
      subject: 'acme/values:charts/api/templates/cm.yaml:1',
    });
  });
});
