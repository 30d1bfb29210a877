import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SourcesOptions } from '../../../../src/world/sources/open-sources.ts';
import type { Sources } from '../../../../src/world/sources/sources.ts';
import { chartOf, tgzOf } from '../archive/archives.ts';
import { accessTo, faultOf, type Internet, internet, never, serve, sourcesOver, stop, textOf } from '../support.ts';
import { answer, type Content, fluxLayer, holding } from './pretend-registry.ts';

const ends: (() => Promise<unknown>)[] = [];
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-sources-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

async function opened(content: Content, more: Partial<SourcesOptions> = {}) {
  const asked: string[] = [];
  const { port, server } = await serve((request, response) => {
    const { host, authorization } = request.headers;
    asked.push(`${host}${request.url}${authorization === undefined ? '' : ` ${authorization}`}`);
    if (content.before?.(request, response) !== true) answer(request, response, content);
  });
  const net: Internet = internet(port);
  const sources: Sources = sourcesOver(net, { dir, ...more });
  ends.push(
    () => stop(server),
    () => sources.close(),
  );
  return { sources, net, asked };
}

const chart = (version: string) => ({
  repository: 'oci://registry.example.com/charts',
  name: 'shop',
  version,
  digest: null,
});
const artifact = (revision: string) => ({ url: 'oci://registry.example.com/charts/shop', revision });

describe('a chart in a registry', () => {
  test('of an exact version is pinned, and + stands as _ in its tag', async () => {
    const content = holding('1.2.3_build.1', await chartOf('shop', '1.2.3'));
    const { sources } = await opened(content);

    const { tree, ...fetched } = await sources.chart(chart('1.2.3+build.1'), never);

    expect(fetched).toEqual({ resolved: '1.2.3+build.1', digest: content.digest, isPinned: true, isFromCache: false });
    expect(await textOf(tree, 'values.yaml')).toBe('replicas: 1\n');
  });

  test('of a range is the newest full version among all pages of tags', async () => {
    const content = holding('1.10.0', await chartOf('shop', '1.10.0'));
    const tags = ['latest', '1.2.3', '1.10.0', 'v1.11.0', '1.12', '2.0.0-rc.1', 'sha256-abc.sig'];
    const { sources, asked } = await opened({ ...content, tags });

    expect(await sources.chart(chart('^1'), never)).toMatchObject({ resolved: '1.10.0', isPinned: false });
    expect(asked.filter((place) => place.includes('tags/list'))).toHaveLength(tags.length);
  });

  test('that is none is refused', async () => {
    const { sources } = await opened(holding('1.2.3', await tgzOf([{ name: 'a', content: 'x' }]), fluxLayer));

    expect(await faultOf(sources.chart(chart('1.2.3'), never))).toMatchObject({
      code: 'source-invalid',
      message: 'oci://registry.example.com/charts/shop:1.2.3 is no Helm chart.',
    });
  });
});

describe('an artifact', () => {
  test.each([
    ['1.2.3', true],
    ['main', false],
  ])('of tag %s is read as it lies', async (tag, isPinned) => {
    const { sources } = await opened(holding(tag, await tgzOf([{ name: 'prod/a.yaml', content: 'a: 1' }]), fluxLayer));

    const fetched = await sources.artifact(artifact(tag), never);

    expect(fetched).toMatchObject({ resolved: tag, isPinned });
    expect(await textOf(fetched.tree, 'prod/a.yaml')).toBe('a: 1');
  });

  test('without a revision is the latest', async () => {
    const { sources } = await opened(holding('latest', await tgzOf([{ name: 'a', content: 'x' }]), fluxLayer));

    expect(await sources.artifact(artifact(''), never)).toMatchObject({ resolved: 'latest', isPinned: false });
  });

  test('named by digest comes from the disk the next time, and nobody is asked', async () => {
    const content = holding('1.0.0', await tgzOf([{ name: 'a', content: 'x' }]), fluxLayer);
    const first = await opened(content);
    await first.sources.artifact(artifact(content.digest), never);
    const { sources, net } = await opened({ manifests: {}, blobs: {}, tags: [] });

    expect(await sources.artifact(artifact(content.digest), never)).toMatchObject({
      isPinned: true,
      isFromCache: true,
    });
    expect(net.dialled).toEqual([]);
  });

  test('that is a chart has the folder of the chart as its root, from the disk too', async () => {
    const content = holding('1.0.0', await chartOf('shop', '1.0.0'));
    const first = await opened(content);
    await first.sources.artifact(artifact('1.0.0'), never);
    const down = await opened({ ...content, before: (_, response) => Boolean(response.writeHead(503).end()) });

    const { tree, isFromCache } = await down.sources.artifact(artifact('1.0.0'), never);

    expect(isFromCache).toBe(true);
    expect(await textOf(tree, 'values.yaml')).toBe('replicas: 1\n');
  });
});

