import { afterEach, describe, expect, test } from '@jest/globals';
import type { ArgoCdApi, ManifestsQuestion } from '../../../src/model/argocd-api.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import {
  affectedOf,
  argoApp,
  type DeclaredWorld,
  openDeclaredWorld,
  ownUrl,
  renderedOf,
  sourceOf,
} from './declared-support.ts';

const opened: DeclaredWorld[] = [];
afterEach(async () => {
  for (const world of opened.splice(0)) await world.close();
});

const files = { 'apps/web.yaml': argoApp('web', sourceOf('web', ', plugin: {name: mine}')), 'web/a.txt': 'x' };
const liveSpec = {
  project: 'default',
  destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
  source: { repoURL: ownUrl, targetRevision: 'v1', path: 'web', plugin: { name: 'mine' }, chart: '' },
};

/** An Argo CD that has `web`, and what it was asked. */
function worldWith(live: JsonObject, ...manifests: readonly JsonObject[]) {
  const asked: ManifestsQuestion[] = [];
  const never = () => Promise.reject(new Error('not asked for'));
  const api: ArgoCdApi = {
    ...{ generate: never, version: never, may: never },
    application: async () => live,
    manifests: async (question) => {
      asked.push(question);
      return manifests;
    },
  };
  const world = openDeclaredWorld(null, api);
  opened.push(world);
  return { world, asked };
}

function object(kind: string, metadata: JsonObject, more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'a', ...metadata }, ...more };
}

const tracking = { 'argocd.argoproj.io/tracking-id': 'web:/x', 'argocd.argoproj.io/installation-id': 'i' };
const label = { 'app.kubernetes.io/instance': 'web' };

describe('what Argo CD renders with a plugin', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['its annotations go', { annotations: tracking }, {}],
    ['others stay', { annotations: { ...tracking, own: 'x' } }, { annotations: { own: 'x' } }],
    ['its label goes where it is all there is', { labels: { ...label, own: 'x' } }, { labels: { own: 'x' } }],
    ['beside its annotation the label is the own one', { annotations: tracking, labels: label }, { labels: label }],
    [
      'a label of another value stays',
      { labels: { ...label, 'app.kubernetes.io/instance': 'x' } },
      { labels: { 'app.kubernetes.io/instance': 'x' } },
    ],
  ])('without its tracking: %s', async (_title, metadata, kept) => {
    const { world } = worldWith({ spec: liveSpec }, object('ConfigMap', metadata));

    const { resources } = await renderedOf(files, 'web', world, { commit: 'cafe' });

    expect(resources.map((one) => one.object['metadata'])).toEqual([{ name: 'a', ...kept, namespace: 'shop' }]);
  });

  test('masked values of Secrets are hidden, other stars are not', async () => {
    const data = { 'a/b': '++++++++', plain: 'eA==' };
    const secret = object('Secret', { annotations: { key: '++++' } }, { data });
    const { world } = worldWith({ spec: liveSpec }, secret, object('ConfigMap', {}, { data }));

    const { resources } = await renderedOf(files, 'web', world, { commit: 'cafe' });

    expect(resources.map(({ hidden }) => hidden)).toEqual([['/data/a~1b', '/metadata/annotations/key'], undefined]);
  });

  test('nothing at all is an answer too', async () => {
    const { world, asked } = worldWith({ spec: liveSpec });

    expect((await renderedOf(files, 'web', world, { commit: 'cafe' })).resources).toEqual([]);
    expect(asked).toEqual([
      { name: 'web', namespace: 'argocd', project: 'default', revisions: ['cafe'], positions: null },
    ]);
  });

  test.each([
    ['the files of the merge', memoryTree(files), []],
    ['other files', memoryTree({ ...files, 'web/a.txt': 'y' }), ['argocd-plugin']],
    ['files that nobody can tell', null, ['argocd-plugin']],
  ])('is told to be of the head alone, unless it has all of the merge: %s', async (_title, tree, rules) => {
    const { world } = worldWith({ spec: liveSpec });

    const { findings } = await renderedOf(files, 'web', world, { commit: 'cafe', treeAt: async () => tree });

    expect(findings.map(({ rule }) => rule)).toEqual(rules);
  });
});

describe('an application with a plugin is refused', () => {
  const at = { code: 'refused', subject: 'apps/web.yaml:1' };

  test('where no Argo CD is named', async () => {
    const world = openDeclaredWorld();
    opened.push(world);

    await expect(renderedOf(files, 'web', world, { commit: 'cafe' })).rejects.toMatchObject({
      ...at,
      message: expect.stringMatching(/plugin mine, .* its API is not named here\.$/),
    });
  });

  test('where nobody trusted the head, or nobody can get it', async () => {
    const { world, asked } = worldWith({ spec: liveSpec });

    await expect(
      renderedOf(files, 'web', world, { commit: 'cafe', unfetched: 'the pull comes from a fork' }),
    ).rejects.toMatchObject({ ...at, message: expect.stringMatching(/not asked, as the pull comes from a fork\.$/) });
    await expect(renderedOf(files, 'web', world)).rejects.toMatchObject({
      ...at,
      message: expect.stringMatching(/there is no commit that it could get\.$/),
    });
    expect(asked).toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ['spec.project', { spec: { ...liveSpec, project: 'other' } }],
    ['spec.source', { spec: { ...liveSpec, source: { ...liveSpec.source, plugin: { name: 'other' } } } }],
    ['spec.source', { spec: { ...liveSpec, source: null, sources: [liveSpec.source] } }],
    ['spec.destination', { spec: { ...liveSpec, destination: { name: 'elsewhere', namespace: 'shop' } } }],
    [
      'metadata.annotations["argocd.argoproj.io/manifest-generate-paths"]',
      { metadata: { annotations: { 'argocd.argoproj.io/manifest-generate-paths': '.' } }, spec: liveSpec },
    ],
  ])('where Argo CD has another one: %s', async (field, live) => {
    const { world, asked } = worldWith(live);

    await expect(renderedOf(files, 'web', world, { commit: 'cafe' })).rejects.toMatchObject({
      ...at,
      message: expect.stringContaining(`whose ${field} is another`),
    });
    expect(asked).toEqual([]);
  });
});

test('a chart is rendered with the Helm that Argo CD says it has, unless the settings or the tree say another', async () => {
  const chart = { 'apps/web.yaml': argoApp('web', sourceOf('web')), 'web/Chart.yaml': 'name: web\nversion: 1.0.0\n' };
  const never = () => Promise.reject(new Error('not asked for'));
  const version = async () => ({ argocd: 'v3.3.0', helm: 'v3.19.0+g1', kustomize: '' });
  const world = openDeclaredWorld(null, { generate: never, application: never, manifests: never, may: never, version });
  opened.push(world);
  const helmOf = async (head: Readonly<Record<string, string>>, helm: 'helm4' | null = null) => {
    const settings = { ...defaultSettings, render: { helm } };
    const { applications } = await affectedOf({ base: {}, head, settings }, world);
    return applications.find(({ name }) => name === 'web')?.helm ?? 'helm4';
  };
  const installed = { 'argocd/a.yaml': 'name: argocd-repo-server\nimage: quay.io/argoproj/argocd:v3.5.7\n' };

  expect(await helmOf(chart)).toBe('helm3');
  expect(await helmOf({ ...chart, ...installed })).toBe('helm4');
  expect(await helmOf(chart, 'helm4')).toBe('helm4');
});
