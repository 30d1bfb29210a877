import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toYaml } from '../../../src/formats/yaml/write.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Rendered, RenderInputs } from '../../../src/model/renderer.ts';
import { openArgoCd } from '../../../src/world/argocd/open-argocd.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { type ArgoCdApi, testPlugin, useArgoCdApi } from '../../control-plane/argocd/api-server.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { calm, testInputs } from '../render/support.ts';
import { type DeclaredWorld, openDeclaredWorld } from './declared-support.ts';

let api: ArgoCdApi;
let repository: ServedRepository;
let world: DeclaredWorld;

beforeAll(async () => {
  api = await useArgoCdApi();
  repository = await serveRepository();
  world = openDeclaredWorld(
    null,
    openArgoCd({ url: api.url, token: api.token, ca: null, learn: () => undefined, proxies: noProxies }),
  );
}, 900_000);

afterAll(async () => {
  await world?.close();
  await repository?.close();
});

const page = (text: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: page}\ndata: {text: ${text}, note: NOTE}\n`;
const login = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: swordfish}\n';

function applicationOf(name: string, sources: JsonObject): JsonObject {
  const destination = { server: 'https://kubernetes.default.svc', namespace: 'shop' };
  const metadata = { name, namespace: api.namespace };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata,
    spec: { project: 'default', destination, ...sources },
  };
}

function pluginSource(note: string, more: JsonObject = {}): JsonObject {
  const plugin = { name: testPlugin, env: [{ name: 'NOTE', value: note }] };
  return { repoURL: repository.url, targetRevision: 'main', path: 'web', plugin, ...more };
}

/** Creates it in Argo CD, as it deploys it. */
async function deploy(application: JsonObject): Promise<void> {
  await api.plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(application) });
}

type Files = Readonly<Record<string, string>>;

/** Renders what a tree declares, at a commit. */
async function render(application: JsonObject, files: Files, changes: Partial<RenderInputs>): Promise<Rendered> {
  const tree = memoryTree({ ...files, 'apps/app.yaml': toYaml(application) });
  const own = { urls: [repository.url], branch: 'main', defaultBranch: 'main' };
  const { declared } = await world.tools.declare({ tree, found: [], built: new Set(), own }, calm);
  const [one] = declared;
  if (one === undefined) throw new Error('nothing is declared');
  const target = {
    name: one.application.name,
    root: '',
    renderer: 'argocd',
    environment: null,
    valuesFiles: [],
    inputs: [],
  } as const;
  return world.tools.renderer('argocd').render({ ...target, declared: one }, tree, { ...testInputs, ...changes }, calm);
}

describe('an application with a config-management plugin', () => {
  test('is rendered by Argo CD at the commit of each side', async () => {
    const application = applicationOf('plugin-one', { source: pluginSource('hello') });
    const base = { 'web/page.txt': page('one') };
    const head = { 'web/page.txt': page('two') + login };
    const commits = [repository.commit(base), repository.commit(head)];
    await deploy(application);

    const [before, after] = [
      await render(application, base, { commit: commits[0] ?? '' }),
      await render(application, head, { commit: commits[1] ?? '', treeAt: async () => null }),
    ];

    const source = { file: 'apps/app.yaml', line: 1 };
    const data = (text: string) => ({ text, note: 'hello' });
    expect(before.resources).toMatchObject([
      { id: { kind: 'ConfigMap', namespace: 'shop', name: 'page' }, object: { data: data('one') }, source },
    ]);
    expect(after.resources.map(({ object, hidden }) => ({ kind: object['kind'], hidden }))).toEqual([
      { kind: 'ConfigMap', hidden: undefined },
      { kind: 'Secret', hidden: ['/data/password'] },
    ]);
    expect(after.resources[0]?.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'page', namespace: 'shop' },
      data: data('two'),
    });
    expect(JSON.stringify(after.resources.map(({ object }) => object))).not.toMatch(/swordfish|tracking-id/);
    expect(after.findings).toMatchObject([{ rule: 'argocd-plugin', severity: 'note', file: 'apps/app.yaml' }]);
  }, 60_000);

  test('and other sources: each of this repository at the commit', async () => {
    const other = { repoURL: repository.url, targetRevision: 'main', path: 'plain' };
    const application = applicationOf('plugin-many', { sources: [other, pluginSource('many')] });
    const files = { 'web/page.txt': page('many'), 'plain/a.yaml': page('plain').replace('name: page', 'name: plain') };
    const commit = repository.commit(files);
    repository.commit({ 'plain/a.yaml': 'nothing: of that\n' });
    await deploy(application);

    const { resources } = await render(application, files, { commit });

    expect(resources.map(({ object }) => [object['metadata'], object['data']])).toEqual([
      [
        { name: 'plain', namespace: 'shop' },
        { text: 'plain', note: 'NOTE' },
      ],
      [
        { name: 'page', namespace: 'shop' },
        { text: 'many', note: 'many' },
      ],
    ]);
  }, 60_000);

  test('whose declaration is another than the live one is refused', async () => {
    const application = applicationOf('plugin-other', { source: pluginSource('live') });
    const files = { 'web/page.txt': page('x') };
    const commit = repository.commit(files);
    await deploy(application);
    const changed = applicationOf('plugin-other', { source: pluginSource('changed', { targetRevision: 'HEAD' }) });

    await expect(render(changed, files, { commit })).rejects.toMatchObject({
      ...{ code: 'refused', subject: 'apps/app.yaml:1' },
      message: expect.stringContaining('whose spec.source is another'),
    });
  }, 60_000);

  test('that Argo CD does not have, or cannot render, is told in its words', async () => {
    const files = { 'web/page.txt': page('x') };
    const commit = repository.commit(files);
    const missing = applicationOf('plugin-missing', { source: pluginSource('x') });
    const broken = applicationOf('plugin-broken', { source: pluginSource('x', { plugin: { name: 'nobody' } }) });
    await deploy(broken);

    await expect(render(missing, files, { commit })).rejects.toMatchObject({
      ...{ subject: 'apps/app.yaml:1', code: 'argocd-not-found' },
      message: expect.stringContaining('plugin-missing'),
    });
    await expect(render(broken, files, { commit })).rejects.toMatchObject({
      ...{ subject: 'apps/app.yaml:1', code: 'argocd-refused' },
      message: expect.stringContaining('nobody'),
    });
  }, 60_000);
});
