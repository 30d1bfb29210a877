import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { aksToken } from '../../../src/world/cluster/kubernetes/access/aks-token.ts';
import { eksToken } from '../../../src/world/cluster/kubernetes/access/eks-token.ts';
import { gkeToken } from '../../../src/world/cluster/kubernetes/access/gke-token.ts';
import { clockAt, json, listen, start } from './peer.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-vendors-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

// kubernetes-sigs/aws-iam-authenticator, README "API Authorization from Outside a Cluster": the token is "k8s-aws-v1." and the
// base64 (URL alphabet, no padding) of a presigned STS GetCallerIdentity whose signed headers include x-k8s-aws-id. The signature is
// worked out anew by "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
test('EKS: a presigned GetCallerIdentity that AWS would find well signed', async () => {
  const keys = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    sessionToken: 'se/ss+ion==',
  };
  const source = eksToken({
    cluster: 'prod',
    region: 'eu-west-1',
    clock: clockAt({ now: start }),
    keys: async () => keys,
  });

  const { value, freshUntil, expiresAt } = await source.token();

  expect(value).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  const url = new URL(Buffer.from(value.slice('k8s-aws-v1.'.length), 'base64url').toString('utf8'));
  expect(url.host).toBe('sts.eu-west-1.amazonaws.com');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Date': '20260301T120000Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': keys.sessionToken,
  });
  expect(url.searchParams.get('X-Amz-Signature')).toBe(signatureOf(url, keys.secretAccessKey, 'prod'));
  expect([freshUntil - start, expiresAt - start]).toEqual([14 * 60_000, 15 * 60_000]);
});

function signatureOf(url: URL, secret: string, cluster: string): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = [
    'GET',
    '/',
    query,
    `host:${url.host}`,
    `x-k8s-aws-id:${cluster}`,
    '',
    'host;x-k8s-aws-id',
    sha256(''),
  ].join('\n');
  const scope = '20260301/eu-west-1/sts/aws4_request';
  const toSign = ['AWS4-HMAC-SHA256', '20260301T120000Z', scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((from, part) => createHmac('sha256', from).update(part).digest(), `AWS4${secret}`);
  return createHmac('sha256', key).update(toSign).digest('hex');
}

// Google Cloud, "Workload Identity Federation with other providers" (external_account configuration) and RFC 8693: a token of the
// pod is exchanged at the token_url for one of Google's, scope cloud-platform.
describe('GKE', () => {
  test('exchanges a federated token, and says until when it is good', async () => {
    const sts = await listen((_, response) =>
      json(response, { access_token: 'google-token', issued_token_type: 'x', token_type: 'Bearer', expires_in: 3600 }),
    );
    await writeFile(join(folder, 'pod-token'), 'the-pod-token');
    await writeFile(
      join(folder, 'gke.json'),
      JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${sts.url}/v1/token`,
        credential_source: { file: join(folder, 'pod-token') },
      }),
    );
    const source = gkeToken({ credentialsFile: join(folder, 'gke.json'), clock: clockAt({ now: Date.now() }) });

    const { value, expiresAt } = await source.token();

    expect(value).toBe('google-token');
    expect(expiresAt - Date.now()).toBeGreaterThan(50 * 60_000);
    await sts.close();
    const asked = new URLSearchParams(sts.seen[0]?.body);
    expect(Object.fromEntries(asked)).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'the-pod-token',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    });
  });

  test('runs no program, whatever the configuration says', async () => {
    await writeFile(
      join(folder, 'gke.json'),
      JSON.stringify({
        type: 'external_account',
        credential_source: { executable: { command: '/bin/true' } },
      }),
    );

    const source = gkeToken({ credentialsFile: join(folder, 'gke.json'), clock: clockAt({ now: start }) });

    await expect(source.token()).rejects.toMatchObject({
      code: 'token-broken',
      message: expect.stringMatching(/program/),
    });
  });
});

// Microsoft identity platform, "OAuth 2.0 client credentials flow, Second case: access token request with a certificate" as used for
// federated credentials; kubelogin documents 6dae42f8-4368-4678-94ff-3960e28e3630 as the server application of AKS.
test('AKS: exchanges the federated token of the pod for one of the API server', async () => {
  const asked: URLSearchParams[] = [];
  const httpClient = {
    sendRequest: async (request: { readonly url: string; readonly body?: unknown }) => {
      if (request.body !== undefined && request.body !== null) asked.push(new URLSearchParams(String(request.body)));
      const body = { token_type: 'Bearer', expires_in: 3600, ext_expires_in: 3600, access_token: 'entra-token' };
      return {
        request,
        status: 200,
        headers: Object.assign(new Map(), { toJSON: () => ({ 'content-type': 'application/json' }) }),
        bodyAsText: JSON.stringify(body),
      };
    },
  };
  await writeFile(join(folder, 'federated'), 'the-federated-token');
  const source = aksToken({
    tenantId: '00000000-0000-0000-0000-000000000001',
    clientId: '00000000-0000-0000-0000-000000000002',
    tokenFile: join(folder, 'federated'),
    transport: { httpClient, disableInstanceDiscovery: true },
  });

  const { value, expiresAt } = await source.token();

  expect(value).toBe('entra-token');
  expect(expiresAt - Date.now()).toBeGreaterThan(50 * 60_000);
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
    grant_type: 'client_credentials',
    client_id: '00000000-0000-0000-0000-000000000002',
    client_assertion: 'the-federated-token',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    scope: expect.stringContaining('6dae42f8-4368-4678-94ff-3960e28e3630/.default'),
  });
});
