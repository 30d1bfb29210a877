import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { type Contents, configMap, pullRepository } from '../support/pull-repository.ts';
import { readReview } from '../support/review-schema.ts';
import { selfSigned } from '../support/self-signed.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';
import { tgzOf } from '../world/sources/archive/archives.ts';

const url = 'https://git.example.com/acme/fleet.git';
const identity = selfSigned();
let server: Server;
let repository: TemporaryRepository;
let folder: string;

const destination = 'destination: {server: "https://kubernetes.default.svc", namespace: shop}';

function argo(kind: 'Application' | 'ApplicationSet', name: string, spec: string): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: argocd}\nspec:\n${spec}`;
}

function flux(name: string, path: string): string {
  const source = 'sourceRef: {kind: GitRepository, name: flux-system}';
  const spec = `{interval: 1h, path: ${path}, prune: true, ${source}, targetNamespace: infra}`;
  const metadata = `{name: ${name}, namespace: flux-system}`;
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: ${metadata}\nspec: ${spec}\n`;
}

function fleet(charts: string): Contents {
  const remote = `{repoURL: "${charts}", chart: dep, targetRevision: 1.2.3, helm: {valueFiles: [$values/values/dep.yaml]}}`;
  const values = `{repoURL: "${url}", targetRevision: main, ref: values}`;
  const set =
    `  goTemplate: true\n  generators: [git: {repoURL: "${url}", revision: HEAD, directories: [{path: web/*}]}]\n` +
    '  template:\n    metadata: {name: "web-{{.path.basename}}"}\n    spec:\n      project: default\n' +
    `      source: {repoURL: "${url}", targetRevision: main, path: "{{.path.path}}"}\n      ${destination}\n`;
  return {
    'apps/dep.yaml': argo(
      'Application',
      'dep',
      `  project: default\n  ${destination}\n  sources: [${remote}, ${values}]\n`,
    ),
    'values/dep.yaml': 'color: red\n',
    'sets/web.yaml': argo('ApplicationSet', 'web', set),
    'web/prod/kustomization.yaml': 'resources: [a.yaml]\n',
    'web/prod/a.yaml': configMap('web'),
    'clusters/prod/flux-system/gotk-sync.yaml': flux('flux-system', './clusters/prod'),
    'clusters/prod/infra.yaml': flux('infra', './infra'),
    'infra/a.yaml': configMap('infra'),
  };
}

beforeAll(modulesBuilt, buildingModules);
beforeAll(async () => {
  const template = configMap('dep', 'color: {{ .Values.color }}');
  const archive = await tgzOf([
    { name: 'dep/Chart.yaml', content: 'apiVersion: v2\nname: dep\nversion: 1.2.3\n' },
    { name: 'dep/templates/map.yaml', content: template },
  ]);
  const digest = createHash('sha256').update(archive).digest('hex');
  const entry = `{apiVersion: v2, name: dep, version: 1.2.3, digest: ${digest}, urls: [dep-1.2.3.tgz]}`;
  const files: Readonly<Record<string, Buffer | string>> = {
    '/charts/index.yaml': `apiVersion: v1\nentries:\n  dep:\n  - ${entry}\n`,
    '/charts/dep-1.2.3.tgz': archive,
  };
  server = createServer({ cert: identity.cert, key: identity.key }, (request, response) => {
    const found = files[request.url ?? ''];
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'fairlead-declared-'));
  writeFileSync(join(folder, 'ca.pem'), identity.cert);
  const access = `  private: [127.0.0.1]\n  hosts: {'${host}': {caFile: ca.pem}}\n`;
  writeFileSync(join(folder, 'server.yaml'), `version: 1\nsources:\n  allow: ['${host}']\n${access}`);
  repository = pullRepository(fleet(`https://${host}/charts`), {
    'values/dep.yaml': 'color: blue\n',
    'web/prod/a.yaml': configMap('web', 'key: other'),
    'infra/a.yaml': configMap('infra', 'key: other'),
  });
  repository.git('remote', 'add', 'origin', url);
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
  repository.remove();
});

test('Applications, an ApplicationSet, a tree of Flux and a fetched chart are one review', async () => {
  const args = ['review', 'main..change', '--cluster', 'none', '--config', join(folder, 'server.yaml')];
  const run = await fairlead([...args, '--format', 'json'], { cwd: repository.path });
  expectCalm(run);
  const read = readReview(run.stdout);

  expect({ code: run.code, verdict: read.verdict, findings: read.findings }).toEqual({
    ...{ code: 0, verdict: 'ready', findings: [] },
  });
  expect(
    read.changes.map(({ target, resource, paths }) => [target, resource.name, ...paths.map(({ after }) => after)]),
  ).toEqual([
    ['dep', 'dep', 'blue'],
    ['infra@prod', 'infra', 'other'],
    ['web-prod@prod', 'web', 'other'],
  ]);
  expect(read.coverage).toMatchObject({ applications: 3, rendered: 3, unownedFiles: [] });
});
