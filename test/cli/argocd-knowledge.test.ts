import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ControlPlane, useControlPlane } from '../control-plane/control-plane.ts';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { configMap, pullRepository } from '../support/pull-repository.ts';
import { readReview } from '../support/review-schema.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';

const url = 'https://git.example.com/acme/fleet.git';
const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  generators: [clusters: {selector: {matchLabels: {env: prod}}}]
  template:
    metadata: {name: "web-{{name}}"}
    spec:
      project: default
      source: {repoURL: "${url}", targetRevision: HEAD, path: web}
      destination: {name: "{{name}}", namespace: shop}
`;

let plane: ControlPlane;
let repository: TemporaryRepository;
let folder = '';
let namespace = '';

beforeAll(async () => {
  await modulesBuilt();
  plane = await useControlPlane();
  namespace = await plane.namespace('told');
  folder = await mkdtemp(join(tmpdir(), 'fairlead-told-'));
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster', env: 'prod' };
  const config = JSON.stringify({ bearerToken: 'CANARY-of-a-cluster' });
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cluster-eu-west', namespace, labels } },
    stringData: { name: 'eu-west', server: 'https://10.1.2.3:6443', config },
  };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(secret) });
  repository = pullRepository({ 'web/cm.yaml': configMap('web') }, { 'sets/web.yaml': set });
  repository.git('remote', 'add', 'origin', url);
}, buildingModules);

afterAll(async () => {
  repository?.remove();
  await rm(folder, { recursive: true, force: true });
});

/** A review with an Argo CD that the context may read. */
async function reviewBy(context: string) {
  const file = join(folder, `${context}.yaml`);
  const way = `{kubeconfig: {file: ${plane.kubeconfig}, context: ${context}}}`;
  await writeFile(
    file,
    `version: 1\nclusters: {hub: {plan: ${way}}}\nargocd: {cluster: hub, namespace: ${namespace}}\n`,
  );
  const args = ['review', 'main..change', '--config', file, '--cluster', 'none', '--format', 'json'];
  const run = await fairlead(args, { cwd: repository.path });
  expectCalm(run);
  return { run, read: readReview(run.stdout) };
}

describe('an Argo CD that the file of the server names', () => {
  test('gives the clusters of a generator, and nothing of how they are reached', async () => {
    const { run, read } = await reviewBy(plane.context);

    expect(read.targets.map(({ application }) => application)).toContain('web-eu-west');
    expect(run.stdout + run.stderr).not.toContain('CANARY');
    expect(read.findings.map(({ rule }) => rule)).not.toContain('applications-unknown');
  });

  test('that may not be read makes the verdict incomplete, with the right that is missing', async () => {
    const { read } = await reviewBy('real-viewer');

    expect(read.verdict).toBe('incomplete');
    expect(read.findings).toContainEqual(
      expect.objectContaining({
        rule: 'argocd-incomplete',
        file: 'sets/web.yaml',
        message: expect.stringMatching(/cannot be read: .*list secrets/),
      }),
    );
  });
});
