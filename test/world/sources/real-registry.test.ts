import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import type { HostAccess } from '../../../src/world/sources/access.ts';
import type { Sources } from '../../../src/world/sources/sources.ts';
import { stopProcesses } from '../../control-plane/processes.ts';
import { type RealRegistry, startRegistry } from '../../control-plane/registry/registry.ts';
import { buildOracle } from '../../oracles/build.ts';
import { tgzOf } from './archive/archives.ts';
import { accessTo, faultOf, identity, never, serve, sourcesOver, stop, textOf } from './support.ts';

const run = promisify(execFile);
const ends: (() => unknown)[] = [];
const credentials = { username: 'bot', password: 'hunter22' };
const versions = ['0.9.0', '1.2.3', '1.10.0', '2.0.0-rc.1', '1.10.1+build.5'];
let dir = '';
let registry: RealRegistry;
let withTokens: RealRegistry;
let charts: { readonly port: number };
let realm: { readonly port: number };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-registry-'));
  ends.push(() => rm(dir, { recursive: true, force: true }));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  realm = await served((authorization) =>
    authorization === basic ? tokenOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()) : null,
  );
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'ES256', use: 'sig' };
  const common = { data: join(dir, 'data'), cert: identity.cert, key: identity.key };
  registry = await started({ ...common, dir: join(dir, 'basic'), auth: { kind: 'basic' } });
  const tokens = {
    kind: 'token',
    realm: `https://cdn.example.com:${realm.port}/token`,
    jwks: { keys: [jwk] },
  } as const;
  withTokens = await started({ ...common, dir: join(dir, 'tokens'), auth: tokens });
  await publishCharts();
  charts = await staticFiles(join(dir, 'packages'));
}, 900_000);

afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const basic = `Basic ${Buffer.from('bot:hunter22').toString('base64')}`;

async function started(options: Parameters<typeof startRegistry>[0]): Promise<RealRegistry> {
  const begun = await startRegistry(options);
  ends.push(() => stopProcesses(begun));
  return begun;
}

/** A server of tokens: JSON with what `make` gives for the credentials, or 401. */
async function served(make: (authorization: string | undefined) => string | null): Promise<{ readonly port: number }> {
  const { port, server } = await serve(({ headers }, response) => {
    const token = make(headers.authorization);
    if (token === null) response.writeHead(401).end();
    else response.end(JSON.stringify({ token, expires_in: 300 }));
  });
  ends.push(() => stop(server));
  return { port };
}

async function staticFiles(folder: string): Promise<{ readonly port: number }> {
  const { port, server } = await serve(async ({ url = '' }, response) => {
    const bytes = await readFile(join(folder, new URL(url, 'https://x').pathname)).catch(() => null);
    if (bytes === null) response.writeHead(404).end();
    else response.end(bytes);
  });
  ends.push(() => stop(server));
  return { port };
}

function tokenOf(key: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const access = ['charts/shop', 'configs/shop'].map((name) => ({ type: 'repository', name, actions: ['pull'] }));
  const claims = {
    iss: 'test',
    sub: 'bot',
    aud: 'registry',
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: '1',
    access,
  };
  const text = `${part({ typ: 'JWT', alg: 'ES256', kid: 'test' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** Real helm, with a home of its own. */
async function helm(...args: readonly string[]): Promise<string> {
  const program = await buildOracle('helm');
  const { stdout, stderr } = await run(program, [...args], { cwd: dir, env: { HOME: dir, PATH: process.env['PATH'] } });
  return `${stdout}${stderr}`;
}

async function publishCharts(): Promise<void> {
  await mkdir(join(dir, 'shop', 'templates'), { recursive: true });
  await writeFile(join(dir, 'ca.pem'), identity.cert);
  await writeFile(join(dir, 'shop', 'templates', 'map.yaml'), 'kind: ConfigMap\n');
  for (const version of versions) {
    await writeFile(join(dir, 'shop', 'Chart.yaml'), `apiVersion: v2\nname: shop\nversion: ${version}\n`);
    await helm('package', 'shop', '--destination', 'packages');
    const to = ['--ca-file', 'ca.pem', '--username', 'bot', '--password', 'hunter22'];
    await helm('push', `packages/shop-${version}.tgz`, `oci://127.0.0.1:${registry.port}/charts`, ...to);
  }
  await helm('repo', 'index', 'packages');
}

