import { describe, expect, test } from '@jest/globals';
import type { KnownProject } from '../../../src/model/argocd-knowledge.ts';
import { BorderError } from '../../../src/model/error.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { SecretStore } from '../../../src/model/secret-store.ts';
import { createKnowledge } from '../../../src/world/argocd/knowledge.ts';
import { heldSecrets } from '../sources/credentials/secrets.ts';

const home = { cluster: 'hub', namespace: 'argocd' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const clusterSecret: JsonObject = {
  metadata: { name: 'c', labels: { 'argocd.argoproj.io/secret-type': 'cluster', env: 'prod' } },
  data: { name: base64('prod-eu'), server: base64('https://10.0.0.1'), config: base64('{"bearerToken":"CANARY"}') },
};

/** An Argo CD with one cluster and one project, and what was asked of it. */
function argo(changes: Partial<SecretStore> = {}) {
  const asked: string[] = [];
  const told = (cluster: string | null, namespace: string, what: string) =>
    void asked.push(`${cluster}/${namespace} ${what}`);
  const store: SecretStore = {
    ...heldSecrets({}).store,
    secrets: async ({ cluster, namespace, labelSelector }) => {
      told(cluster, namespace, labelSelector);
      return [clusterSecret];
    },
    object: async ({ cluster, namespace, name }) => {
      told(cluster, namespace, name);
      return objects[name] ?? null;
    },
    objects: async ({ cluster, namespace, kind }) => {
      told(cluster, namespace, kind);
      return [
        { metadata: { name: 'shop', labels: { tier: 'a' } }, spec: { sourceRepos: ['*'] } },
        { metadata: { name: 'bare' } },
      ];
    },
    ...changes,
  };
  const time = { now: 0 };
  return { time, asked, knowledge: createKnowledge({ home, store, now: () => new Date(time.now) }) };
}

const container = { name: 'argocd-repo-server', image: 'quay.io/argoproj/argocd:v3.3.1' };
const objects: Readonly<Record<string, JsonObject>> = {
  'argocd-cm': { data: { 'kustomize.buildOptions': '--enable-helm' } },
  'argocd-repo-server': { spec: { template: { spec: { containers: [{ name: 'other' }, container] } } } },
};

function refused(what: string): () => Promise<never> {
  return async () => {
    throw new BorderError({
      ...{ code: 'cluster-forbidden', kind: 'forbidden', status: 403, subject: 'hub' },
      message: `hub may not ${what}`,
      remedy: `Grant ${what}.`,
    });
  };
}

describe('what an Argo CD knows', () => {
  test('is read from its namespace: clusters without how they are reached, settings, projects', async () => {
    const { knowledge, asked } = argo();

    const known = await knowledge();

    expect(known).toEqual({
      namespace: 'argocd',
      clusters: {
        kind: 'known',
        value: [
          {
            secret: 'c',
            name: 'prod-eu',
            server: 'https://10.0.0.1',
            project: '',
            labels: { 'argocd.argoproj.io/secret-type': 'cluster', env: 'prod' },
            annotations: {},
          },
        ],
      },
      settings: { kind: 'known', value: { 'kustomize.buildOptions': '--enable-helm' } },
      parameters: { kind: 'known', value: {} },
      projects: {
        kind: 'known',
        value: new Map<string, KnownProject>([
          ['shop', { labels: { tier: 'a' }, spec: { sourceRepos: ['*'] } }],
          ['bare', { labels: {}, spec: {} }],
        ]),
      },
      repoServer: { kind: 'known', value: 'quay.io/argoproj/argocd:v3.3.1' },
    });
    expect(asked).toEqual([
      'hub/argocd argocd.argoproj.io/secret-type=cluster',
      'hub/argocd argocd-cm',
      'hub/argocd argocd-cmd-params-cm',
      'hub/argocd AppProject',
      'hub/argocd argocd-repo-server',
    ]);
  });

  test('is read once in a minute', async () => {
    const { knowledge, asked, time } = argo();

    await Promise.all([knowledge(), knowledge()]);
    time.now = 59_999;
    await knowledge();
    expect(asked).toHaveLength(5);
    time.now = 60_000;
    await knowledge();

    expect(asked).toHaveLength(10);
  });

  test('that may not be read is told with the right that is missing, and stops nothing else', async () => {
    const { knowledge } = argo({ secrets: refused('list secrets in argocd') });

    const { clusters, projects } = await knowledge();

    expect(clusters).toEqual({
      kind: 'unknown',
      why: 'cluster Secrets of Argo CD in the namespace argocd cannot be read: hub may not list secrets in argocd',
      remedy: 'Grant list secrets in argocd.',
    });
    expect(projects.kind).toBe('known');
  });

  test('that does not answer is told as well', async () => {
    const late = async () => Promise.reject(new DOMException('late', 'TimeoutError'));
    const { knowledge } = argo({ objects: late });

    const { projects } = await knowledge();

    expect(projects).toMatchObject({ kind: 'unknown', why: expect.stringContaining('no answer in time') });
  });
});
