import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { type Contents, configMap, pullRepository } from '../support/pull-repository.ts';
import { readReview } from '../support/review-schema.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';

const url = 'https://git.example.com/acme/fleet.git';

function application(name: string, source: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  ${source}
`;
}

const at = (path: string, more = '') => `source: {repoURL: "${url}", targetRevision: HEAD, path: ${path}${more}}`;
const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';

/** What is right, what each kind of object brings, and what is wrong with the others. */
const good: Contents = {
  'apps/good.yaml': application('good', at('good')),
  'good/a.yaml': configMap('good'),
};

let repositories: TemporaryRepository[] = [];

beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  for (const repository of repositories) repository.remove();
  repositories = [];
});

/** A clone, as far as its remote says. */
function repositoryOf(base: Contents, head: Contents): TemporaryRepository {
  const repository = pullRepository(base, head);
  repository.git('remote', 'add', 'origin', url);
  repositories.push(repository);
  return repository;
}

async function review(base: Contents, head: Contents) {
  const repository = repositoryOf(base, head);
  const run = await fairlead(['review', 'main..change', '--cluster', 'none', '--format', 'json'], {
    cwd: repository.path,
  });
  expectCalm(run);
  return { run, read: readReview(run.stdout) };
}

interface BadCase {
  readonly what: string;
  readonly files: Contents;
  /** `rule file:line`. */
  readonly told: string;
  readonly says: RegExp;
  /** Verdict and exit code; incomplete when left out. */
  readonly outcome?: readonly [string, number];
}

const bad: readonly BadCase[] = [
  {
    what: 'a values file that is not there',
    files: {
      'apps/bad.yaml': application('bad', at('chart', ', helm: {valueFiles: [none.yaml]}')),
      'chart/Chart.yaml': chart,
      'chart/templates/a.yaml': configMap('bad'),
    },
    told: 'render-failed apps/bad.yaml:1',
    says: /values file none\.yaml is not there/,
  },
  {
    what: 'a folder that is not there',
    files: { 'apps/bad.yaml': application('bad', at('none')) },
    told: 'argocd-invalid apps/bad.yaml:7',
    says: /none: app path does not exist/,
    outcome: ['blocked', 1],
  },
  {
    what: 'a chart of a host that is not listed',
    files: {
      'apps/bad.yaml': application(
        'bad',
        'source: {repoURL: "https://charts.example.com", chart: x, targetRevision: 1.0.0}',
      ),
    },
    told: 'source-not-allowed apps/bad.yaml:1',
    says: /^apps\/bad\.yaml needs the chart x 1\.0\.0 of https:\/\/charts\.example\.com/,
  },
  {
    what: 'a template without end',
    files: {
      'apps/bad.yaml': application('bad', at('chart')),
      'chart/Chart.yaml': chart,
      'chart/templates/a.yaml': '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
    },
    told: 'render-failed chart/templates/a.yaml:1',
    says: /nested/,
  },
  {
    what: 'a plugin',
    files: { 'apps/bad.yaml': application('bad', at('good', ', plugin: {name: mine}')) },
    told: 'refused apps/bad.yaml:1',
    says: /rendered by the plugin mine/,
  },
  {
    what: 'jsonnet',
    files: { 'apps/bad.yaml': application('bad', at('sonnet')), 'sonnet/a.jsonnet': '{}' },
    told: 'refused apps/bad.yaml:1',
    says: /sonnet\/a\.jsonnet is jsonnet/,
  },
  {
    what: 'a generator that only Argo CD can ask',
    files: {
      'apps/bad.yaml': `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: bad, namespace: argocd}\nspec:\n  generators:\n    - pullRequest: {github: {owner: acme, repo: shop}}\n  template:\n    metadata: {name: "x-{{number}}"}\n    spec: {project: default, source: {repoURL: "${url}", path: good}, destination: {name: x}}\n`,
    },
    told: 'argocd-incomplete apps/bad.yaml:6',
    says: /pullRequest generator asks the API of a forge/,
  },
  {
    what: 'applications that declare each other',
    files: {
      'apps/bad.yaml': application('one', at('one')),
      'one/a.yaml': application('two', at('two')),
      'two/a.yaml': application('one', at('one')),
    },
    told: 'argocd-cycle',
    says: /declare each other/,
    outcome: ['caution', 0],
  },
];

describe('beside an application that is bad all others are reviewed', () => {
  test.each(bad.map((one) => [one.what, one] as const))(
    '%s',
    async (_what, { files, told, says, outcome = ['incomplete', 3] }) => {
      const { run, read } = await review(good, { ...files, 'good/a.yaml': configMap('good', 'key: other') });
      const place = ({ rule, file, line }: (typeof read)['findings'][number]) => `${rule} ${file}:${line}`;
      const found = read.findings.filter((finding) => place(finding).startsWith(told) && says.test(finding.message));

      expect(found.length).toBeGreaterThan(0);
      expect(read.changes.map(({ target, resource }) => `${target} ${resource.name}`)).toContain('good good');
      expect([read.verdict, run.code]).toEqual(outcome);
    },
    60_000,
  );
});

test('an application, a set, a tree of Flux and a chart are one review', async () => {
  const flux = (name: string, path: string) =>
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec: {interval: 1h, path: ${path}, prune: true, sourceRef: {kind: GitRepository, name: flux-system}, targetNamespace: infra}\n`;
  const base: Contents = {
    ...good,
    'sets/web.yaml': `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: web, namespace: argocd}\nspec:\n  generators: [list: {elements: [{env: staging}, {env: prod}]}]\n  template:\n    metadata: {name: "web-{{env}}"}\n    spec:\n      project: default\n      source: {repoURL: "${url}", path: web, targetRevision: main, helm: {valueFiles: ["values-{{env}}.yaml"]}}\n      destination: {server: "https://kubernetes.default.svc", namespace: web}\n`,
    'web/Chart.yaml': chart,
    'web/values-staging.yaml': 'color: red\n',
    'web/values-prod.yaml': 'color: red\n',
    'web/templates/a.yaml': configMap('web', 'color: {{ .Values.color }}'),
    'clusters/prod/flux-system/gotk-sync.yaml': flux('flux-system', './clusters/prod'),
    'clusters/prod/infra.yaml': flux('infra', './infra'),
    'infra/a.yaml': configMap('infra'),
  };
  const head: Contents = {
    'good/a.yaml': configMap('good', 'key: other'),
    'web/values-prod.yaml': 'color: blue\n',
    'infra/a.yaml': configMap('infra', 'key: other'),
  };
  const { run, read } = await review(base, head);

  expect(run.code).toBe(0);
  expect(read.verdict).toBe('ready');
  expect(
    read.changes.map(({ target, resource, paths }) => [target, resource.name, ...paths.map(({ after }) => after)]),
  ).toEqual([
    ['good', 'good', 'other'],
    ['infra@prod', 'infra', 'other'],
    ['web-prod@prod', 'web', 'blue'],
  ]);
});

test('why tells the reason, and where there is none what is read', async () => {
  const repository = repositoryOf(
    { ...good, 'apps/other.yaml': application('other', at('other')), 'other/a.yaml': configMap('other') },
    { 'good/a.yaml': configMap('good', 'key: other') },
  );
  const why = (...args: readonly string[]) => fairlead(['why', ...args], { cwd: repository.path });

  expect((await why('good', 'main..change')).stdout).toBe(
    'good\n  declared by apps/good.yaml:1\n  good/a.yaml  (its own file)\n',
  );
  expect((await why('other', 'main..change')).stdout).toBe(
    'other\n  declared by apps/other.yaml:1\n  is not reached: the change touches nothing it reads\n    other/a.yaml\n    apps/other.yaml\n',
  );
  expect(JSON.parse((await why('good', 'main..change', '--format', 'json')).stdout)).toMatchObject({
    schemaVersion: 1,
    applications: [{ application: 'good', reasons: [{ file: 'good/a.yaml', relation: 'own' }] }],
  });
  const unknown = await why('goo', 'main..change');
  expect([unknown.code, unknown.stderr]).toEqual([2, 'fairlead: no application is called goo\n  Is it good?\n']);
}, 60_000);