/** Sources that reach the real servers by their names, over real connections. */
function opened(access: readonly HostAccess[], name = 'cache'): Sources {
  const sources = sourcesOver(
    { resolve: async () => ['127.0.0.1'] },
    {
      dir: join(dir, name),
      reachable: { allow: access.map(({ host }) => host), private: ['127.0.0.0/8'] },
      hosts: access,
    },
  );
  ends.push(() => sources.close());
  return sources;
}

const registryHost = () => `registry.example.com:${registry.port}`;
const wanted = (repository: string, version: string) => ({ repository, name: 'shop', version, digest: null });

describe('a real registry with basic authentication', () => {
  test.each(['1.2.3', '1.10.1+build.5', '^1.0.0', '>=0.1.0 <1.0.0', '>1.2.3-0', '~1.2', ''])(
    'gives the chart that helm takes for %j',
    async (version) => {
      const sources = opened([accessTo(registryHost(), credentials)]);
      const flags = version === '' ? [] : ['--version', version];
      const from = ['--ca-file', 'ca.pem', '--username', 'bot', '--password', 'hunter22'];
      const shown = await helm('show', 'chart', `oci://127.0.0.1:${registry.port}/charts/shop`, ...flags, ...from);

      const { tree, resolved } = await sources.chart(wanted(`oci://${registryHost()}/charts`, version), never);

      expect(`version: ${resolved}`).toBe(/^version: .*$/m.exec(shown)?.[0]);
      expect(await textOf(tree, 'Chart.yaml')).toContain(`version: ${resolved}\n`);
    },
  );

  test('gives a chart by the digest helm printed when it was pushed', async () => {
    const sources = opened([accessTo(registryHost(), credentials)]);
    const { digest } = await sources.chart(wanted(`oci://${registryHost()}/charts`, '1.2.3'), never);

    const pinned = await sources.artifact({ url: `oci://${registryHost()}/charts/shop`, revision: digest }, never);

    expect(pinned).toMatchObject({ digest, isPinned: true });
    expect(await textOf(pinned.tree, 'Chart.yaml')).toContain('version: 1.2.3');
  });

  test('gives the chart of an index that helm takes', async () => {
    const place = { name: 'charts/shop', mediaType: 'application/vnd.oci.image.manifest.v1+json' };
    const { body } = await atRegistry('GET', '/v2/charts/shop/manifests/1.2.3', { accept: place.mediaType });
    const chart = Buffer.from(await body.arrayBuffer());
    const entry = { mediaType: place.mediaType, digest: digestOf(chart), size: chart.length };
    const type = 'application/vnd.oci.image.index.v1+json';
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [entry] }));
    await atRegistry('PUT', '/v2/charts/shop/manifests/0.0.1', { body: index, type });
    const sources = opened([accessTo(registryHost(), credentials)]);
    const from = ['--ca-file', 'ca.pem', '--username', 'bot', '--password', 'hunter22', '--version', '0.0.1'];

    const shown = await helm('show', 'chart', `oci://127.0.0.1:${registry.port}/charts/shop`, ...from);
    const { tree, digest } = await sources.chart(wanted(`oci://${registryHost()}/charts`, '0.0.1'), never);

    expect(shown).toContain('version: 1.2.3');
    expect(await textOf(tree, 'Chart.yaml')).toContain('version: 1.2.3');
    expect([digest, shown]).toEqual([digestOf(index), expect.stringContaining(`Digest: ${digestOf(index)}`)]);
  });

  test('gives an artifact as Flux pushes it', async () => {
    const layer = await tgzOf([{ name: './prod/map.yaml', content: 'kind: ConfigMap\n' }]);
    await pushArtifact('configs/shop', 'main', layer);
    const sources = opened([accessTo(registryHost(), credentials)]);

    const { tree, isPinned } = await sources.artifact(
      { url: `oci://${registryHost()}/configs/shop`, revision: 'main' },
      never,
    );

    expect(isPinned).toBe(false);
    expect(await textOf(tree, 'prod/map.yaml')).toBe('kind: ConfigMap\n');
  });

  test.each([
    ['no credentials', null, 'source-refused'],
    ['wrong ones', { username: 'bot', password: 'wrong-one' }, 'source-refused'],
  ])('%s are refused', async (_title, given, code) => {
    const sources = opened([accessTo(registryHost(), given ?? {})], 'empty');

    expect(await faultOf(sources.chart(wanted(`oci://${registryHost()}/charts`, '1.2.3'), never))).toMatchObject({
      code,
      status: 401,
    });
  });

  test('a chart it does not have is missing', async () => {
    const sources = opened([accessTo(registryHost(), credentials)]);

    expect(await faultOf(sources.chart(wanted(`oci://${registryHost()}/charts`, '7.0.0'), never))).toMatchObject({
      code: 'source-missing',
    });
    expect(await faultOf(sources.chart(wanted(`oci://${registryHost()}/charts`, '^7'), never))).toMatchObject({
      code: 'source-missing',
    });
  });
});

