import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServices } from '../../src/app.ts';
import { serviceOptions } from '../../src/cli/context.ts';
import { readStory } from '../../src/cli/demo/story.ts';
import { clusters, startWorld, type World } from '../../src/cli/demo/world.ts';
import type { RunningServer } from '../../src/cli/services.ts';
import type { PretendRepository } from '../../src/pretend/github/repository.ts';
import { chartYaml } from '../support/pull-repository.ts';
import { until } from '../support/until.ts';

const secret = 'kq9-3mfw-7dux-2hva';
let world: World;
let server: RunningServer;
let values: PretendRepository;

beforeAll(async () => {
  const terminal = {
    ...{ out: () => undefined, err: () => undefined, progress: () => undefined },
    paint: (_: string, text: string) => text,
  };
  const options = { ...serviceOptions(process.env, terminal), logLevel: 'silent' };
  world = await startWorld(readStory(), { options, createServices, signal: AbortSignal.timeout(600_000) });
  const github = {
    ...{ appId: String(world.github.app.id), privateKey: world.github.app.privateKey },
    ...{ webhookSecrets: [secret], baseUrl: world.github.apiUrl },
  };
  server = await world.services.serve({
    clusters: Object.entries(clusters).map(([environment, name]) => `${environment}=${name}`),
    ...{ environment: null, host: '127.0.0.1', port: 0, dataDir: `${world.dir}/data`, github, gitlab: null },
    usedBy: new Map([['acme/values', ['acme/fleet']]]),
    pace: { forgeWrites: 0, pushes: 0 },
  });
  world.github.hooks.deliverTo(`${server.url}/hooks/github`, secret);
  values = await world.github.createRepo({ owner: 'acme', name: 'values' });
  values.setRole('mona', 'write');
  await values.commit('main', { 'web/prod.yaml': 'color: red\n' });
  const fleet = await world.github.createRepo({ owner: 'acme', name: 'fleet' });
  const url = new URL(world.github.apiUrl).origin;
  const source = (repository: string, more: string) => `    - {repoURL: "${url}/acme/${repository}.git", ${more}}\n`;
  await fleet.commit('main', {
    'apps/web.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web-prod, namespace: argocd}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: default}
  sources:
${source('fleet', 'path: chart, helm: {valueFiles: ["$values/web/prod.yaml"]}')}${source('values', 'ref: values')}`,
    'chart/Chart.yaml': chartYaml,
    'chart/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colour}\ndata: {color: {{ .Values.color }}}\n',
  });
}, 600_000);

afterAll(async () => {
  await server.stop();
  await world.close();
});

test('what values do elsewhere is asked of the cluster where it is deployed', async () => {
  await values.commit('blue', { 'web/prod.yaml': 'color: blue\n' });
  const pull = await values.openPull({ title: 'blue', author: 'mona', head: 'blue' });

  const comment = await until('the comment', () => values.comments(pull)[0]?.body, 60_000);

  expect(comment).toContain(`| \`prod\` · \`${clusters.prod}\` | \`acme/fleet: web-prod\` | 1 | 0 | 0 |`);
  expect(comment).toMatch(/1 of 1 application rendered \(1 of acme\/fleet\).* · live state read/);
}, 90_000);
