import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serveGit } from '../../../../src/pretend/git-http.ts';
import type { SourcesOptions } from '../../../../src/world/sources/open-sources.ts';
import { type TemporaryRepository, temporaryRepository } from '../../git/temporary-repository.ts';
import { accessTo, faultOf, never, serve, sourcesOver, stop, textOf } from '../support.ts';

const ends: (() => unknown)[] = [];
let dir = '';
let repository: TemporaryRepository;
let commits: readonly string[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-sources-'));
  repository = temporaryRepository();
  repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  const first = repository.commit({ 'base/a.yaml': 'a: 1\n', 'run.sh': '#!/bin/sh\n' });
  repository.git('tag', 'v1.0.0');
  repository.git('tag', '-a', '-m', 'x', 'annotated');
  const second = repository.commit({ 'base/a.yaml': 'a: 2\n' });
  commits = [first, second];
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  repository.remove();
  await rm(dir, { recursive: true, force: true });
});

type Before = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Real Git over TLS on loopback, under a name that leads there. */
async function opened(more: Partial<SourcesOptions> & { readonly before?: Before } = {}) {
  const { before, ...options } = more;
  const asked: string[] = [];
  const { port, server } = await serve((request, response) => {
    asked.push(request.headers.authorization ?? 'none');
    if (before?.(request, response) === true) return;
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const projectRoot = dirname(repository.path);
    void serveGit(request, response, {
      projectRoot,
      path: path.replace('/shop.git', `/${basename(repository.path)}/.git`),
      query,
    });
  });
  const host = `charts.example.com:${port}`;
  const sources = sourcesOver(
    { resolve: async () => ['127.0.0.1'] },
    {
      dir,
      reachable: { allow: [host], private: ['127.0.0.0/8'] },
      hosts: [accessTo(host)],
      ...options,
    },
  );
  ends.push(
    () => stop(server),
    () => sources.close(),
  );
  return { sources, asked, host, url: `https://${host}/shop.git` };
}

