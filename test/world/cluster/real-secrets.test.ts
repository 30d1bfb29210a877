import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { type Clusters, createClusters } from '../../../src/world/cluster/kubernetes/access/clusters.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { apply } from '../../contract/cluster-fixtures.ts';
import { useControlPlane } from '../../control-plane/control-plane.ts';

const signal = new AbortController().signal;
const redactor = createRedactor({ key: randomBytes(32) });
const namespace = 'secrets-of-sources';
let clusters: Clusters;
let admin: Cluster;
let context = '';

beforeAll(async () => {
  const plane = await useControlPlane();
  const kubeconfig = { paths: [plane.kubeconfig] };
  context = plane.context;
  admin = await openCluster({ kubeconfig, context, redactor: createRedactor({ key: randomBytes(32) }) });
  clusters = createClusters(
    { kubeconfig, entries: new Map(), proxies: noProxies, podServer: null, untrusted: [], insecure: [] },
    redactor,
  );
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await create(secretNamed('one', 'repository', 'CANARY-one'));
  await create(secretNamed('two', 'repo-creds', 'CANARY-two'));
  await create(secretNamed('three', 'cluster', 'CANARY-three'));
}, 120_000);
afterAll(() => Promise.all([clusters.close(), admin.close()]));

const create = (object: JsonObject) => admin.write(object, apply, signal);

function secretNamed(name: string, type: string, password: string): JsonObject {
  const labels = { 'argocd.argoproj.io/secret-type': type };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels }, stringData: { password } };
}

const passwordOf = ({ data }: JsonObject): string => {
  const { password = '' } = data as { readonly password?: string };
  return Buffer.from(password, 'base64').toString();
};

describe('Secrets of a real API server', () => {
  test('are read by name, and hidden from then on', async () => {
    const secret = await clusters.secrets.secret({ cluster: context, namespace, name: 'three' });

    expect(passwordOf(secret)).toBe('CANARY-three');
    expect(redactor.text('CANARY-three')).toBe('(hidden)');
  });

  test('are listed by their label, and hidden from then on', async () => {
    const labelSelector = 'argocd.argoproj.io/secret-type in (repository,repo-creds)';

    const secrets = await clusters.secrets.secrets({ cluster: context, namespace, labelSelector });

    expect(secrets.map(passwordOf).sort()).toEqual(['CANARY-one', 'CANARY-two']);
    expect(redactor.text('CANARY-one CANARY-two')).toBe('(hidden) (hidden)');
  });

  test('that are not there, or may not be read, are told with cluster, verb, namespace and name', async () => {
    const missing = clusters.secrets.secret({ cluster: context, namespace, name: 'none' });
    const asked = { cluster: 'real-viewer', namespace };

    await expect(missing).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringMatching(/^Cluster real.* refused to get secrets secrets-of-sources\/none: .*not found/),
    });
    await expect(clusters.secrets.secret({ ...asked, name: 'one' })).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(/User "viewer" cannot get resource "secrets".*in the namespace "secrets-of-/),
    });
    await expect(clusters.secrets.secrets({ ...asked, labelSelector: 'a=b' })).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(/refused to list secrets in secrets-of-sources: .*cannot list resource "secrets"/),
    });
  });

  test('lie beside other objects, of which none are of a kind that is not served', async () => {
    const where = { cluster: context, namespace, group: '' };

    const accounts = await clusters.secrets.objects({ ...where, kind: 'ConfigMap' });

    expect(Array.isArray(accounts)).toBe(true);
    await create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace }, data: { a: 'b' } });
    const found = await clusters.secrets.objects({ ...where, kind: 'ConfigMap' });
    expect(found).toContainEqual(expect.objectContaining({ data: { a: 'b' } }));
    await expect(
      clusters.secrets.objects({ ...where, group: 'source.example.com', kind: 'GitRepository' }),
    ).resolves.toEqual([]);
  });
});
