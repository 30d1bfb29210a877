import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ArgoCdKnowledge, type KnownCluster, nothingKnown } from '../../../src/model/argocd-knowledge.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { cluster } from './argocd-support.ts';
import {
  affectedOf as affectedIn,
  configMap,
  type DeclaredWorld,
  type Files,
  linesOf,
  openDeclaredWorld,
  ownUrl,
  type Sides,
} from './declared-support.ts';

let knowledge: ArgoCdKnowledge;
const world: DeclaredWorld = openDeclaredWorld(async () => knowledge);
const alone: DeclaredWorld = openDeclaredWorld();

beforeEach(() => {
  knowledge = knowing([]);
});
afterAll(() => Promise.all([world.close(), alone.close()]));

function knowing(clusters: readonly KnownCluster[]): ArgoCdKnowledge {
  return { ...nothingKnown, clusters: { kind: 'known', value: clusters } };
}

const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  generators: [clusters: {selector: {matchLabels: {env: prod}}}]
  template:
    metadata: {name: "web-{{name}}"}
    spec:
      project: default
      source: {repoURL: "${ownUrl}", targetRevision: main, path: web}
      destination: {name: "{{name}}", namespace: shop}
`;
const files: Files = { 'sets/web.yaml': set, 'web/cm.yaml': configMap('web') };
const label = 'argocd.argoproj.io/secret-type: cluster';

function secret(name: string, labels: string, data = `{name: ${name}, server: "https://${name}.example"}`): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: cluster-${name}, namespace: argocd, labels: {${label}, ${labels}}}\nstringData: ${data}\n`;
}

function sealed(name: string, labels: string): string {
  return `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: cluster-${name}, namespace: argocd}\nspec:\n  encryptedData: {name: Ag, server: Ag, config: Ag}\n  template: {metadata: {labels: {${label}, ${labels}}}}\n`;
}

/** Every review has an origin of its own, as each job makes one. */
function affectedOf(sides: Sides, among: DeclaredWorld): ReturnType<typeof affectedIn> {
  return affectedIn({ ...sides, origin: { own: { urls: [ownUrl], branch: 'main', defaultBranch: 'main' } } }, among);
}

const webOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith('web-'));

describe('the clusters generator', () => {
  test('makes an application for every cluster that Argo CD has', async () => {
    knowledge = knowing([cluster('eu', { env: 'prod' }), cluster('us', { env: 'prod' }), cluster('dev')]);

    const affected = await affectedOf({ base: {}, head: files }, world);

    expect(webOf(linesOf(affected))).toEqual([
      'web-eu@null: added, own web/cm.yaml',
      'web-us@null: added, own web/cm.yaml',
    ]);
    expect(affected.incomplete).toBeNull();
  });

  test('makes them for the clusters of the settings where Argo CD may not be read, and not where it may', async () => {
    const settings = { ...defaultSettings, argocd: { clusters: [cluster('told', { env: 'prod' })] } };

    expect(webOf(linesOf(await affectedOf({ base: {}, head: files, settings }, alone)))).toEqual([
      'web-told@null: added, own web/cm.yaml',
    ]);
    expect(webOf(linesOf(await affectedOf({ base: {}, head: files, settings }, world)))).toEqual([]);
  });

  test('says which right is missing, and the verdict is incomplete', async () => {
    const why = 'cluster Secrets cannot be read: hub may not list secrets';
    knowledge = { ...nothingKnown, clusters: { kind: 'unknown', why, remedy: 'Grant list on secrets.' } };
    const other = { 'apps/a/kustomization.yaml': 'resources: [cm.yaml]\n', 'apps/a/cm.yaml': configMap('a') };

    const affected = await affectedOf({ base: {}, head: { ...files, ...other } }, world);

    expect(affected.incomplete).toBe('what ApplicationSet web deploys cannot be told');
    expect(affected.findings).toMatchObject([
      {
        rule: 'argocd-incomplete',
        file: 'sets/web.yaml',
        message: expect.stringContaining(why),
        fix: 'Grant list on secrets.',
      },
    ]);
    expect(linesOf(affected)).toContain('apps/a@null: added, own apps/a/kustomization.yaml, own apps/a/cm.yaml');
  });
});

describe('a cluster Secret in the repository', () => {
  test('shows which applications come and go where a pull labels a cluster', async () => {
    knowledge = knowing([cluster('eu', { env: 'prod' }), cluster('us', { env: 'dev' })]);
    const isProd = { ...files, 'clusters/us.yaml': secret('us', 'env: prod') };
    const isDev = { ...files, 'clusters/us.yaml': secret('us', 'env: dev') };

    expect(webOf(linesOf(await affectedOf({ base: isDev, head: isProd }, world)))).toEqual(['web-us@null: added']);
    expect(webOf(linesOf(await affectedOf({ base: isProd, head: isDev }, world)))).toEqual(['web-us@null: removed']);
  });

  test('that a pull removes takes its cluster from Argo CD, which still has it', async () => {
    knowledge = knowing([cluster('eu', { env: 'prod' }), cluster('us', { env: 'prod' })]);
    const base = { ...files, 'clusters/us.yaml': secret('us', 'env: prod') };

    expect(webOf(linesOf(await affectedOf({ base, head: files }, world)))).toEqual(['web-us@null: removed']);
    expect(webOf(linesOf(await affectedOf({ base: files, head: files }, world)))).toEqual([]);
  });

  test('counts as a kustomization builds it', async () => {
    const base = {
      ...files,
      'clusters/kustomization.yaml': 'resources: [eu.yaml]\n',
      'clusters/eu.yaml': secret('eu', 'env: dev'),
    };
    const head = {
      ...base,
      'clusters/kustomization.yaml': 'resources: [eu.yaml]\nlabels: [{pairs: {env: prod}}]\n',
    };

    expect(webOf(linesOf(await affectedOf({ base, head }, world)))).toEqual(['web-eu@null: added']);
  });

  test('that is sealed is known by its name, and a new one makes it impossible to tell', async () => {
    knowledge = knowing([cluster('eu', { env: 'dev' })]);
    const base = { ...files, 'clusters/eu.yaml': sealed('eu', 'env: dev') };
    const head = { ...base, 'clusters/eu.yaml': sealed('eu', 'env: prod') };

    expect(webOf(linesOf(await affectedOf({ base, head }, world)))).toEqual(['web-eu@null: added']);
    const more = await affectedOf({ base, head: { ...head, 'clusters/us.yaml': sealed('us', 'env: prod') } }, world);
    expect(more.incomplete).toBe('what ApplicationSet web deploys cannot be told');
    expect(more.findings.map(({ message }) => message).join()).toMatch(/cluster-us adds are encrypted/);
  });

  test('of another namespace is not of this Argo CD', async () => {
    const stray = secret('eu', 'env: prod').replace('namespace: argocd', 'namespace: other');

    expect(webOf(linesOf(await affectedOf({ base: files, head: { ...files, 'x/eu.yaml': stray } }, world)))).toEqual(
      [],
    );
  });
});

test('both sides of a change are read with the same knowledge', async () => {
  let asked = 0;
  const changing = openDeclaredWorld(async () => {
    asked += 1;
    return knowing(asked === 1 ? [cluster('eu', { env: 'prod' })] : []);
  });

  const affected = await affectedOf({ base: files, head: files }, changing);
  await changing.close();

  expect(affected.pairs).toEqual([]);
  expect(affected.applications.map(({ name }) => name)).toContain('web-eu');
});
