import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { pack } from '../../../../src/world/sources/archive/pack.ts';
import { type Archive, unpack } from '../../../../src/world/sources/archive/unpack.ts';
import { faultOf, never } from '../support.ts';
import { chartOf, type Entry, tarOf, tgzOf } from './archives.ts';

const limits = { unpackedBytes: 100_000, files: 50 };

const open = (bytes: Uint8Array, more: Partial<Archive> = {}) =>
  unpack({ name: 'shop-1.0.0.tgz', bytes, layout: 'artifact', limits, ...more });

describe('an honest archive', () => {
  test('of a chart has the folder of the chart as its root', async () => {
    const tree = await open(await chartOf('shop', '1.0.0'), { layout: 'chart' });

    expect(tree.entries.map(({ path }) => path)).toEqual(['Chart.yaml', 'templates/map.yaml', 'values.yaml']);
    const read = await tree.read(['values.yaml'], never);
    expect(Buffer.from(read.get('values.yaml') ?? []).toString()).toBe('replicas: 1\n');
  });

  test('made on Windows has the same files', async () => {
    const bytes = await tgzOf([{ name: 'shop\\templates\\map.yaml', content: 'a' }]);

    expect((await open(bytes, { layout: 'chart' })).entries[0]?.path).toBe('templates/map.yaml');
  });

  test('keeps names, long ones too, modes and the ids Git gives', async () => {
    const long = `${'deep/'.repeat(40)}ü.yaml`;
    const bytes = await tarOf([
      { name: 'run.sh', mode: 0o755, content: 'hello\n' },
      { name: `./${long}`, content: '' },
      { name: 'folder/', type: 'directory' },
    ]);

    expect((await open(bytes)).entries).toEqual([
      { path: long, mode: '100644', oid: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391', size: 0 },
      { path: 'run.sh', mode: '100755', oid: 'ce013625030ba8dba906f756967f9e9ca394464a', size: 6 },
    ]);
  });

  test('a file it does not have is an error of the tree', async () => {
    const tree = await open(await chartOf('shop', '1.0.0'), { layout: 'chart' });

    expect(await faultOf(tree.read(['secrets.yaml'], never))).toMatchObject({ code: 'file-missing' });
  });
});

describe('a dangerous entry is refused by its name', () => {
  const attacks: readonly (readonly [string, Entry, string])[] = [
    ['path traversal', { name: 'shop/../../etc/passwd', content: 'x' }, 'leads out of the archive'],
    ['an absolute path', { name: '/etc/passwd', content: 'x' }, 'has an absolute path'],
    ['a drive', { name: 'c:/windows', content: 'x' }, 'has an absolute path'],
    ['a link', { name: 'shop/a', type: 'symlink', linkname: '/etc/passwd' }, 'is a symlink to "/etc/passwd"'],
    ['a hard link', { name: 'shop/a', type: 'link', linkname: 'shop/b' }, 'is a link to "shop/b"'],
    ['a device', { name: 'shop/null', type: 'character-device' }, 'is a character-device'],
    ['a block device', { name: 'shop/sda', type: 'block-device' }, 'is a block-device'],
    ['a pipe', { name: 'shop/pipe', type: 'fifo' }, 'is a fifo'],
    ['a line break', { name: 'shop/a\nb', content: 'x' }, 'has control characters in its name'],
    ['a name of 5,000 characters', { name: `shop/${'a'.repeat(5000)}`, content: 'x' }, 'has a name of more than'],
  ];

  test.each(attacks)('%s', async (_title, entry, why) => {
    const fault = await faultOf(open(await tgzOf([{ name: 'shop/Chart.yaml', content: 'x' }, entry])));

    expect(fault).toMatchObject({ code: 'archive-refused', subject: 'shop-1.0.0.tgz' });
    expect(fault.message).toContain(`shop-1.0.0.tgz is refused: ${JSON.stringify(entry.name.slice(0, 200))} ${why}`);
  });

  test('path traversal as Windows writes it, in a chart', async () => {
    const bytes = await tgzOf([{ name: 'shop\\..\\..\\etc', content: 'x' }]);

    expect((await faultOf(open(bytes, { layout: 'chart' }))).message).toContain('leads out of the archive');
  });

  test('a name that is no UTF-8', async () => {
    const tar = await tarOf([{ name: 'shop/abcd', content: 'x' }]);
    const bytes = withName(tar, Buffer.from([0x73, 0x68, 0x6f, 0x70, 0x2f, 0xff, 0xfe]));

    expect((await faultOf(open(bytes))).message).toContain('has a name that is no UTF-8');
  });

  test('a kind nobody knows', async () => {
    const tar = await tarOf([{ name: 'shop/abcd', content: 'x' }]);
    tar[156] = 'S'.charCodeAt(0);

    expect((await faultOf(open(sealed(tar)))).message).toContain('is a thing of unknown kind');
  });

  test.each([
    ['twice the same file', ['shop/a', 'shop/a'], '"shop/a" is there twice'],
    ['twice the same, written otherwise', ['shop/a', './shop//a'], '"./shop//a" is there twice'],
    ['a file in a file', ['shop/a', 'shop/a/b'], '"shop/a/b" lies in shop/a, which is a file'],
    ['a file where a folder is', ['shop/a/b', 'shop/a'], '"shop/a" is there twice'],
  ])('%s', async (_title, names, message) => {
    const bytes = await tgzOf(names.map((name) => ({ name, content: 'x' })));

    expect((await faultOf(open(bytes))).message).toContain(message);
  });

  test('a file outside the folder of the chart', async () => {
    const bytes = await tgzOf([{ name: 'Chart.yaml', content: 'x' }]);

    expect((await faultOf(open(bytes, { layout: 'chart' }))).message).toContain('lies outside the folder of the chart');
  });
});

describe('an archive that costs too much', () => {
  test('a gzip bomb is not inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));

    expect(bomb.length).toBeLessThan(60_000);
    expect(await faultOf(open(bomb))).toMatchObject({ code: 'source-too-large', kind: 'too-large' });
  });

  test('files that are too large together', async () => {
    const bytes = await tgzOf(['a', 'b'].map((name) => ({ name, content: 'x'.repeat(60_000) })));

    expect(await faultOf(open(bytes))).toMatchObject({ code: 'source-too-large' });
  });

  test('a size that only the header claims', async () => {
    const tar = await tarOf([{ name: 'a', content: 'x' }]);
    tar.write('77777777777 ', 124);

    expect(await faultOf(open(sealed(tar)))).toMatchObject({ code: 'source-too-large' });
  });

  test('too many files', async () => {
    const bytes = await tgzOf(Array.from({ length: 51 }, (_, index) => ({ name: `f${index}`, content: '' })));

    expect((await faultOf(open(bytes))).message).toContain('is one file more than 50');
  });
});

