import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { type Contents, chartYaml, configMap, pullRepository } from '../support/pull-repository.ts';
import { readReview } from '../support/review-schema.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';

const valuesUrl = 'https://git.example.com/acme/values.git';
const fleetUrl = 'git@git.example.com:acme/gitops.git';

const opened: TemporaryRepository[] = [];
const empty = mkdtempSync(join(tmpdir(), 'fairlead-used-by-'));

beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  for (const repository of opened) repository.remove();
  rmSync(empty, { recursive: true });
});

function repositoryOf(url: string | null, base: Contents, head: Contents = {}): TemporaryRepository {
  const repository = pullRepository(base, { 'CHANGED.md': 'x', ...head });
  if (url !== null) repository.git('remote', 'add', 'origin', url);
  opened.push(repository);
  return repository;
}

const application = (name: string, sources: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  sources:
${sources}`;

const source = (more: string, revision = 'main'): string =>
  `    - {repoURL: "${valuesUrl}", targetRevision: ${revision}, ${more}}\n`;

const template = configMap('{{ .Release.Name }}', 'color: {{ .Values.color }}');

/** What others take from, and an application of its own. */
const values: Contents = {
  'web/prod.yaml': 'color: red\n',
  'charts/api/Chart.yaml': chartYaml,
  'charts/api/values.yaml': 'color: red\n',
  'charts/api/templates/a.yaml': template,
  'own/a.yaml': configMap('own'),
};

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: released, namespace: flux-system}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/api, sourceRef: {kind: GitRepository, name: values}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: values, namespace: flux-system}
spec: {interval: 1h, url: "${valuesUrl}", ref: {branch: main}}
`;

/** What takes from it: values beside a chart of its own, a chart with Argo CD and with Flux; and what follows something else. */
const fleet: Contents = {
  'apps/web.yaml': application(
    'web-prod',
    `    - {repoURL: "${fleetUrl}", targetRevision: HEAD, path: web, helm: {valueFiles: ["$values/web/prod.yaml"]}}\n${source('ref: values')}`,
  ),
  'web/Chart.yaml': chartYaml,
  'web/templates/a.yaml': template,
  'apps/api.yaml': application('api', source('path: charts/api', 'HEAD')),
  'apps/old.yaml': application('old', source('path: charts/api', 'release')),
  'apps/fixed.yaml': application('fixed', source('path: charts/api', 'v1.0.0')),
  'clusters/prod/release.yaml': release,
};

const change: Contents = {
  'web/prod.yaml': 'color: blue\n',
  'charts/api/values.yaml': 'color: blue\n',
  'own/a.yaml': configMap('own', 'key: other'),
};

async function review(used: TemporaryRepository, users: readonly string[], ...more: readonly string[]) {
  const named = users.flatMap((path) => ['--used-by', path]);
  const args = ['review', 'main..change', '--cluster', 'none', '--format', 'json', ...named, ...more];
  const run = await fairlead(args, { cwd: used.path });
  expectCalm(run);
  return run;
}

describe('a change of values and charts', () => {
  test('reviews the applications that use them elsewhere, beside its own', async () => {
    const used = repositoryOf(valuesUrl, values, change);

    const run = await review(used, [repositoryOf(fleetUrl, fleet).path]);
    const read = readReview(run.stdout);

    expect([read.verdict, run.code]).toEqual(['ready', 0]);
    expect(
      read.changes.map(({ target, resource, paths }) => [target, resource.name, ...paths.map(({ after }) => after)]),
    ).toEqual([
      ['own', 'own', 'other'],
      ['acme/gitops: api', 'api', 'blue'],
      ['acme/gitops: released@prod', 'released', 'blue'],
      ['acme/gitops: web-prod@prod', 'web-prod', 'blue'],
    ]);
    expect(read.coverage).toEqual({
      ...{ applications: 4, rendered: 4, unownedFiles: [] },
      usedBy: [{ repository: 'acme/gitops', applications: 3 }],
    });
  });

  test('of which nobody knows who uses it says what is nobody’s', async () => {
    const read = readReview((await review(repositoryOf(valuesUrl, values, change), [])).stdout);

    expect(read.coverage).toEqual({ applications: 2, rendered: 2, unownedFiles: ['web/prod.yaml'] });
  });

  test('in an environment that only the other has is asked for by its name', async () => {
    const used = repositoryOf(valuesUrl, values, change);

    const read = readReview((await review(used, [repositoryOf(fleetUrl, fleet).path], '--env', 'prod')).stdout);

    expect(read.targets.map(({ id }) => id)).toEqual(['acme/gitops: released@prod', 'acme/gitops: web-prod@prod']);
  });

  test('that the other cannot be rendered with is told where it is', async () => {
    const broken = { 'charts/api/templates/a.yaml': '{{ fail "no colour" }}\n', 'web/prod.yaml': null };
    const used = repositoryOf(valuesUrl, values, broken);

    const run = await review(used, [repositoryOf(fleetUrl, fleet).path]);
    const read = readReview(run.stdout);

    expect([read.verdict, run.code]).toEqual(['incomplete', 3]);
    const failed = read.findings.filter(({ rule }) => rule === 'render-failed');
    expect(failed.map(({ repository, file, line, message }) => [repository, `${file}:${line}`, message])).toEqual(
      expect.arrayContaining([
        [undefined, 'charts/api/templates/a.yaml:1', expect.stringContaining('no colour')],
        ['acme/gitops', 'apps/web.yaml:1', expect.stringContaining('$values/web/prod.yaml is not there')],
      ]),
    );
  });

  test('reads both ways where each uses the other', async () => {
    const back = application('back', `    - {repoURL: "${fleetUrl}", targetRevision: HEAD, path: web}\n`);
    const used = repositoryOf(valuesUrl, { ...values, 'apps/back.yaml': back }, { 'web/prod.yaml': 'color: blue\n' });

    const read = readReview((await review(used, [repositoryOf(fleetUrl, fleet).path])).stdout);

    expect(read.changes.map(({ target }) => target)).toEqual(['acme/gitops: web-prod@prod']);
    expect(read.verdict).toBe('ready');
  });
});

describe('a user that cannot be told', () => {
  test('leaves the review incomplete, with what is its own', async () => {
    const used = repositoryOf(valuesUrl, values, change);
    const user = repositoryOf(fleetUrl, { ...fleet, '.fairlead.yaml': 'version: 7\n' });

    const run = await review(used, [user.path]);
    const read = readReview(run.stdout);

    expect([read.verdict, run.code]).toEqual(['incomplete', 3]);
    expect(read.changes.map(({ target }) => target)).toContain('own');
    expect(read.findings.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      expect.stringMatching(/^user-unread acme\/gitops uses this repository.*cannot be told: .*version/),
    ]);
  });

  test.each<[string, () => readonly string[], RegExp]>([
    ['a folder that is not there', () => [join(empty, 'none')], /none/],
    ['a folder without a repository', () => [empty], /repository/],
    ['itself', () => [repositoryOf(`${valuesUrl}/`, values).path], /is the repository under review itself/],
    [
      'the same twice',
      () => {
        const { path } = repositoryOf(fleetUrl, fleet);
        return [path, path];
      },
      /acme\/gitops is named twice/,
    ],
  ])('is refused: %s', async (_title, users, why) => {
    const run = await review(repositoryOf(valuesUrl, values, change), users());

    expect(run.stderr).toMatch(why);
    expect([run.code, run.stdout]).toEqual([2, '']);
  });

  test('is refused where nothing tells what the repository is called', async () => {
    const run = await review(repositoryOf(null, values, change), [repositoryOf(fleetUrl, fleet).path]);

    expect(run.stderr).toMatch(/under review has no remote/);
    expect(run.code).toBe(2);
  });
});

test('why tells what the application of another repository takes', async () => {
  const used = repositoryOf(valuesUrl, values, change);
  const user = repositoryOf(fleetUrl, fleet);
  const why = (app: string) => fairlead(['why', app, 'main..change', '--used-by', user.path], { cwd: used.path });

  expect((await why('web-prod')).stdout).toBe(
    'acme/gitops: web-prod · prod\n  declared by acme/gitops:apps/web.yaml:1\n  web/prod.yaml  (values it is rendered with)\n',
  );
  expect((await why('old')).stdout).toBe(
    'acme/gitops: old\n  declared by acme/gitops:apps/old.yaml:1\n  is not reached: it follows release, and the change goes to another branch\n    acme/gitops:apps/old.yaml\n',
  );
}, 60_000);
