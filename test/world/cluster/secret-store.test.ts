import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { createClusters } from '../../../src/world/cluster/kubernetes/access/clusters.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { json, listen } from './peer.ts';

const closing: (() => Promise<void>)[] = [];
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-store-'));
  await writeFile(join(folder, 'token'), 'plan-token');
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await rm(folder, { recursive: true, force: true });
});

const encoded = Buffer.from('CANARY-password').toString('base64');
const held = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'charts' }, data: { password: encoded } };

/** The Secrets of one cluster, `hub`, whose API server answers so. */
async function storeOver(answer: Parameters<typeof listen>[0]) {
  const peer = await listen(answer);
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const way = { kind: 'serviceAccount', server: peer.url, caFile: null, tokenFile: join(folder, 'token') } as const;
  const hub = { environments: [], namespace: null, tls: 'insecure', plan: way, apply: null } as const;
  const { secrets, close } = createClusters(
    {
      kubeconfig: { text: '' },
      entries: new Map([['hub', hub]]),
      proxies: noProxies,
      podServer: null,
      untrusted: [],
      insecure: [],
    },
    redactor,
  );
  closing.push(peer.close, close);
  return { secrets, redactor, seen: peer.seen };
}

const place = { cluster: 'hub', namespace: 'flux-system', name: 'charts' };

describe('a Secret', () => {
  test('is read as it is by the plan identity, and what it holds is hidden from then on', async () => {
    const { secrets, redactor, seen } = await storeOver((_, response) => json(response, held));

    await expect(secrets.secret(place)).resolves.toEqual(held);

    expect(seen.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['GET', '/api/v1/namespaces/flux-system/secrets/charts', 'Bearer plan-token'],
    ]);
    expect(redactor.text('it is CANARY-password')).toBe('it is (hidden)');
  });

  test('that may not be read is told with cluster, verb, namespace and name', async () => {
    const message = 'secrets "charts" is forbidden: User "plan" cannot get resource "secrets" in API group ""';
    const { secrets } = await storeOver((_, response) => json(response, { kind: 'Status', message }, 403));

    await expect(secrets.secret(place)).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(/^Cluster hub \(.*\) refused to get secrets flux-system\/charts: .*cannot get/),
    });
  });

  test('of the cluster this runs in needs a pod around it', async () => {
    const { secrets } = await storeOver((_, response) => json(response, held));

    await expect(secrets.secret({ ...place, cluster: null })).rejects.toMatchObject({ code: 'way-broken' });
  });
});