describe('what is no archive', () => {
  test.each([
    ['a page', Buffer.from('<html>Sign in</html>'.repeat(100)), 'is no whole tar archive'],
    ['nothing', Buffer.alloc(0), 'holds no files'],
    ['an empty tar', Buffer.alloc(1024), 'holds no files'],
    ['half a gzip', gzipSync(Buffer.alloc(5000, 'abc')).subarray(0, 30), 'is no whole gzip file'],
  ])('%s', async (_title, bytes, why) => {
    expect((await faultOf(open(bytes))).message).toContain(why);
  });

  test('a tar that ends in the middle of a file', async () => {
    const tar = await tarOf([{ name: 'a', content: 'x'.repeat(5000) }]);

    expect((await faultOf(open(tar.subarray(0, 2000)))).message).toContain('is no whole tar archive');
  });
});

test('what is packed comes out the same, links included', async () => {
  const files = new Map([
    ['a/run.sh', { mode: '100755', bytes: Buffer.from('x') }],
    ['b', { mode: '120000', bytes: Buffer.from('a/run.sh') }],
    ['c\\d', { mode: '100644', bytes: Buffer.from('') }],
  ] as const);

  const tree = await open(await pack(files), { layout: 'commit' });

  expect(tree.entries.map(({ path, mode }) => [path, mode])).toEqual([
    ['a/run.sh', '100755'],
    ['b', '120000'],
    ['c\\d', '100644'],
  ]);
  expect(Buffer.from((await tree.read(['b'], never)).get('b') ?? []).toString()).toBe('a/run.sh');
});

/** The first header with another name, and a checksum that fits. */
function withName(tar: Buffer, name: Buffer): Buffer {
  tar.fill(0, 0, 100);
  name.copy(tar);
  return sealed(tar);
}

/** The first header with a checksum that fits. */
function sealed(tar: Buffer): Buffer {
  tar.fill(' ', 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return tar;
}