describe('the files of a repository', () => {
  test('at a commit are pinned, and come from the disk the next time', async () => {
    const [first = ''] = commits;
    const { sources, url } = await opened();

    const { tree, ...fetched } = await sources.git({ url, revision: first }, never);

    expect(fetched).toEqual({
      resolved: first,
      digest: `git:${repository.git('rev-parse', `${first}^{tree}`)}`,
      isPinned: true,
      isFromCache: false,
    });
    expect(await textOf(tree, 'base/a.yaml')).toBe('a: 1\n');
    expect(tree.entries.find(({ path }) => path === 'base/a.yaml')?.oid).toBe(
      repository.git('rev-parse', `${first}:base/a.yaml`),
    );
  });

  test.each(['v1.0.0', 'annotated', 'refs/tags/v1.0.0'])('at tag %s are pinned', async (revision) => {
    const { sources, url } = await opened();

    expect(await sources.git({ url, revision }, never)).toMatchObject({ resolved: commits[0], isPinned: true });
  });

  test.each(['main', 'refs/heads/main', 'HEAD', ''])('at branch %j are not', async (revision) => {
    const { sources, url } = await opened();

    expect(await sources.git({ url, revision }, never)).toMatchObject({ resolved: commits[1], isPinned: false });
  });

  test.each([
    ['>=1.0.0 <2', 'v1.10.0'],
    ['~1.0', 'v1.0.0'],
    ['^1.2.0-0', 'v1.11.0-rc.1'],
    ['*', 'v2.0.0'],
  ])('in the range %j are those of the newest tag in it, which is never pinned', async (revision, tag) => {
    const tags = ['v1.2.0', 'v1.10.0', 'v1.11.0-rc.1', 'v2.0.0'];
    const ids = new Map([['v1.0.0', commits[0]]]);
    for (const name of tags) {
      ids.set(name, repository.commit({ 'base/a.yaml': `a: ${name}\n` }));
      repository.git('tag', '-a', '-m', 'x', name);
    }
    const { sources, url } = await opened();

    expect(await sources.git({ url, revision }, never)).toMatchObject({
      resolved: tag,
      digest: `git:${repository.git('rev-parse', `${ids.get(tag)}^{tree}`)}`,
      isPinned: false,
    });
  });

  test('what a branch is called is that branch where no tag is in the range, or only a name is meant', async () => {
    repository.git('branch', '1.x');
    repository.git('branch', '7.x');
    const { sources, url } = await opened();

    expect(await sources.git({ url, revision: '1.x' }, never)).toMatchObject({ resolved: 'v1.0.0', isPinned: false });
    expect(await sources.git({ url, revision: '7.x' }, never)).toMatchObject({ resolved: commits[1], isPinned: false });
    expect(await sources.git({ url, revision: '1.x', reads: 'name' }, never)).toMatchObject({ resolved: commits[1] });
    expect(await sources.git({ url, revision: '1.x', reads: 'range' }, never)).toMatchObject({ resolved: 'v1.0.0' });
    expect(await sources.git({ url, revision: '1.0.0', reads: 'range' }, never)).toMatchObject({ resolved: 'v1.0.0' });
  });

  test('keep links and modes, and leave submodules out', async () => {
    repository.git('update-index', '--add', '--chmod=+x', 'run.sh');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${commits[0]},sub`);
    const blob = repository.git('hash-object', '-w', 'run.sh');
    repository.git('update-index', '--add', '--cacheinfo', `120000,${blob},link`);
    repository.git('commit', '--quiet', '--message', 'odd');
    const { sources, url } = await opened();

    const { tree } = await sources.git({ url, revision: 'main' }, never);

    expect(tree.entries.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      '100644 base/a.yaml',
      '120000 link',
      '100755 run.sh',
    ]);
  });

  test('leave nothing behind but the cache', async () => {
    const temporary = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('fairlead-source-'));
    const before = await temporary();
    const { sources, url } = await opened();

    await sources.git({ url, revision: 'main' }, never);

    expect((await temporary()).filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe('the cache', () => {
  test('is enough for a commit; a tag needs the server unless it cannot be reached', async () => {
    const [revision = ''] = commits;
    let isDown = false;
    const { sources, url, asked } = await opened({
      limits: { freshMs: 0 },
      before: (_, response) => isDown && Boolean(response.writeHead(503).end()),
    });
    await sources.git({ url, revision }, never);
    await sources.git({ url, revision: 'v1.0.0' }, never);
    const before = asked.length;

    expect(await sources.git({ url, revision }, never)).toMatchObject({ isFromCache: true });
    expect(asked).toHaveLength(before);
    isDown = true;
    expect(await sources.git({ url, revision: 'v1.0.0' }, never)).toMatchObject({ isFromCache: true, isPinned: true });
    expect(await faultOf(sources.git({ url, revision: 'main' }, never))).toMatchObject({ code: 'source-unreachable' });
  });
});

test('credentials of the host are sent, and are in no error', async () => {
  const basic = `Basic ${Buffer.from('bot:hunter22').toString('base64')}`;
  const { asked, host, url } = await opened({
    before: (_, response) => Boolean(response.writeHead(403).end('hunter22')),
  });
  const sources = sourcesOver(
    { resolve: async () => ['127.0.0.1'] },
    {
      dir,
      reachable: { allow: [host], private: ['127.0.0.0/8'] },
      hosts: [accessTo(host, { username: 'bot', password: 'hunter22' })],
    },
  );
  ends.push(() => sources.close());

  const fault = await faultOf(sources.git({ url, revision: 'main' }, never));

  expect(asked).toContain(basic);
  expect(fault.code).toBe('source-refused');
  expect(JSON.stringify([fault.message, fault.remedy, fault.subject])).not.toMatch(/hunter22|Ym90/);
});

describe('what is not reached', () => {
  test.each([
    ['a host nobody listed', 'https://evil.example.com/x.git', 'source-not-allowed'],
    ['another protocol', 'ssh://git@charts.example.com/x.git', 'source-invalid'],
    ['a file', 'file:///etc', 'source-invalid'],
    ['a program', 'ext::sh -c id', 'source-invalid'],
    ['plain http', 'http://charts.example.com/x.git', 'source-invalid'],
    ['a password', 'https://bot:hunter22@charts.example.com/x.git', 'source-invalid'],
  ])('%s', async (_title, url, code) => {
    const { sources, asked } = await opened();

    const fault = await faultOf(sources.git({ url, revision: 'main' }, never));

    expect(fault.code).toBe(code);
    expect(fault.message).not.toContain('hunter22');
    expect(asked).toEqual([]);
  });

  test('a name that leads to a private address, and git is not even started', async () => {
    const sources = sourcesOver(
      { resolve: async () => ['10.0.0.7'] },
      {
        dir,
        openMirror: async () => {
          throw new Error('it was started');
        },
      },
    );
    ends.push(() => sources.close());

    const fault = await faultOf(sources.git({ url: 'https://charts.example.com/x.git', revision: 'main' }, never));

    expect(fault.code).toBe('source-private');
  });

  test('git goes to the address that was checked, not to one it looks up itself', async () => {
    const { sources, url, asked } = await opened();

    // Nothing else leads charts.example.com to loopback.
    await sources.git({ url, revision: 'main' }, never);

    expect(asked.length).toBeGreaterThan(0);
  });

  test('where a redirect leads', async () => {
    const { sources, url, asked } = await opened({
      before: ({ url: path = '' }, response) =>
        path.startsWith('/shop.git') &&
        Boolean(response.writeHead(302, { location: '/other.git/info/refs?service=git-upload-pack' }).end()),
    });

    expect(await faultOf(sources.git({ url, revision: 'main' }, never))).toMatchObject({ code: 'source-unreachable' });
    expect(asked).toHaveLength(1);
  });
});

describe('what cannot be had', () => {
  test.each([
    ['a branch', 'none', 'source-missing'],
    ['a commit', '0123456789012345678901234567890123456789', 'source-missing'],
    ['what is no ref', '--upload-pack=id', 'source-invalid'],
    ['a way out', 'a/../b', 'source-invalid'],
    ['a range', '>=9', 'source-missing'],
  ])('%s that is not there', async (_title, revision, code) => {
    const { sources, url } = await opened();

    expect(await faultOf(sources.git({ url, revision }, never))).toMatchObject({ code });
  });

  test('what only reads like a range where only names are meant', async () => {
    const { sources, url } = await opened();

    await sources.git({ url, revision: '1.x' }, never);
    const fault = await faultOf(sources.git({ url, revision: '1.x', reads: 'name' }, never));

    expect(fault.code).toBe('source-missing');
  });

  test('a range of a server that refuses', async () => {
    const { sources, url } = await opened({ before: (_, response) => Boolean(response.writeHead(403).end()) });

    expect(await faultOf(sources.git({ url, revision: '1.x' }, never))).toMatchObject({ code: 'source-refused' });
  });

  test('a repository that is not there', async () => {
    const { sources, host } = await opened();

    expect(await faultOf(sources.git({ url: `https://${host}/none.git`, revision: 'main' }, never))).toMatchObject({
      code: 'source-missing',
    });
  });

  test('files that are too large together', async () => {
    const { sources, url } = await opened({ limits: { unpackedBytes: 10 } });

    expect(await faultOf(sources.git({ url, revision: 'main' }, never))).toMatchObject({ code: 'source-too-large' });
  });

  test('a server that sends without end is cut off', async () => {
    const { sources, url } = await opened({
      limits: { archiveBytes: 1_000_000, gitMs: 20_000 },
      before: ({ method }, response) => method === 'POST' && endless(response),
    });

    const fault = await faultOf(sources.git({ url, revision: commits[0] ?? '' }, never));

    expect(fault.code).toBe('source-too-large');
  });

  test('a server that never answers is given up on', async () => {
    const { sources, url } = await opened({ limits: { gitMs: 500 }, before: () => true });

    const fault = await faultOf(sources.git({ url, revision: 'main' }, never));

    expect(fault.message).toContain('it did not answer in time');
  });
});

/** A pack of one blob that never ends: stored blocks of zlib in the side band of the protocol. */
function endless(response: ServerResponse): boolean {
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
  const line = (text: string | Buffer) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
  };
  const band = (bytes: Buffer) => line(Buffer.concat([Buffer.from([1]), bytes]));
  const size = Buffer.from([0xbf, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  const block = Buffer.concat([Buffer.from([0x00, 0x00, 0x80, 0xff, 0x7f]), Buffer.alloc(0x8000, 'x')]);
  response.write(line('packfile\n'));
  response.write(
    band(Buffer.concat([Buffer.from('PACK'), Buffer.from([0, 0, 0, 2, 0, 0, 0, 1]), size, Buffer.from([0x78, 0x01])])),
  );
  const more = (): void => void (response.destroyed || response.write(band(block), () => setImmediate(more)));
  more();
  return true;
}
