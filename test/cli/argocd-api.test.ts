import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { type Contents, configMap, pullRepository } from '../support/pull-repository.ts';
import { readReview } from '../support/review-schema.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';

const url = 'https://git.example.com/acme/fleet.git';
const token = 'CANARY-argocd-token';
const destination = { server: 'https://kubernetes.default.svc', namespace: 'shop' };
const plugin = { repoURL: url, targetRevision: 'HEAD', path: 'made', plugin: { name: 'mine' } };
const repositories: TemporaryRepository[] = [];
let argocd: Server;

beforeAll(async () => {
  await modulesBuilt();
  argocd = await startArgoCd();
}, buildingModules);
afterAll(() => {
  argocd.close();
  for (const repository of repositories) repository.remove();
});

/** An Argo CD whose plugin generator gives one application, and whose other plugin prints the commit it is given. */
async function startArgoCd(): Promise<Server> {
  const parameters = JSON.stringify({ name: 'web', generator: { input: { parameters: null } } });
  const answers: Readonly<Record<string, (commit: string) => object>> = {
    '/api/v1/applicationsets/generate': () => ({
      applications: [{ metadata: { annotations: { 'fairlead.dev/parameters': parameters } } }],
    }),
    '/api/v1/applications/made': () => ({ spec: { project: 'default', destination, source: plugin } }),
    '/api/v1/applications/made/manifests': (commit) => ({
      manifests: [
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made' }, data: { commit } }),
      ],
    }),
  };
  const server = createServer(({ url: asked = '', headers }, response) => {
    const { pathname, searchParams } = new URL(asked, 'http://loopback');
    const answer = headers.authorization === `Bearer ${token}` ? answers[pathname] : undefined;
    response.writeHead(answer === undefined ? 403 : 200);
    response.end(JSON.stringify(answer?.(searchParams.get('revision') ?? '') ?? { message: 'permission denied' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: teams, namespace: argocd}
spec:
  generators: [{plugin: {configMapRef: {name: teams}}}]
  template:
    metadata: {name: '{{name}}'}
    spec: {project: default, source: {repoURL: '${url}', path: web}, destination: {name: x, namespace: shop}}
`;
const made = JSON.stringify({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'made', namespace: 'argocd' },
  spec: { project: 'default', destination, source: plugin },
});
const project = `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec:
  sourceRepos: ['*']
  destinations: [{namespace: '*', server: '*', name: '*'}]
`;
const base: Contents = {
  'apps/project.yaml': project,
  'apps/set.yaml': set,
  'apps/made.yaml': `${made}\n`,
  'web/a.yaml': configMap('web'),
  'made/x.txt': 'one\n',
};

async function review(secret: string, more: Contents = {}) {
  const head = { ...base, 'web/a.yaml': configMap('web', 'key: other'), 'made/x.txt': 'two\n', ...more };
  const repository = pullRepository(base, head);
  repository.git('remote', 'add', 'origin', url);
  repositories.push(repository);
  const { port } = argocd.address() as AddressInfo; // It listens on a port, not on a pipe.
  const file = join(repository.path, '.git', 'server.yaml');
  writeFileSync(file, `version: 1\nargocd: {url: 'http://127.0.0.1:${port}', tokenEnv: ARGOCD_TOKEN}\n`);
  const args = ['review', 'main..change', '--cluster', 'none', '--format', 'json', '--config', file];
  const run = await fairlead(args, { cwd: repository.path, env: { ARGOCD_TOKEN: secret } });
  expectCalm(run);
  return {
    run,
    read: readReview(run.stdout),
    commits: ['main', 'change'].map((name) => repository.git('rev-parse', name).trim()),
  };
}

test('a review asks the Argo CD of the file for generators and plugins, at the commits of the range', async () => {
  const { read, commits } = await review(token);

  expect(read.changes.map(({ target, resource }) => `${target} ${resource.name}`).toSorted()).toEqual([
    'made made',
    'web web',
  ]);
  expect(JSON.stringify(read.changes)).toContain(commits[0]);
  expect(JSON.stringify(read.changes)).toContain(commits[1]);
  expect(read.findings.filter(({ rule }) => rule.startsWith('argocd'))).toEqual([]);
  expect(read.verdict).toBe('ready');
}, 60_000);

test('what it refuses makes the verdict incomplete, and no token shows', async () => {
  const { run, read } = await review('CANARY-another-token', {
    'apps/set.yaml': set.replace('path: web', 'path: ./web'),
  });

  expect(read.verdict).toBe('incomplete');
  const told = read.findings.filter(({ rule }) => rule.startsWith('argocd'));
  expect(told.map(({ rule, file }) => `${rule} ${file}`).toSorted()).toEqual([
    'argocd-forbidden apps/made.yaml',
    'argocd-incomplete apps/set.yaml',
  ]);
  expect(told.map(({ fix }) => fix)).toContainEqual(expect.stringContaining('applicationsets, create, default/teams'));
  expect(`${run.stdout}${run.stderr}`).not.toMatch(/CANARY/);
}, 60_000);
