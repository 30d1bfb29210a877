import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openRepository } from '../../../src/world/git/repository.ts';
import { type TemporaryRepository, temporaryRepository } from './temporary-repository.ts';

const signal = new AbortController().signal;
let source: TemporaryRepository;
beforeEach(() => {
  source = temporaryRepository();
  source.commit({ 'a.yaml': 'a\n' });
});
afterEach(() => source.remove());

interface Entry {
  readonly mode: string;
  readonly name: string | Buffer;
  readonly oid: string;
}

/** A tree object with the entries given, whatever git thinks of them. */
function plant(...entries: readonly Entry[]): string {
  const parts = entries.flatMap(({ mode, name, oid }) => [
    ...[Buffer.from(`${mode} `), Buffer.from(name), Buffer.of(0), Buffer.from(oid, 'hex')],
  ]);
  const args = ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'];
  return execFileSync('git', args, { cwd: source.path, input: Buffer.concat(parts), encoding: 'utf8' }).trim();
}

const blob = (): string => source.git('rev-parse', 'HEAD:a.yaml');
const file = (name: string | Buffer): Entry => ({ mode: '100644', name, oid: blob() });
const folder = (name: string | Buffer, oid: string): Entry => ({ mode: '40000', name, oid });

async function listed(tree: string): Promise<readonly string[]> {
  const repository = await openRepository({ path: source.path, signal });
  try {
    return (await repository.tree(tree, signal)).entries.map(({ path }) => path);
  } finally {
    await repository.close();
  }
}

describe('a tree that git itself would not check out is refused, never read in part', () => {
  test.each([
    ['a folder ..', () => plant(folder('..', plant(file('a.yaml')))), 'the path ../a.yaml'],
    ['a folder .. further in', () => plant(folder('k', plant(folder('..', plant(file('b')))))), 'the path k/../b'],
    ['a folder .', () => plant(folder('.', plant(file('a.yaml')))), 'the path ./a.yaml'],
    ['a folder .git', () => plant(folder('.git', plant(file('config')))), 'the path .git/config'],
    ['a name from the root', () => plant(file('/etc/a.yaml')), 'the path /etc/a.yaml'],
    ['a name that climbs', () => plant(file('a/../../b')), 'the path a/../../b'],
    ['a name twice', () => plant(file('a.yaml'), file('a.yaml')), 'two entries a.yaml'],
  ])('%s', async (_what, make, says) => {
    await expect(listed(make())).rejects.toMatchObject({
      code: 'tree-unsound',
      message: expect.stringContaining(` holds ${says}, which git itself would not check out.`),
    });
  });
});

describe('odd names are names', () => {
  test.each([
    'new\nline',
    '--upload-pack=x',
    '$(id)',
    '...',
    '.github',
    '.gitignore',
    '..a',
    '\u202e',
    'n'.repeat(4_096),
  ])('%j', async (name) => {
    expect(await listed(plant(folder(name, plant(file('a.yaml')))))).toEqual([`${name}/a.yaml`]);
  });

  test('names that differ only in bytes that are no UTF-8 stay apart', async () => {
    const names = [0xfe, 0xff].map((byte) => Buffer.of(0x61, byte, 0x62));

    expect(await listed(plant(...names.map(file)))).toEqual(['a\\xfeb', 'a\\xffb']);
  });

  test('and beside one that is UTF-8, which is read as such', async () => {
    expect(await listed(plant(file(Buffer.of(0xff)), file('ü')))).toEqual(['\\xff', 'ü']);
  });

  test('what changed is named in the same way', async () => {
    const one = plant(file('a'));
    const other = plant(file('a'), file(Buffer.of(0x62, 0xff)));
    const repository = await openRepository({ path: source.path, signal });

    const changed = await repository.changedFiles(one, other, signal);
    await repository.close();

    expect(changed).toEqual(['b\\xff']);
  });
});

test.each(['--upload-pack=x', '-oProxyCommand=x', '$(id)', '`id`', 'a;b', 'ü'])(
  'a branch named %j is data: read by its full name, never an option or a command',
  async (name) => {
    source.git('update-ref', `refs/heads/${name}`, source.git('rev-parse', 'HEAD'));
    const repository = await openRepository({ path: source.path, signal });

    const tree = await repository.tree(`refs/heads/${name}`, signal);
    await repository.close();

    expect(tree.entries.map(({ path }) => path)).toEqual(['a.yaml']);
  },
);

test('a submodule that names a command is an entry, and nothing of it is run or fetched', async () => {
  const trap = join(source.path, 'trapped');
  const settings = `[submodule "x"]\n\tpath = lib\n\turl = --upload-pack=touch ${trap}\n\tupdate = !touch ${trap}\n`;
  const commit = source.commit({ '.gitmodules': settings });
  source.git('update-index', '--add', '--cacheinfo', `160000,${commit},lib`);
  source.git('commit', '--quiet', '--message', 'submodule');
  const repository = await openRepository({ path: source.path, signal });

  const tree = await repository.tree('HEAD', signal);
  const read = tree.read(['lib'], signal);

  expect(tree.entries).toContainEqual(expect.objectContaining({ path: 'lib', mode: '160000' }));
  await expect(read).rejects.toMatchObject({ code: 'file-missing', remedy: expect.stringContaining('submodules') });
  expect(existsSync(trap)).toBe(false);
  await repository.close();
});

test('a file whose content the clone does not hold is listed, and reading it says what to do', async () => {
  rmSync(join(source.path, '.git', 'objects', blob().slice(0, 2), blob().slice(2)));
  const repository = await openRepository({ path: source.path, signal });

  const tree = await repository.tree('HEAD', signal);
  const reading = tree.read(['a.yaml'], signal);

  expect(tree.entries).toMatchObject([{ path: 'a.yaml' }]);
  await expect(reading).rejects.toMatchObject({
    code: 'git-failed',
    message: expect.stringMatching(/object [0-9a-f]{40} is missing\.$/),
    remedy: expect.stringContaining('Clone without --filter'),
  });
  await repository.close();
});
