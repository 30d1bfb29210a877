import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ArgoCdApi } from '../../../src/model/argocd-api.ts';
import { openArgoCd } from '../../../src/world/argocd/open-argocd.ts';
import { noProxies } from '../../../src/world/cluster/kubernetes/dispatcher.ts';
import { selfSigned } from '../../support/self-signed.ts';

const { signal } = new AbortController();
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It never ends. */
  readonly hangs?: boolean;
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // It listens on a port, not on a pipe.
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // Without an encoding the stream gives buffers.
  return Buffer.concat(chunks).toString();
}

/** An Argo CD that gives one answer to everything. */
async function answering(reply: Reply, limits = {}, path = '') {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    heard.push({ method, url, authorization: headers.authorization ?? '', body: await textOf(request) });
    response.writeHead(reply.status ?? 200, reply.headers);
    response.write(reply.body ?? '{}');
    if (reply.hangs !== true) response.end();
  });
  const port = await listen(server);
  const api = openArgoCd({
    url: `http://127.0.0.1:${port}${path}`,
    token: 'a-token',
    ca: null,
    learn: () => undefined,
    proxies: noProxies,
    limits: { callMs: 2_000, ...limits },
  });
  return { api, heard, host: `127.0.0.1:${port}` };
}

const set = {
  metadata: { name: 'teams', namespace: 'argocd' },
  spec: { template: { spec: { project: 'shop' } } },
};
const web = { name: 'web', namespace: 'apps', project: 'shop' };

describe('what Argo CD is asked', () => {
  test('a set is sent as it is, with the token, below the path of the address', async () => {
    const { api, heard } = await answering({ body: '{"applications": [{"metadata": {"name": "a"}}]}' }, {}, '/argo/');

    const applications = await api.generate(set, signal);

    expect(applications).toEqual([{ metadata: { name: 'a' } }]);
    expect(heard).toEqual([
      {
        method: 'POST',
        url: '/argo/api/v1/applicationsets/generate',
        authorization: 'Bearer a-token',
        body: JSON.stringify({ applicationSet: set }),
      },
    ]);
  });

  test('manifests of one source at a commit, every number exact', async () => {
    const { api, heard } = await answering({
      body: JSON.stringify({ manifests: ['{"kind": "Job", "spec": {"big": 12345678901234567890}}'] }),
    });

    const manifests = await api.manifests({ ...web, revisions: ['cafe'], positions: null }, signal);

    expect(manifests).toEqual([{ kind: 'Job', spec: { big: 12345678901234567890n } }]);
    expect(heard[0]?.url).toBe('/api/v1/applications/web/manifests?project=shop&appNamespace=apps&revision=cafe');
  });

  test('manifests of several sources, each at its own', async () => {
    const { api, heard } = await answering({});

    const question = { ...web, namespace: null, revisions: ['cafe', 'beef'], positions: [1, 3] };
    const manifests = await api.manifests(question, signal);

    expect(manifests).toEqual([]);
    expect(heard[0]?.url).toBe(
      '/api/v1/applications/web/manifests?project=shop&sourcePositions=1&revisions=cafe&sourcePositions=3&revisions=beef',
    );
  });

  test('an Application, and the versions of its programs', async () => {
    const body = '{"Version": "v3.5.7+abc", "HelmVersion": "v4.0.1", "metadata": {"name": "web"}}';
    const { api, heard } = await answering({ body });

    expect(await api.application(web, signal)).toEqual(JSON.parse(body));
    expect(await api.version(signal)).toEqual({ argocd: 'v3.5.7+abc', helm: 'v4.0.1', kustomize: '' });
    expect(heard.map(({ url }) => url)).toEqual([
      '/api/v1/applications/web?project=shop&appNamespace=apps',
      '/api/version',
    ]);
  });

  test.each([
    ['yes', true],
    ['no', false],
    ['', false],
  ])('whether its account may do something: %s', async (value, expected) => {
    const { api, heard } = await answering({ body: JSON.stringify({ value }) });

    const may = await api.may({ resource: 'applicationsets', action: 'create', object: '*/*' }, signal);

    expect(may).toBe(expected);
    expect(heard[0]?.url).toBe('/api/v1/account/can-i/applicationsets/create/*/*');
  });

  test('the token is told before it is used', () => {
    const told: string[] = [];

    openArgoCd({
      url: 'https://argocd.example',
      token: 'a-token',
      ca: null,
      learn: (secret) => told.push(secret),
      proxies: noProxies,
    });

    expect(told).toEqual(['a-token']);
  });
});

const generate = (api: ArgoCdApi) => api.generate(set, signal);
const render = (api: ArgoCdApi) => api.manifests({ ...web, revisions: ['cafe'], positions: null }, signal);

