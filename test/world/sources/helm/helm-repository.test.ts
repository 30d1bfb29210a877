import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SourcesOptions } from '../../../../src/world/sources/open-sources.ts';
import type { Sources, WantedChart } from '../../../../src/world/sources/sources.ts';
import { chartOf } from '../archive/archives.ts';
import { accessTo, faultOf, type Internet, internet, never, serve, sourcesOver, stop, textOf } from '../support.ts';

const ends: (() => Promise<unknown>)[] = [];
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-sources-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

/** What a pretend internet answers, by `HOST/PATH`; a number is a status. */
type Files = Record<string, Buffer | string | number>;

interface Opened {
  readonly sources: Sources;
  readonly net: Internet;
  readonly asked: string[];
  readonly files: Files;
}

async function opened(files: Files, more: Partial<SourcesOptions> = {}): Promise<Opened> {
  const asked: string[] = [];
  const listener: RequestListener = ({ url, headers }, response) => {
    const place = `${headers.host}${url}`;
    asked.push(`${place}${headers.authorization === undefined ? '' : ` ${headers.authorization}`}`);
    const found = files[place] ?? 404;
    if (typeof found === 'number') response.writeHead(found).end('refused');
    else response.end(found);
  };
  const { port, server } = await serve(listener);
  const net = internet(port);
  const sources = sourcesOver(net, { dir, ...more });
  ends.push(
    () => stop(server),
    () => sources.close(),
  );
  return { sources, net, asked, files };
}

const shaOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Version {
  readonly version: string;
  readonly url: string;
  readonly digest?: string;
}

const indexOf = (versions: readonly Version[], name = 'shop') =>
  [
    'apiVersion: v1',
    `entries:\n  ${name}:`,
    ...versions.map(
      ({ version, url, digest }) =>
        `  - {name: ${name}, version: ${JSON.stringify(version)}, urls: ['${url}']${digest === undefined ? '' : `, digest: ${digest}`}}`,
    ),
    'generated: "2026-01-01T00:00:00Z"\n',
  ].join('\n');

const wanted: WantedChart = {
  repository: 'https://charts.example.com/stable',
  name: 'shop',
  version: '1.2.3',
  digest: null,
};

async function shop(more: Partial<SourcesOptions> = {}): Promise<Opened & { readonly archive: Buffer }> {
  const archive = await chartOf('shop', '1.2.3');
  const index = indexOf([
    { version: '1.2.3', url: 'shop-1.2.3.tgz', digest: shaOf(archive) },
    { version: '2.0.0-rc.1', url: 'none.tgz' },
    { version: '1.10.0', url: 'https://cdn.example.com/shop-1.10.0.tgz' },
  ]);
  const files = {
    'charts.example.com/stable/index.yaml': index,
    'charts.example.com/stable/shop-1.2.3.tgz': archive,
    'cdn.example.com/shop-1.10.0.tgz': await chartOf('shop', '1.10.0'),
  };
  return { ...(await opened(files, more)), archive };
}

