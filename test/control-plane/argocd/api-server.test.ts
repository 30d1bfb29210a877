import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { type ArgoCdApi, useArgoCdApi } from './api-server.ts';

let api: ArgoCdApi;
let repository: ServedRepository;

beforeAll(async () => {
  api = await useArgoCdApi();
  repository = await serveRepository();
}, 900_000);

afterAll(async () => {
  await repository?.close();
});

function specOf(targetRevision: string, path: string) {
  const destination = { server: 'https://kubernetes.default.svc', namespace: 'shop' };
  return { project: 'default', source: { repoURL: repository.url, targetRevision, path }, destination };
}

describe("the Argo CD of tests with an API server gives an Application's manifests", () => {
  test('at a commit, with the values of Secrets hidden', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: swordfish}\n';
    const commit = repository.commit({ 'web/login.yaml': secret });

    const manifests = await api.manifestsOf({ name: 'api-web', spec: specOf(commit, 'web') });

    const annotations = { 'argocd.argoproj.io/tracking-id': 'api-web:/Secret:shop/login' };
    const object = { kind: 'Secret', metadata: { name: 'login', annotations }, data: { password: '++++++++' } };
    expect(manifests).toEqual({ kind: 'objects', objects: [{ apiVersion: 'v1', ...object }] });
  });

  test('or says why it has none', async () => {
    const commit = repository.commit({ 'web/page.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: page}\n' });

    const manifests = await api.manifestsOf({ name: 'api-none', spec: specOf(commit, 'none') });

    expect(manifests).toEqual({ kind: 'refused', message: expect.stringContaining('none: app path does not exist') });
  });
});
