import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { namesCommit } from '../../../../src/world/sources/file/file-source.ts';
import type { SourcesOptions } from '../../../../src/world/sources/open-sources.ts';
import { accessTo, faultOf, internet, never, serve, sourcesOver, stop, textOf } from '../support.ts';

const ends: (() => unknown)[] = [];
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-file-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true, force: true });
});

async function opened(listener: RequestListener, more: Partial<SourcesOptions> = {}) {
  const asked: string[] = [];
  const { port, server } = await serve((request, response) => {
    asked.push(`${request.headers.host}${request.url} ${request.headers.authorization ?? ''}`.trim());
    listener(request, response);
  });
  const net = internet(port);
  const sources = sourcesOver(net, { dir, limits: { freshMs: 0 }, ...more });
  ends.push(
    () => stop(server),
    () => sources.close(),
  );
  return { sources, asked, net };
}

const commit = 'a'.repeat(40);
const url = 'https://charts.example.com/x.yaml';

describe('a file', () => {
  test('is had as it is, and no credentials are shown for it', async () => {
    const hosts = [accessTo('charts.example.com', { token: 'for-charts' })];
    const { sources, asked } = await opened((_, response) => response.end('a: 1\n'), { hosts });

    const { tree, ...fetched } = await sources.file({ url: `${url}?b=c` }, never);

    const digest = `sha256:${createHash('sha256').update('a: 1\n').digest('hex')}`;
    expect(fetched).toEqual({ resolved: digest, digest, isPinned: false, isFromCache: false });
    expect(tree.entries).toHaveLength(1);
    expect(await textOf(tree, tree.entries[0]?.path ?? '')).toBe('a: 1\n');
    expect(asked).toEqual(['charts.example.com/x.yaml?b=c']);
  });

  test('comes from the disk where its server is gone, if its address names a commit', async () => {
    let isDown = false;
    const { sources } = await opened((_, response) => response.writeHead(isDown ? 503 : 200).end('a: 1\n'));
    const pinned = `https://charts.example.com/raw/${commit}/x.yaml`;
    await sources.file({ url: pinned }, never);
    await sources.file({ url }, never);
    isDown = true;

    await expect(sources.file({ url: pinned }, never)).resolves.toMatchObject({ isPinned: true, isFromCache: true });
    expect(await faultOf(sources.file({ url }, never))).toMatchObject({ code: 'source-unreachable' });
  });

  test.each([
    [401, 'source-refused'],
    [404, 'source-missing'],
  ])('that is answered with %i is a fault, without the query of its address', async (status, code) => {
    const { sources } = await opened((_, response) => response.writeHead(status).end());

    const fault = await faultOf(sources.file({ url: `${url}?signature=CANARY` }, never));

    expect(fault.code).toBe(code);
    expect(JSON.stringify([fault.message, fault.subject, fault.remedy])).not.toContain('CANARY');
  });

  test('that is too large is cut off', async () => {
    const { sources } = await opened((_, response) => response.end('x'.repeat(101)), {
      limits: { fileBytes: 100 },
    });

    expect(await faultOf(sources.file({ url }, never))).toMatchObject({ code: 'source-too-large' });
  });
});

describe('what is not reached', () => {
  test.each([
    ['a host nobody listed', 'https://evil.example.com/x.yaml', 'source-not-allowed'],
    ['plain http', 'http://charts.example.com/x.yaml', 'source-invalid'],
    ['a file of this machine', 'file:///etc/passwd', 'source-invalid'],
    ['a password', 'https://bot:hunter22@charts.example.com/x.yaml', 'source-invalid'],
  ])('%s', async (_title, address, code) => {
    const { sources, net } = await opened((_, response) => response.end());

    const fault = await faultOf(sources.file({ url: address }, never));

    expect([fault.code, net.dialled]).toEqual([code, []]);
    expect(fault.message).not.toContain('hunter22');
  });

  test.each([
    ['a host nobody listed', 'https://evil.example.com/x', 'source-not-allowed'],
    ['the address of a cloud’s metadata', 'https://169.254.169.254/latest', 'source-not-allowed'],
    ['plain http', 'http://charts.example.com/x', 'source-invalid'],
  ])('where a redirect leads to %s', async (_title, location, code) => {
    const { sources, asked } = await opened((_, response) => response.writeHead(302, { location }).end());

    expect(await faultOf(sources.file({ url }, never))).toMatchObject({ code });
    expect(asked).toHaveLength(1);
  });
});

describe('an address', () => {
  test.each([
    `https://a.example/raw/${commit}/x.yaml`,
    `https://a.example/x.yaml?ref=${commit}`,
    `https://a.example/x.yaml?a=b&at=${commit}&c=d`,
    `https://a.example/blob/${'b'.repeat(64)}/x.yaml`,
  ])('%s names a commit', (text) => {
    expect(namesCommit(new URL(text))).toBe(true);
  });

  test.each([
    'https://a.example/main/x.yaml',
    `https://a.example/${'a'.repeat(39)}/x.yaml`,
    `https://a.example/${'a'.repeat(41)}/x.yaml`,
    `https://a.example/x-${commit}/x.yaml`,
    `https://a.example/x.yaml#${commit}`,
  ])('%s names none', (text) => {
    expect(namesCommit(new URL(text))).toBe(false);
  });
});