describe('a digest that does not match', () => {
  test.each([
    [
      'a manifest',
      (content: ReturnType<typeof holding>) => ({
        ...content,
        manifests: { [content.digest]: Buffer.from('{"layers":[]}') },
      }),
    ],
    [
      'a layer',
      (content: ReturnType<typeof holding>) => ({
        ...content,
        blobs: Object.fromEntries(Object.keys(content.blobs).map((key) => [key, Buffer.from('another')])),
      }),
    ],
  ])('of %s is an error', async (_title, alter) => {
    const content = holding('1.0.0', await tgzOf([{ name: 'a', content: 'x' }]), fluxLayer);
    const { sources } = await opened(alter(content));

    expect(await faultOf(sources.artifact(artifact(content.digest), never))).toMatchObject({ code: 'source-digest' });
  });
});

describe('authentication', () => {
  const bearer = (realm: string) => `Bearer realm="${realm}",service="registry",scope="repository:charts/shop:pull"`;
  const challenge = (realm: string): Content['before'] => {
    return ({ url = '', headers }, response) => {
      if (url.startsWith('/token')) return Boolean(response.end('{"token":"t0ken","expires_in":300}'));
      if (headers.authorization === 'Bearer t0ken') return false;
      return Boolean(response.writeHead(401, { 'www-authenticate': bearer(realm) }).end());
    };
  };

  test('a token is had from the realm once and used for all that follows', async () => {
    const content = holding('1.2.3', await chartOf('shop', '1.2.3'));
    const before = challenge('https://registry.example.com/token');
    const { sources, asked } = await opened(
      { ...content, ...(before && { before }) },
      { hosts: [accessTo('registry.example.com', { username: 'bot', password: 'hunter22' })] },
    );

    await sources.chart(chart('1.2.3'), never);

    const basic = `Basic ${Buffer.from('bot:hunter22').toString('base64')}`;
    expect(asked.map((place) => place.replace(/sha256:.*? /, 'DIGEST '))).toEqual([
      'registry.example.com/v2/charts/shop/manifests/1.2.3',
      `registry.example.com/token?service=registry&scope=repository%3Acharts%2Fshop%3Apull ${basic}`,
      'registry.example.com/v2/charts/shop/manifests/1.2.3 Bearer t0ken',
      'registry.example.com/v2/charts/shop/blobs/DIGEST Bearer t0ken',
    ]);
  });

  test('a realm at another host gets the credentials of that host, never those of the registry', async () => {
    const content = holding('1.2.3', await chartOf('shop', '1.2.3'));
    const before = challenge('https://cdn.example.com/token');
    const { sources, asked } = await opened(
      { ...content, ...(before && { before }) },
      {
        hosts: [
          accessTo('registry.example.com', { username: 'bot', password: 'hunter22' }),
          accessTo('cdn.example.com'),
        ],
      },
    );

    await sources.chart(chart('1.2.3'), never);

    expect(asked[1]).toBe('cdn.example.com/token?service=registry&scope=repository%3Acharts%2Fshop%3Apull');
  });

  test.each([
    ['a private address', 'https://10.0.0.7/token', 'source-not-allowed'],
    ['a listed name that leads to a private address', 'https://inside.example.com/token', 'source-private'],
    ['plain http', 'http://registry.example.com/token', 'source-invalid'],
    ['what is no URL', 'token', 'source-invalid'],
  ])('a realm at %s is never dialled', async (_title, realm, code) => {
    const before = challenge(realm);
    const { sources, net } = await opened(
      { manifests: {}, blobs: {}, tags: [], ...(before && { before }) },
      { reachable: { allow: ['registry.example.com', 'inside.example.com'], private: [] } },
    );

    expect(await faultOf(sources.chart(chart('1.2.3'), never))).toMatchObject({ code });
    expect(net.dialled).toEqual(['93.184.215.16:443']);
  });

  test('basic is answered where the registry asks for it', async () => {
    const content = holding('1.2.3', await chartOf('shop', '1.2.3'));
    const basic = `Basic ${Buffer.from('bot:hunter22').toString('base64')}`;
    const { sources } = await opened(
      {
        ...content,
        before: ({ headers }, response) =>
          headers.authorization !== basic &&
          Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end()),
      },
      { hosts: [accessTo('registry.example.com', { username: 'bot', password: 'hunter22' })] },
    );

    await expect(sources.chart(chart('1.2.3'), never)).resolves.toMatchObject({ resolved: '1.2.3' });
  });

  test('refused credentials are an error that names the host and no secret', async () => {
    const { sources } = await opened(
      {
        ...holding('1.2.3', await chartOf('shop', '1.2.3')),
        before: (_, response) =>
          Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end('hunter22')),
      },
      { hosts: [accessTo('registry.example.com', { username: 'bot', password: 'hunter22' })] },
    );

    const fault = await faultOf(sources.chart(chart('1.2.3'), never));

    expect(fault).toMatchObject({ code: 'source-refused', kind: 'unauthorized' });
    expect(fault.remedy).toContain('the credentials of registry.example.com under sources.hosts');
    expect(JSON.stringify([fault.message, fault.remedy, fault.subject])).not.toContain('hunter22');
  });

  test('a token that would break the header is none', async () => {
    const before: Content['before'] = ({ url = '' }, response) =>
      Boolean(
        url.startsWith('/token')
          ? response.end('{"token":"a\\r\\nx: y"}')
          : response.writeHead(401, { 'www-authenticate': bearer('https://registry.example.com/token') }).end(),
      );
    const { sources } = await opened({ manifests: {}, blobs: {}, tags: [], before });

    expect(await faultOf(sources.chart(chart('1.2.3'), never))).toMatchObject({ code: 'source-invalid' });
  });
});

