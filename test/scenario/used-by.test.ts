import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServices } from '../../src/app.ts';
import { serviceOptions } from '../../src/cli/context.ts';
import type { RunningServer, Services } from '../../src/cli/services.ts';
import type { PretendRepository } from '../../src/pretend/github/repository.ts';
import { openSqliteReadOnly } from '../../src/world/store/sqlite/read-only.ts';
import { buildingModules, modulesBuilt } from '../support/command-line.ts';
import { chartYaml, configMap } from '../support/pull-repository.ts';
import { until } from '../support/until.ts';
import { openStage, type Stage, webhookSecret } from '../world/forge/github/setup.ts';

let stage: Stage;
let services: Services;
let server: RunningServer;
let values: PretendRepository;

const template = configMap('{{ .Release.Name }}', 'color: {{ .Values.color }}');

/** Values and a chart of another repository, at a branch. */
const application = (name: string, url: string, revision: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  sources:
    - {repoURL: "${url}", targetRevision: ${revision}, path: web, helm: {valueFiles: ["$values/web/prod.yaml"]}}
    - {repoURL: "${url}", targetRevision: ${revision}, ref: values}
`;

const staging = (name: string, url: string): string =>
  application(name, url, 'main').replace('prod.yaml', 'staging.yaml');

beforeAll(modulesBuilt, buildingModules);
beforeAll(async () => {
  stage = await openStage();
  values = await stage.github.createRepo({ owner: 'acme', name: 'values' });
  await values.commit('main', {
    ...{ 'web/Chart.yaml': chartYaml, 'web/templates/a.yaml': template, 'web/prod.yaml': 'color: red\n' },
    'web/staging.yaml': 'color: red\n',
    'own/a.yaml': configMap('own'),
  });
  values.setRole('mona', 'write');
  const { url } = await (
    await stage.forge.repo({ ...stage.port.ref, id: values.id, fullName: 'acme/values' })
  ).gitRemote();
  await stage.repo.commit('main', {
    'apps/web.yaml': application('web-prod', url, 'main'),
    'apps/old.yaml': application('old', url, 'release'),
    // Deployed from another branch, where it reads otherwise.
    'apps/staging.yaml': staging('here-staging', url),
    '.fairlead.yaml': 'version: 1\nenvironments: {staging: {branch: next}}\n',
    'apps/gone.yaml': application('gone-dev', url, 'main').replace('"$values/web/prod.yaml"', '"none.yaml"'),
  });
  await stage.repo.commit('next', {
    'apps/staging.yaml': staging('next-staging', url),
    'apps/web.yaml': application('web-prod', url, 'main'),
  });
  const broken = await stage.github.createRepo({ owner: 'acme', name: 'broken' });
  await broken.commit('main', { 'apps/sick.yaml': application('sick', url, 'main'), '.fairlead.yaml': 'version: 7\n' });
  const terminal = {
    ...{ out: () => undefined, err: () => undefined, progress: () => undefined },
    paint: (_: string, text: string) => text,
  };
  services = await createServices({ ...serviceOptions(process.env, terminal), logLevel: 'silent' });
  server = await services.serve({
    ...{ clusters: ['none'], environment: null, host: '127.0.0.1', port: 0, dataDir: `${stage.dir}/data` },
    github: {
      ...{ appId: String(stage.github.app.id), privateKey: stage.github.app.privateKey },
      ...{ webhookSecrets: [webhookSecret], baseUrl: stage.github.apiUrl },
    },
    gitlab: null,
    usedBy: new Map([
      ['Acme/Values', ['acme/gitops', 'acme/nowhere']],
      ['github:acme/values', ['acme/gitops', 'acme/broken']],
      ['acme/gitops', ['acme/values']],
    ]),
    pace: { forgeWrites: 0, pushes: 0 },
  });
  stage.github.hooks.deliverTo(`${server.url}/hooks/github`, webhookSecret);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await services.close();
  await stage.stop();
});

async function reviewed(repository: PretendRepository, branch: string, files: Readonly<Record<string, string | null>>) {
  const fork = branch.startsWith('fork');
  await repository.commit(branch, files, branch);
  const pull = await repository.openPull({ title: branch, author: fork ? 'stranger' : 'mona', head: branch, fork });
  const head = (await repository.refSha(`refs/pull/${pull}/head`)) ?? '';
  const check = await until(
    `the check of ${branch}`,
    () => repository.checkRuns(head).find(({ status }) => status === 'completed'),
    60_000,
  );
  return { pull, head, check, comment: repository.comments(pull)[0]?.body ?? '' };
}

describe('a pull of values that others use', () => {
  test('says in one comment what its own applications do and those of the others', async () => {
    const { pull, head, check, comment } = await reviewed(values, 'blue', {
      'web/prod.yaml': 'color: blue\n',
      'web/templates/a.yaml': template.replace('color:', 'colour:'),
      'own/a.yaml': configMap('own', 'key: other'),
    });

    expect(comment).toContain('`acme/gitops: web-prod`');
    expect(comment).toContain('`own`');
    expect(comment).not.toContain('acme/gitops: old');
    expect(comment).toContain('`acme/gitops: next-staging`');
    expect(comment).not.toContain('here-staging');
    expect(comment.match(/`acme\/gitops: web-prod`/g)).toHaveLength(1);
    // What fails in the other repository is told there, without a link to a file that is not here.
    expect(comment).toMatch(/none\.yaml is not there[^\n]*— `acme\/gitops:apps\/gone\.yaml:1`\n/);
    expect(comment).toMatch(/user-unread.*acme\/nowhere uses this repository.*shows no repository acme\/nowhere/);
    expect(comment).toMatch(/rendered \(3 of acme\/gitops, 0 of acme\/nowhere, 1 of acme\/broken\)/);
    expect(comment).toMatch(/config-invalid.*the settings of .*7.*— `acme\/broken:\.fairlead\.yaml`\n/);
    expect(check.title).toMatch(/Incomplete/);
    expect(values.comments(pull)).toHaveLength(1);
    const store = await openSqliteReadOnly(`${stage.dir}/data/fairlead.db`);
    const plan = await store.plans.of(refOf(values), pull, head);
    await store.close();
    expect(plan?.targets.map(({ id }) => id)).toEqual(['own']);
  }, 90_000);

  test('from a fork is rendered without fetching anything', async () => {
    const { comment } = await reviewed(values, 'fork-green', { 'web/prod.yaml': 'color: green\n' });

    expect(comment).toContain('the pull comes from a fork');
    expect(comment).toContain('green');
    expect(comment).toContain('`acme/gitops: web-prod`');
  }, 90_000);
});

test('a pull of the applications is reviewed as ever, and what it changes acts there', async () => {
  const { pull, head, comment } = await reviewed(stage.repo, 'moved', {
    'apps/web.yaml': null,
    'a/b.yaml': configMap('b'),
  });

  expect(comment).toContain('`web-prod`');
  expect(comment).not.toContain('acme/gitops:');
  const store = await openSqliteReadOnly(`${stage.dir}/data/fairlead.db`);
  const plan = await store.plans.of(refOf(stage.repo), pull, head);
  await store.close();
  expect(plan?.targets.map(({ application: name }) => name)).toContain('web-prod');
}, 90_000);

function refOf({ id, fullName, installation }: PretendRepository) {
  return { forge: 'github', id, fullName, installation };
}