describe('a chart of a Helm repository', () => {
  test('of an exact version is pinned, and its folder is the root', async () => {
    const { sources, archive } = await shop();

    const { tree, ...fetched } = await sources.chart(wanted, never);

    expect(fetched).toEqual({
      resolved: '1.2.3',
      digest: `sha256:${shaOf(archive)}`,
      isPinned: true,
      isFromCache: false,
    });
    expect(await textOf(tree, 'Chart.yaml')).toContain('version: 1.2.3');
  });

  test.each([
    ['^1.0.0', '1.10.0'],
    ['>=1.0.0 <1.10.0', '1.2.3'],
    ['', '1.10.0'],
    ['1.2', '1.2.3'],
  ])('of range %j is the newest in it, here %s, and is not pinned', async (version, resolved) => {
    const { sources } = await shop();

    expect(await sources.chart({ ...wanted, version }, never)).toMatchObject({ resolved, isPinned: false });
  });

  test('may lie at another host, which gets no credentials but its own', async () => {
    const { sources, asked } = await shop({
      hosts: [
        accessTo('charts.example.com', { username: 'bot', password: 'hunter22' }),
        accessTo('cdn.example.com', { token: 'for-the-cdn' }),
      ],
    });

    await sources.chart({ ...wanted, version: '1.10.0' }, never);

    expect(asked).toEqual([
      `charts.example.com/stable/index.yaml Basic ${Buffer.from('bot:hunter22').toString('base64')}`,
      'cdn.example.com/shop-1.10.0.tgz Bearer for-the-cdn',
    ]);
  });

  test('asked for by many at once is had once', async () => {
    const { sources, asked } = await shop();

    await Promise.all(Array.from({ length: 20 }, () => sources.chart(wanted, never)));
    await sources.chart({ ...wanted, version: '^1' }, never);

    expect(asked.filter((place) => place.endsWith('index.yaml'))).toHaveLength(1);
    expect(asked.filter((place) => place.endsWith('shop-1.2.3.tgz'))).toHaveLength(1);
  });

  test('a caller that gives up does not take it from another', async () => {
    const { sources } = await shop();
    const caller = new AbortController();

    const [given, other] = [sources.chart(wanted, caller.signal), sources.chart(wanted, never)];
    caller.abort(new Error('the head moved'));

    await expect(given).rejects.toThrow('the head moved');
    await expect(other).resolves.toMatchObject({ resolved: '1.2.3' });
  });
});

describe('the cache', () => {
  test('stands in for a repository that cannot be reached, for what is pinned only', async () => {
    const first = await shop();
    await first.sources.chart(wanted, never);
    await first.sources.chart({ ...wanted, version: '^1' }, never);
    const { sources } = await opened({ 'charts.example.com/stable/index.yaml': 503 });

    expect(await sources.chart(wanted, never)).toMatchObject({ resolved: '1.2.3', isPinned: true, isFromCache: true });
    expect(await faultOf(sources.chart({ ...wanted, version: '^1' }, never))).toMatchObject({
      code: 'source-unreachable',
      kind: 'unavailable',
    });
  });

  test('does not stand in for a version that was taken back', async () => {
    const first = await shop();
    await first.sources.chart(wanted, never);
    const { sources } = await opened({ 'charts.example.com/stable/index.yaml': indexOf([]) });

    expect(await faultOf(sources.chart(wanted, never))).toMatchObject({ code: 'source-missing' });
  });

  test('is enough where the digest is named', async () => {
    const first = await shop();
    const digest = `sha256:${shaOf(first.archive)}`;
    await first.sources.chart({ ...wanted, digest }, never);
    const { sources, net } = await opened({});

    expect(await sources.chart({ ...wanted, digest }, never)).toMatchObject({ digest, isFromCache: true });
    expect(net.dialled).toEqual([]);
  });

  test('gives nothing of a host that is no longer listed', async () => {
    const first = await shop();
    await first.sources.chart(wanted, never);
    const { sources, net } = await opened({}, { reachable: { allow: [], private: [] } });

    expect(await faultOf(sources.chart(wanted, never))).toMatchObject({ code: 'source-not-allowed' });
    expect(net.dialled).toEqual([]);
  });
});

describe('a digest that does not match', () => {
  test('of the index is an error and nothing is kept', async () => {
    const { sources, files } = await shop();
    files['charts.example.com/stable/shop-1.2.3.tgz'] = await chartOf('shop', '6.6.6');

    const fault = await faultOf(sources.chart(wanted, never));

    expect(fault.code).toBe('source-digest');
    expect(fault.subject).toBe('https://charts.example.com/stable/shop-1.2.3.tgz');
    files['charts.example.com/stable/index.yaml'] = 503;
    expect(await faultOf(sources.chart(wanted, never))).toMatchObject({ code: 'source-digest' });
  });

  test('of the one who asks is an error', async () => {
    const { sources } = await shop();

    const fault = await faultOf(sources.chart({ ...wanted, digest: `sha256:${'0'.repeat(64)}` }, never));

    expect(fault.code).toBe('source-digest');
    expect(fault.message).toMatch(/^chart shop 1\.2\.3 of charts\.example\.com has the digest sha256:/);
  });
});

