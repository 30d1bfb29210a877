import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import type { ClusterEntry, ClusterWay } from '../../../src/model/server-settings.ts';
import { fileToken } from '../../../src/world/cluster/kubernetes/access/file-token.ts';
import { openEntry } from '../../../src/world/cluster/kubernetes/access/open-entry.ts';
import { createTokenCredentials, type Token } from '../../../src/world/cluster/kubernetes/access/token-credentials.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { clockAt, json, listen as openPeer, start } from './peer.ts';

const signal = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-access-'));
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await rm(folder, { recursive: true, force: true });
});

/** A peer that is closed after the test. */
async function listen(...how: Parameters<typeof openPeer>): ReturnType<typeof openPeer> {
  const peer = await openPeer(...how);
  closing.push(peer.close);
  return peer;
}

describe('a token that is renewed', () => {
  function renewed() {
    const time = { now: start };
    const given: string[] = [];
    let isBroken = false;
    const source = {
      origin: 'the test',
      remedy: 'Repair it.',
      token: async (): Promise<Token> => {
        if (isBroken) throw new Error('secret words of a library');
        given.push(`token-${given.length + 1}`);
        return { value: given.at(-1) ?? '', freshUntil: time.now + 60_000, expiresAt: time.now + 90_000 };
      },
    };
    const route = { url: new URL('http://127.0.0.1:1'), tls: {}, proxyUrl: null, proxies: noProxies };
    const learned: string[] = [];
    const learn = (secret: string): void => void learned.push(secret);
    const credentials = createTokenCredentials({ source, route, server: 'prod', clock: clockAt(time), learn });
    closing.push(credentials.close);
    const header = async () => (await credentials.connection(signal)).headers['authorization'];
    const breaks = (value: boolean): void => {
      isBroken = value;
    };
    return { time, credentials, header, breaks, learned };
  }

  test('is asked for once while it is fresh, and anew before it ends', async () => {
    const { time, header, learned } = renewed();

    expect(await Promise.all([header(), header()])).toEqual(['Bearer token-1', 'Bearer token-1']);
    time.now += 59_000;
    expect(await header()).toBe('Bearer token-1');
    time.now += 2_000;
    expect(await header()).toBe('Bearer token-2');
    expect(learned).toEqual(['token-1', 'token-2']);
  });

  test('is asked for anew after a 401', async () => {
    const { credentials, header } = renewed();
    await header();

    credentials.renew();

    expect(await header()).toBe('Bearer token-2');
  });

  test('is used to its end while its source is silent, and no longer; the reason quotes nothing', async () => {
    const { time, header, breaks } = renewed();
    await header();
    breaks(true);

    time.now += 70_000;
    expect(await header()).toBe('Bearer token-1');
    time.now += 30_000;
    const failed = await header().catch((error: unknown) => error);

    expect(failed).toMatchObject({ kind: 'unauthorized', code: 'cluster-credentials', remedy: 'Repair it.' });
    expect(String(failed)).not.toContain('secret words');
  });

  test('a file is read again after half a minute, and an empty one is refused', async () => {
    const time = { now: start };
    const path = join(folder, 'token');
    await writeFile(path, 'first\n');
    const source = fileToken(path, clockAt(time));

    const first = await source.token();
    await writeFile(path, 'second\n');

    expect(first).toMatchObject({ value: 'first', freshUntil: start + 30_000 });
    expect((await source.token()).value).toBe('second');
    await writeFile(path, 'two words');
    await expect(source.token()).rejects.toMatchObject({ code: 'token-broken' });
  });
});

describe('a cluster by the file of the server', () => {
  const around = {
    kubeconfig: { text: '' },
    untrusted: [],
    proxies: noProxies,
    podServer: null,
    clock: clockAt({ now: Date.now() }),
    redactor: createRedactor({ key: new Uint8Array(32) }),
    cacheDir: null,
  };
  const entry = (plan: ClusterWay, apply: ClusterWay | null = null): ClusterEntry => ({
    ...{ environments: [], namespace: null, tls: 'insecure', plan, apply },
  });
  const open = async (entries: Readonly<Record<string, ClusterEntry>>, name = 'prod') => {
    const opened = await openEntry(name, new Map(Object.entries(entries)), around);
    closing.push(opened.plan.close.bind(opened.plan), opened.apply.close.bind(opened.apply));
    return opened;
  };
  const way = (server: string, tokenFile: string): ClusterWay => ({
    kind: 'serviceAccount',
    server,
    caFile: null,
    tokenFile,
  });

  test('reads by one identity and writes by the other; a refused token is read again', async () => {
    const api = await listen(({ headers }, response) =>
      json(response, { gitVersion: 'v1.36.0' }, headers.authorization === 'Bearer stale' ? 401 : 200),
    );
    const [plan, apply] = [join(folder, 'plan'), join(folder, 'apply')];
    await Promise.all([writeFile(plan, 'plan-token'), writeFile(apply, 'stale')]);
    const opened = await open({ prod: entry(way(api.url, plan), way(api.url, apply)) });

    await opened.plan.version(signal);
    const late = opened.apply.version(signal);
    await writeFile(apply, 'renewed');
    await late.catch(() => opened.apply.version(signal));

    const used = api.seen.map(({ headers }) => headers.authorization);
    expect(used[0]).toBe('Bearer plan-token');
    expect(used.at(-1)).toBe('Bearer renewed');
  });

  const secretOf = (config: object, server: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'c', namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
    data: {
      server: Buffer.from(server).toString('base64'),
      config: Buffer.from(JSON.stringify(config)).toString('base64'),
    },
  });

  async function viaArgo(config: object) {
    const api = await listen((_, response) => json(response, { gitVersion: 'v1.36.0' }));
    const hub = await listen((_, response) => json(response, secretOf(config, api.url)));
    await writeFile(join(folder, 'hub'), 'hub-token');
    const argo: ClusterWay = { kind: 'argocd', secret: 'c', namespace: 'argocd', from: 'hub' };
    return { api, hub, opened: open({ hub: entry(way(hub.url, join(folder, 'hub'))), prod: entry(argo) }) };
  }

  test('by a cluster Secret of Argo CD, read by the plan identity of the cluster it lies in', async () => {
    const { api, hub, opened } = await viaArgo({ bearerToken: 'argo-token' });

    await (await opened).plan.version(signal);

    expect(hub.seen[0]).toMatchObject({
      url: '/api/v1/namespaces/argocd/secrets/c',
      headers: { authorization: 'Bearer hub-token' },
    });
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer argo-token']);
  });

  test.each([
    ['a program', { execProviderConfig: { command: 'argocd-k8s-auth' } }, /asks for a program/],
    [
      'another role',
      { awsAuthConfig: { clusterName: 'x', roleARN: 'arn:aws:iam::1:role/r' } },
      /another roleARN of AWS/,
    ],
  ])('a Secret that asks for %s is refused', async (_title, config, says) => {
    const { opened } = await viaArgo(config);

    await expect(opened).rejects.toMatchObject({ code: 'argocd-secret', message: expect.stringMatching(says) });
  });
});