describe('an answer that is none', () => {
  const denied = '{"message": "permission denied: applicationsets, create"}';
  test.each<[string, Reply, (api: ArgoCdApi) => Promise<unknown>, object]>([
    [
      'a token that is no longer taken',
      { status: 401, body: '{"message": "invalid session"}' },
      generate,
      { kind: 'unauthorized', code: 'argocd-unauthorized', message: expect.stringMatching(/: invalid session\.$/) },
    ],
    [
      'a right that is missing for sets',
      { status: 403, body: denied },
      generate,
      { kind: 'forbidden', remedy: expect.stringContaining('p, ACCOUNT, applicationsets, create, shop/teams, allow') },
    ],
    [
      'a right that is missing for Applications',
      { status: 403, body: denied },
      render,
      { kind: 'forbidden', remedy: expect.stringContaining('p, ACCOUNT, applications, get, shop/web, allow') },
    ],
    [
      'an Application that is not there',
      { status: 404, body: '{"message": "applications.argoproj.io \\"web\\" not found"}' },
      render,
      { kind: 'not-found', code: 'argocd-not-found' },
    ],
    [
      'words of a generator, without what is logged after them',
      { status: 500, body: '{"message": "unable to generate: scm providers are disabled\\ntime=now level=error"}' },
      generate,
      {
        kind: 'invalid',
        code: 'argocd-refused',
        message: expect.stringMatching(/did not generate .* ApplicationSet teams: .*scm providers are disabled\.$/),
      },
    ],
    [
      'words without end',
      { status: 500, body: JSON.stringify({ message: 'x'.repeat(3000) }) },
      generate,
      {
        message: expect.stringMatching(/^.{500,700}$/),
      },
    ],
    ['a proxy that finds nobody', { status: 502, body: '<html>' }, generate, { kind: 'unavailable', status: 502 }],
    ['a page of a login', { body: '<html>' }, generate, { code: 'argocd-garbled' }],
    ['a manifest that is no object', { body: '{"manifests": ["[1"]}' }, render, { code: 'argocd-garbled' }],
    [
      'a way to somewhere else, where the token never goes',
      { status: 307, headers: { location: 'https://evil.example/x' } },
      generate,
      { code: 'argocd-moved', message: expect.stringContaining('it redirects to evil.example') },
    ],
    ['too much', { body: `"${'x'.repeat(5000)}"` }, generate, { kind: 'too-large', code: 'argocd-too-large' }],
    [
      'silence',
      { hangs: true },
      generate,
      { code: 'argocd-unreachable', message: expect.stringMatching(/within 0.2 s/) },
    ],
  ])('%s', async (_title, reply, ask, expected) => {
    const { api, heard, host } = await answering(reply, { callMs: 200, answerBytes: 4000 });

    await expect(ask(api)).rejects.toMatchObject({ subject: host, ...expected });
    expect(heard).toHaveLength(1);
  });

  test('nobody there', async () => {
    const { api, host } = await answering({});
    servers[0]?.close();

    await expect(generate(api)).rejects.toMatchObject({ kind: 'unavailable', subject: host });
  });

  test('whoever gives up is told so at once', async () => {
    const { api } = await answering({ hangs: true }, { callMs: 60_000 });
    const control = new AbortController();
    const asked = api.version(control.signal);
    control.abort(new Error('enough'));

    await expect(asked).rejects.toThrow('enough');
  });
});

describe('the address', () => {
  test.each([
    'http://argocd.example',
    'argocd.example',
    'https://me:pw@argocd.example',
    'https://argocd.example?x=1',
    'ftp://127.0.0.1',
  ])('%s is refused', (url) => {
    const open = () => openArgoCd({ url, token: 'a-token', ca: null, learn: () => undefined, proxies: noProxies });

    expect(open).toThrow(expect.objectContaining({ code: 'argocd-url' }));
    expect(open).not.toThrow(/me:pw/);
  });

  test('an authority of its own is taken, and no other', async () => {
    const { key, cert } = selfSigned();
    const port = await listen(createTlsServer({ key, cert }, (_, response) => response.end('{"Version": "v3"}')));
    const at = (ca: string | null) =>
      openArgoCd({ url: `https://127.0.0.1:${port}`, token: 't', ca, learn: () => undefined, proxies: noProxies });

    expect(await at(cert).version(signal)).toMatchObject({ argocd: 'v3' });
    await expect(at(null).version(signal)).rejects.toMatchObject({ remedy: expect.stringContaining('argocd.caFile') });
  });

  test('a proxy is asked for it, but never for this machine', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', ({ url = '' }, socket) => {
      asked.push(url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const http = `http://127.0.0.1:${await listen(proxy)}`;
    const proxies = { https: http, http, no: 'near.example' };
    const open = (url: string) => openArgoCd({ url, token: 't', ca: null, learn: () => undefined, proxies });

    await expect(open('https://argocd.example').version(signal)).rejects.toMatchObject({ code: 'argocd-unreachable' });
    expect(asked).toEqual(['argocd.example:443']);
    await expect(open('https://127.0.0.1:1').version(signal)).rejects.toMatchObject({ code: 'argocd-unreachable' });
    expect(asked).toHaveLength(1);
  });
});