describe('what cannot be had', () => {
  test.each([
    [401, 'source-refused'],
    [403, 'source-refused'],
    [404, 'source-missing'],
    [429, 'source-limited'],
    [500, 'source-unreachable'],
  ])('an index that answers %i', async (status, code) => {
    const { sources } = await opened({ 'charts.example.com/stable/index.yaml': status });

    expect(await faultOf(sources.chart(wanted, never))).toMatchObject({ code, status });
  });

  test.each([
    ['another name', { name: 'shoe' }, 'https://charts.example.com/stable/ has no chart called shoe.'],
    ['another version', { version: '9.9.9' }, 'has no version 9.9.9 of shop; the newest is 2.0.0-rc.1.'],
    ['what is no version', { version: 'latest' }, 'has no version latest of shop'],
  ])('%s', async (_title, more, message) => {
    const { sources } = await shop();

    const fault = await faultOf(sources.chart({ ...wanted, ...more }, never));

    expect(fault.code).toBe('source-missing');
    expect(fault.message).toContain(message);
  });

  test.each(['http://charts.example.com', 'https://bot:hunter22@charts.example.com', 'file:///etc', 'charts'])(
    'a repository written as %s',
    async (repository) => {
      const { sources, net } = await opened({});

      const fault = await faultOf(sources.chart({ ...wanted, repository }, never));

      expect(fault.code).toBe('source-invalid');
      expect(`${fault.message} ${fault.subject}`).not.toContain('hunter22');
      expect(net.dialled).toEqual([]);
    },
  );

  test('a chart whose archive lies at a private address, and nobody dials it', async () => {
    const index = indexOf([{ version: '1.2.3', url: 'https://inside.example.com/shop.tgz' }]);
    const { sources, net } = await opened(
      { 'charts.example.com/stable/index.yaml': index },
      { reachable: { allow: ['charts.example.com', 'inside.example.com'], private: [] } },
    );

    expect(await faultOf(sources.chart(wanted, never))).toMatchObject({ code: 'source-private' });
    expect(net.dialled).toEqual(['93.184.215.14:443']);
  });

  test('a hostile archive', async () => {
    const archive = await chartOf('shop', '1.2.3', [{ name: 'shop/../../etc/cron.d/x', content: 'x' }]);
    const { sources } = await opened({
      'charts.example.com/stable/index.yaml': indexOf([{ version: '1.2.3', url: 'shop.tgz' }]),
      'charts.example.com/stable/shop.tgz': archive,
    });

    const fault = await faultOf(sources.chart(wanted, never));

    expect(fault).toMatchObject({ code: 'archive-refused', subject: 'chart shop 1.2.3 of charts.example.com' });
    expect(fault.message).toContain('"shop/../../etc/cron.d/x" leads out of the archive');
  });
});

describe('a hostile index', () => {
  const bomb = `apiVersion: v1\nentries:\n  a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from(
    { length: 12 },
    (_, level) => `  a${level + 1}: &a${level + 1} [${Array.from({ length: 9 }, () => `*a${level}`).join(',')}]\n`,
  ).join('')}`;

  test.each([
    ['a bomb of aliases', bomb],
    ['a page', '<html>Sign in</html>'],
    ['a list', '[1, 2]'],
    ['broken YAML', 'apiVersion: v1\nentries: {'],
  ])('%s is no index', async (_title, text) => {
    const { sources } = await opened({ 'charts.example.com/stable/index.yaml': text });

    const fault = await faultOf(sources.chart(wanted, never));

    expect(fault.code).toBe('source-invalid');
    expect(fault.message).toContain('https://charts.example.com/stable/index.yaml is no index of charts');
  });

  test('too large is cut off', async () => {
    const { sources } = await opened(
      { 'charts.example.com/stable/index.yaml': Buffer.alloc(200_000, '#') },
      { limits: { indexBytes: 100_000 } },
    );

    expect(await faultOf(sources.chart(wanted, never))).toMatchObject({ code: 'source-too-large' });
  });
});
