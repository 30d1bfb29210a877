import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import type { KubeconfigSource } from '../../../src/world/cluster/kubernetes/kubeconfig.ts';
import { openCluster } from '../../../src/world/cluster/kubernetes/open-cluster.ts';
import { clusterContract } from '../../contract/cluster.ts';
import { apply } from '../../contract/cluster-fixtures.ts';
import { useControlPlane } from '../../control-plane/control-plane.ts';

clusterContract('the real kube-apiserver', async () => {
  const plane = await useControlPlane();
  const cluster = await openCluster({
    kubeconfig: { paths: [plane.kubeconfig] },
    context: plane.context,
    redactor: createRedactor({ key: randomBytes(32) }),
  });
  return { cluster, stop: () => cluster.close() };
});

describe('the adapter on a real API server', () => {
  const signal = new AbortController().signal;
  const redactor = createRedactor({ key: randomBytes(32) });
  const opened: Cluster[] = [];

  async function open(kubeconfig: KubeconfigSource, context: string): Promise<Cluster> {
    const cluster = await openCluster({ kubeconfig, context, redactor });
    opened.push(cluster);
    return cluster;
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((cluster) => cluster.close()));
  });

  test('names user, verb, resource and namespace of a missing permission', async () => {
    const plane = await useControlPlane();
    const viewer = await open({ paths: [plane.kubeconfig] }, 'real-viewer');
    const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'web' };

    await expect(viewer.get(id, signal)).rejects.toMatchObject({
      kind: 'forbidden',
      status: 403,
      message: expect.stringContaining(
        'User "viewer" cannot get resource "deployments" in API group "apps" in the namespace "default"',
      ),
    });
    expect(await viewer.uid(signal)).toBeNull();
  });

  test('acts as the user it is told to', async () => {
    const plane = await useControlPlane();
    const admin = await open({ paths: [plane.kubeconfig] }, plane.context);
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'default' } };

    const written = admin.write(object, { ...apply, as: 'system:serviceaccount:shop:planner' }, signal);

    await expect(written).rejects.toThrow('User "system:serviceaccount:shop:planner" cannot patch resource');
  });

  test('keeps the warning of a deprecated type', async () => {
    const plane = await useControlPlane();
    const admin = await open({ paths: [plane.kubeconfig] }, plane.context);
    const metadata = { name: 'web', namespace: await plane.namespace() };

    const { warnings } = await admin.write({ apiVersion: 'v1', kind: 'Endpoints', metadata }, apply, signal);

    expect(warnings).toEqual([expect.stringContaining('Endpoints is deprecated')]);
  });

  test('does not trust a certificate that the kubeconfig does not vouch for', async () => {
    const plane = await useControlPlane();
    const text = (await readFile(plane.kubeconfig, 'utf8')).replace('certificate-authority-data', 'not-known');
    const stranger = await open({ text }, plane.context);

    await expect(stranger.version(signal)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'cluster-tls',
      message: expect.stringMatching(/ could not be trusted \([A-Z_]+\); /),
    });
  });

  test('says which token is not accepted without showing it', async () => {
    const plane = await useControlPlane();
    const text = (await readFile(plane.kubeconfig, 'utf8')).replace(plane.token, 'canary-token-1234');
    const stranger = await open({ text }, plane.context);
    const list = { namespace: null, labelSelector: null, metadataOnly: false, page: null, limit: 1 };

    const fault = await stranger.list({ group: '', version: 'v1', kind: 'Pod' }, list, signal).catch((error) => error);

    expect(fault).toMatchObject({ kind: 'unauthorized', status: 401 });
    expect(String(fault) + JSON.stringify(fault)).not.toContain('canary');
  });
});
