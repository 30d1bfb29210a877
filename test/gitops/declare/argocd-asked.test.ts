import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isThisRepository } from '../../../src/formats/repository-url.ts';
import { argoCdItself } from '../../../src/gitops/declare/argocd-itself.ts';
import { type GeneratedApplications, generateApplications } from '../../../src/gitops/declare/argocd-set.ts';
import type { ArgoWorld } from '../../../src/gitops/declare/argocd-world.ts';
import type { Json } from '../../../src/model/json.ts';
import { openArgoCd } from '../../../src/world/argocd/open-argocd.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { type ArgoCdApi, useArgoCdApi } from '../../control-plane/argocd/api-server.ts';
import { type SetController, useSetController } from '../../control-plane/argocd/set-controller.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { type AskedCase, askedCases } from './argocd-asked-cases.ts';
import { controllerClusters, controllerFiles } from './argocd-controller-cases.ts';
import { clusterSecrets, generateThere, sorted } from './argocd-controller-support.ts';
import { type Outside, pluginToken, serveOutside } from './argocd-outside.ts';
import { objectsOf, signal, testGoTemplates, testWorld } from './argocd-support.ts';

let api: ArgoCdApi;
let controller: SetController;
let outside: Outside;
let repository: ServedRepository;
const goTemplates = testGoTemplates();

beforeAll(async () => {
  outside = await serveOutside();
  repository = await serveRepository();
  repository.commit(controllerFiles);
  controller = await useSetController();
  api = await useArgoCdApi();
  // The one of the API server has a cluster of the same name in another suite.
  const clusters = [
    clusterSecrets(controller.namespace),
    clusterSecrets(api.namespace, ['cluster-dev', 'cluster-prod']),
  ];
  for (const [index, { plane, namespace }] of [controller, api].entries()) {
    const items = [...(clusters[index] ?? []), ...pluginObjects(namespace, outside.url)];
    await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  }
}, 900_000);

afterAll(async () => {
  await goTemplates.close();
  await outside?.close();
  await repository?.close();
});

/** A plugin as Argo CD knows it, and an object that decides for a cluster: any with a list in its status will do. */
function pluginObjects(namespace: string, baseUrl: string): readonly object[] {
  const own = { namespace, labels: { 'app.kubernetes.io/part-of': 'argocd' } };
  const decision = { message: 'go on', type: 'prod' };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...own, name: 'plugin' },
      data: { baseUrl, token: '$plugin-login:token' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...own, name: 'plugin-login' },
      stringData: { token: pluginToken },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...own, name: 'decisions' },
      data: { apiVersion: 'argoproj.io/v1alpha1', kind: 'applications', statusListKey: 'conditions', matchKey: 'type' },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'decision', namespace },
      spec: { project: 'default', destination: {} },
      status: { conditions: [decision, { ...decision, type: 'nowhere' }] },
    },
  ];
}

describe('what is generated with what Argo CD was asked equals what its own controller generates', () => {
  test.each(askedCases.map((one, index) => [one.name, one, `k${String(index).padStart(2, '0')}`] as const))(
    '%s',
    async (_name, { spec }, id) => {
      const ours = await generateHere(setOf(id, spec, api.namespace));
      const theirs = await generateThere(controller, id, setOf(id, spec, controller.namespace));

      expect(ours.findings).toEqual([]);
      expect(sortedOf(ours)).toEqual(theirs);
      expect(theirs).not.toEqual([]);
    },
    60_000,
  );
});

describe('where Argo CD gives nothing', () => {
  test('its words say why, and nothing of the set is told', async () => {
    const spec =
      'generators: [{plugin: {configMapRef: {name: nowhere}}}]\ntemplate: {metadata: {name: x}, spec: {project: default}}\n';

    const found = await generateHere(setOf('words', spec, api.namespace));

    expect(found.documents).toBeNull();
    expect(found.findings).toMatchObject([
      {
        rule: 'argocd-incomplete',
        message: expect.stringMatching(/configmaps? "nowhere" not found|ConfigMap "nowhere" not found/i),
      },
    ]);
  });

  test('a right that is missing is named', async () => {
    const spec =
      'generators: [{plugin: {configMapRef: {name: plugin}}}]\ntemplate: {metadata: {name: x}, spec: {project: other}}\n';

    const found = await generateHere(setOf('rights', spec, api.namespace));

    expect(found.findings).toMatchObject([
      {
        message: expect.stringContaining('permission denied'),
        fix: expect.stringContaining('applicationsets, create, other/rights'),
      },
    ]);
  });
});

test('what is asked makes nothing in the cluster', async () => {
  const spec = askedCases.find(({ name }) => name.startsWith('a plugin'))?.spec ?? '';

  const found = await generateHere(setOf('nothing', spec, api.namespace));

  expect(found.documents?.length).toBeGreaterThan(0);
  const names = await api.plane.kubectl(['get', 'applications,applicationsets', '-n', api.namespace, '-o', 'name']);
  expect(names).not.toMatch(/nothing/);
  expect(outside.asked).toContain('nothing {"team":"a"}');
});

function setOf(id: string, spec: AskedCase['spec'], namespace: string): string {
  const lines = spec
    .replaceAll('REPO', repository.url)
    .replaceAll('OUTSIDE', outside.url)
    .replaceAll('ID', id)
    .replaceAll(/^(?=.)/gm, '  ');
  return `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: ${id}, namespace: ${namespace}}
spec:
${lines}`;
}

async function generateHere(text: string): Promise<GeneratedApplications> {
  const tree = memoryTree(controllerFiles);
  const treeOf: ArgoWorld['treeOf'] = async ({ url }) => (isThisRepository(url, [repository.url]) ? tree : null);
  const itself = argoCdItself(
    openArgoCd({ url: api.url, token: api.token, ca: null, learn: () => undefined, proxies: noProxies }),
    undefined,
  );
  const known = { clusters: controllerClusters, controllerNamespace: api.namespace };
  const world = { ...testWorld({}, { ...known, goTemplates, itself }), treeOf, fetchTree: treeOf };
  const [set] = objectsOf(text);
  if (set?.source === undefined || set.source === null) throw new Error('no set');
  return generateApplications({ ...set, source: set.source }, world, signal);
}

function sortedOf({ documents }: GeneratedApplications): Json {
  return sorted((documents ?? []).map(({ object }) => object));
}