describe('a real registry with tokens', () => {
  const host = () => `registry.example.com:${withTokens.port}`;
  const realmHost = () => `cdn.example.com:${realm.port}`;

  test('gives charts and tags for a token of its realm', async () => {
    const sources = opened([accessTo(host()), accessTo(realmHost(), credentials)], 'tokens-cache');

    await expect(sources.chart(wanted(`oci://${host()}/charts`, '^1'), never)).resolves.toMatchObject({
      resolved: '1.10.1+build.5',
    });
  });

  test('does not get its own credentials carried to a realm at another host', async () => {
    const sources = opened([accessTo(host(), credentials), accessTo(realmHost())], 'no-tokens-cache');

    expect(await faultOf(sources.chart(wanted(`oci://${host()}/charts`, '1.2.3'), never))).toMatchObject({
      code: 'source-refused',
      subject: `https://${realmHost()}/token`,
    });
  });
});

describe('a real Helm repository', () => {
  test.each(['1.2.3', '^1.0.0', '>=0.1.0 <1.0.0', '>1.2.3-0', '2.x-0', '1.2', ''])(
    'gives the chart that helm takes for %j',
    async (version) => {
      const host = `charts.example.com:${charts.port}`;
      const sources = opened([accessTo(host)], 'charts-cache');
      const flags = version === '' ? [] : ['--version', version];
      const from = ['--repo', `https://127.0.0.1:${charts.port}`, '--ca-file', 'ca.pem'];
      const shown = await helm('show', 'chart', 'shop', ...flags, ...from);

      const { tree, resolved } = await sources.chart(wanted(`https://${host}`, version), never);

      expect(`version: ${resolved}`).toBe(/^version: .*$/m.exec(shown)?.[0]);
      expect(tree.entries.map(({ path }) => path)).toEqual(['Chart.yaml', 'templates/map.yaml']);
    },
  );
});

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** One request to the registry, over a connection of its own. */
async function atRegistry(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  { body, type = 'application/octet-stream', accept = '*/*' }: { body?: Buffer; type?: string; accept?: string },
) {
  const dispatcher = new Agent({ connect: { ca: identity.cert } });
  ends.push(() => dispatcher.destroy());
  const headers = { authorization: basic, 'content-type': type, accept };
  const url = new URL(path, `https://127.0.0.1:${registry.port}`);
  const response = await request(url, { method, dispatcher, headers, body: body ?? null });
  if (response.statusCode >= 400) throw new Error(`the registry answers ${response.statusCode} to ${method} ${path}`);
  return response;
}

/** Pushes one layer, after the OCI distribution specification. */
async function pushArtifact(name: string, tag: string, layer: Buffer): Promise<void> {
  const blob = async (bytes: Buffer, mediaType: string) => {
    const { headers } = await atRegistry('POST', `/v2/${name}/blobs/uploads/`, {});
    const place = new URL(String(headers['location']), 'https://127.0.0.1');
    place.searchParams.set('digest', digestOf(bytes));
    await atRegistry('PUT', `${place.pathname}${place.search}`, { body: bytes });
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = {
    schemaVersion: 2,
    mediaType: type,
    config: await blob(Buffer.from('{}'), 'application/vnd.cncf.flux.config.v1+json'),
    layers: [await blob(layer, 'application/vnd.cncf.flux.content.v1.tar+gzip')],
  };
  await atRegistry('PUT', `/v2/${name}/manifests/${tag}`, { body: Buffer.from(JSON.stringify(manifest)), type });
}
