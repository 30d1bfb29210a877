import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { digestOf, openDiskCache } from '../../../src/world/sources/disk-cache.ts';

let dir = '';
let time = Date.parse('2026-01-01T00:00:00Z');

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-cache-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Each look at the clock is a second later. */
const opened = (maxBytes = 1000) =>
  openDiskCache({
    dir,
    maxBytes,
    now: () => {
      time += 1000;
      return new Date(time);
    },
  });

const kept = () => readdir(join(dir, 'content'));

describe('the cache', () => {
  test('gives back what it kept, by digest, after a restart too', async () => {
    const digest = await opened().keep(Buffer.from('a chart'));

    expect(digest).toBe(digestOf(Buffer.from('a chart')));
    expect(Buffer.from((await opened().content(digest)) ?? []).toString()).toBe('a chart');
  });

  test('knows nothing of what it never had', async () => {
    expect(await opened().content(digestOf(Buffer.from('x')))).toBeNull();
    expect(await opened().answer('x')).toBeNull();
  });

  test('drops what was used longest ago when it is full', async () => {
    const cache = opened(1000);
    const [one, two] = [await cache.keep(Buffer.alloc(400, 'a')), await cache.keep(Buffer.alloc(400, 'b'))];
    await cache.content(one);

    const three = await cache.keep(Buffer.alloc(400, 'c'));

    expect(await cache.content(two)).toBeNull();
    expect(await cache.content(one)).not.toBeNull();
    expect(await cache.content(three)).not.toBeNull();
  });

  test('does not keep what is larger than all of it', async () => {
    const digest = await opened(100).keep(Buffer.alloc(101));

    expect(digest).toMatch(/^sha256:/);
    expect(await opened(100).content(digest)).toBeNull();
  });

  test('a file that was altered is no content, and goes', async () => {
    const digest = await opened().keep(Buffer.from('a chart'));
    await writeFile(join(dir, 'content', digest.slice(7)), 'another');

    expect(await opened().content(digest)).toBeNull();
    expect(await kept()).toEqual([]);
  });

  test('remembers answers, whatever their words are', async () => {
    const answer = {
      resolved: '1.2.3',
      digest: 'sha256:x',
      content: digestOf(Buffer.from('x')),
      layout: 'chart',
    } as const;
    await opened().remember('https://h/../../etc\n?#', answer);

    expect(await opened().answer('https://h/../../etc\n?#')).toEqual(answer);
  });

  test('an answer cut off by a crash is none', async () => {
    const answer = {
      resolved: '1.2.3',
      digest: 'sha256:x',
      content: digestOf(Buffer.from('x')),
      layout: 'chart',
    } as const;
    await opened().remember('key', answer);
    const [name = ''] = await readdir(join(dir, 'answers'));
    await writeFile(join(dir, 'answers', name), '{"key":"key","resol');

    expect(await opened().answer('key')).toBeNull();
  });

  test('clears what a killed process left unfinished, and only that', async () => {
    await opened().keep(Buffer.from('a'));
    await writeFile(join(dir, 'unfinished', 'old'), 'half');
    await writeFile(join(dir, 'unfinished', 'new'), 'half');
    await utimes(join(dir, 'unfinished', 'old'), 0, 0);
    await utimes(join(dir, 'unfinished', 'new'), new Date(time), new Date(time));

    await opened().keep(Buffer.from('b'));

    expect(await readdir(join(dir, 'unfinished'))).toEqual(['new']);
  });

  test('a disk that takes nothing is no fault', async () => {
    await writeFile(join(dir, 'file'), '');
    const cache = openDiskCache({ dir: join(dir, 'file', 'below'), maxBytes: 1000, now: () => new Date(0) });

    await expect(cache.keep(Buffer.from('a'))).resolves.toBe(digestOf(Buffer.from('a')));
    await expect(
      cache.remember('key', { resolved: '', digest: '', content: '', layout: 'chart' }),
    ).resolves.toBeUndefined();
  });
});

test('processes that write, read and drop at once never see half a file, and keep the bound', async () => {
  const workers = await Promise.all([1, 2, 3].map((seed) => runWorker(seed)));

  expect(workers).toEqual([0, 0, 0]);
  const sizes = await kept();
  expect(sizes.length).toBeLessThanOrEqual(4);
  expect(await readdir(join(dir, 'unfinished'))).toEqual([]);
});

/** Ends with code 0 when all it read was whole. */
function runWorker(seed: number): Promise<number | null> {
  const child = fork(join(import.meta.dirname, 'cache-worker.ts'), [dir, String(seed)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    execPath: join(import.meta.dirname, '../../../node_modules/.bin/node'),
  });
  return new Promise((resolve) => child.on('close', resolve));
}
