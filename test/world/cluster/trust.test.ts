import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { createClusters } from '../../../src/world/cluster/kubernetes/access/clusters.ts';
import { createDispatcher, noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-trust-'));
  await mkdir(join(folder, 'repository'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const plain = { server: 'https://10.0.0.1:6443' };
const insecure = { ...plain, 'insecure-skip-tls-verify': true };
const program = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', interactiveMode: 'Never' } };

async function open(
  place: string,
  { cluster = plain, user = { token: 't' }, mode = 0o600, leave = [] as readonly string[], leadsOut = false },
): Promise<string> {
  const path = join(folder, place);
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
  });
  await writeFile(path, text);
  await chmod(path, mode);
  const way = { kind: 'kubeconfig', file: path, context: 'prod', leadsOut } as const;
  const entry = { environments: [], namespace: null, tls: 'verify', plan: way, apply: null } as const;
  const access = {
    ...{ kubeconfig: { paths: [path] }, proxies: noProxies, podServer: null, insecure: leave },
    ...{ untrusted: [join(folder, 'repository')], entries: new Map(leadsOut ? [['prod', entry]] : []) },
  };
  const clusters = createClusters(access, createRedactor({ key: new Uint8Array(32) }));
  const outcome = await clusters.open('prod').then(
    () => 'opened',
    (error: { readonly code: string; readonly message: string }) => `${error.code}: ${error.message}`,
  );
  await clusters.close();
  return outcome;
}

describe('a kubeconfig', () => {
  test.each([
    ['of its owner may name a program', 'config', { user: program }, /^opened$/],
    ['inside the repository may hold a token', 'repository/config', {}, /^opened$/],
    [
      'inside the repository may name no program',
      'repository/config',
      { user: program },
      /^kubeconfig-untrusted: .*inside .*repository, and asks for exec/,
    ],
    [
      'inside the repository may not skip certificates',
      'repository/config',
      { cluster: insecure, leave: ['prod'] },
      /^kubeconfig-untrusted: .*insecure-skip-tls-verify/,
    ],
    [
      'inside the repository may read no files',
      'repository/config',
      { user: { tokenFile: '/etc/passwd' } },
      /^kubeconfig-untrusted: .*tokenFile/,
    ],
    [
      'that everybody may write may name no program',
      'config',
      { user: program, mode: 0o606 },
      /^kubeconfig-untrusted: .*everybody may write it/,
    ],
    [
      'outside the folder of the file may name no program',
      'config',
      { user: program, leadsOut: true },
      /^kubeconfig-untrusted: .*leads out/,
    ],
    [
      'of its owner may not skip certificates without leave',
      'config',
      { cluster: insecure },
      /^insecure-tls: the kubeconfig context prod/,
    ],
    ['of its owner may skip them with leave', 'config', { cluster: insecure, leave: ['prod'] }, /^opened$/],
    ['may skip them on loopback', 'config', { cluster: { ...insecure, server: 'https://127.0.0.1:1' } }, /^opened$/],
  ])('%s', async (_title, place, how, says) => {
    expect(await open(place, how as Parameters<typeof open>[1])).toMatch(says);
  });
});

describe('a proxy of the environment', () => {
  async function proxied() {
    const api = createServer((_, response) => response.end('the API server'));
    const tunnels: string[] = [];
    const proxy = createServer();
    await new Promise<void>((done) => api.listen(0, '127.0.0.1', () => done()));
    const { port } = api.address() as AddressInfo;
    proxy.on('request', (asked, response) => {
      tunnels.push(`${asked.method} ${asked.url}`);
      request({ host: '127.0.0.1', port, path: '/' }, (answer) => answer.pipe(response)).end();
    });
    proxy.on('connect', (asked, socket) => {
      tunnels.push(`CONNECT ${asked.url}`);
      const inner = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        inner.pipe(socket).pipe(inner);
      });
      for (const end of [inner, socket]) end.on('error', () => undefined);
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', () => done()));
    const uri = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const close = async () => {
      for (const server of [api, proxy]) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    };
    return { tunnels, uri, port, close };
  }

  async function ask(url: string, proxies: { https: string; http: string; no: string }): Promise<string> {
    const dispatcher = await createDispatcher({ url: new URL(url), tls: {}, proxyUrl: null, proxies });
    try {
      const response = await dispatcher.request({ origin: new URL(url).origin, path: '/', method: 'GET' });
      return await response.body.text();
    } catch (error) {
      return `failed: ${(error as { readonly code?: string }).code ?? 'unknown'}`;
    } finally {
      await dispatcher.destroy();
    }
  }

  test('leads to clusters, by a tunnel for TLS; not to loopback nor to hosts of NO_PROXY', async () => {
    const { tunnels, uri, port, close } = await proxied();
    const all = { https: uri, http: uri, no: '' };

    expect(await ask('http://kube.example.invalid', all)).toBe('the API server');
    // What answers speaks no TLS: that it was asked by a tunnel is what counts.
    expect(await ask('https://kube.example.invalid:6443', all)).toMatch(/^failed/);
    expect(await ask(`http://127.0.0.1:${port}`, all)).toBe('the API server');
    expect(await ask('https://kube.example.invalid:6443', { ...all, no: '.example.invalid' })).toMatch(
      /^failed: E(?:NOTFOUND|AI_AGAIN)/,
    );
    await close();

    expect(tunnels).toEqual([expect.stringMatching(/kube\.example\.invalid/), 'CONNECT kube.example.invalid:6443']);
  });
});