describe('what cannot be had', () => {
  test.each([
    [403, 'source-refused'],
    [404, 'source-missing'],
    [429, 'source-limited'],
    [500, 'source-unreachable'],
  ])('a registry that answers %i', async (status, code) => {
    const { sources } = await opened({
      ...holding('1.2.3', await chartOf('shop', '1.2.3')),
      before: (_, response) => Boolean(response.writeHead(status).end()),
    });

    expect(await faultOf(sources.chart(chart('1.2.3'), never))).toMatchObject({ code });
  });

  test('a layer that says it is small and is not', async () => {
    const layer = await tgzOf([{ name: 'a', content: 'x'.repeat(10) }]);
    const content = holding('1.0.0', layer, fluxLayer);
    const { sources } = await opened(
      {
        ...content,
        before: ({ url = '' }, response) => url.includes('/blobs/') && Boolean(response.end(Buffer.alloc(200_000))),
      },
      { limits: { archiveBytes: 100_000 } },
    );

    expect(await faultOf(sources.artifact(artifact('1.0.0'), never))).toMatchObject({ code: 'source-too-large' });
  });

  test('tags without end', async () => {
    const { sources } = await opened(
      { manifests: {}, blobs: {}, tags: Array.from({ length: 10 }, (_, index) => `0.0.${index}`) },
      { limits: { tagPages: 3 } },
    );

    expect((await faultOf(sources.chart(chart('^1'), never))).message).toContain('lists tags without end');
  });

  test('what is neither manifest nor index', async () => {
    const { sources } = await opened({
      manifests: { '1.0.0': Buffer.from('{"schemaVersion":1}') },
      blobs: {},
      tags: [],
    });

    expect((await faultOf(sources.artifact(artifact('1.0.0'), never))).message).toContain(
      'is no manifest of an artifact',
    );
  });

  test.each([
    ['oci://bot:hunter22@registry.example.com/charts/shop', 'main'],
    ['oci://registry.example.com/Charts', 'main'],
    ['oci://registry.example.com/charts/../x', 'main'],
    ['oci://registry.example.com/charts/shop:1.0.0', 'main'],
    ['https://registry.example.com/charts/shop', 'main'],
    ['oci://registry.example.com/charts/shop', 'a/../../b'],
    ['oci://registry.example.com/charts/shop', 'sha256:short'],
  ])('%s at %s', async (url, revision) => {
    const { sources, net } = await opened({ manifests: {}, blobs: {}, tags: [] });

    const fault = await faultOf(sources.artifact({ url, revision }, never));

    expect(fault.code).toBe('source-invalid');
    expect(fault.message).not.toContain('hunter22');
    expect(net.dialled).toEqual([]);
  });
});
