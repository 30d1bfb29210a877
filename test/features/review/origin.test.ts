import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pullOrigin } from '../../../src/features/review/pull-origin.ts';
import { originOf } from '../../../src/features/review/range.ts';
import type { Tree } from '../../../src/model/tree.ts';
import type { Repository } from '../../../src/world/git/git.ts';
import { openMirror, openRepository } from '../../../src/world/git/repository.ts';
import { type GitServer, startGitServer } from '../../world/git/git-server.ts';
import { type TemporaryRepository, temporaryRepository } from '../../world/git/temporary-repository.ts';

const { signal } = new AbortController();
const basic = `Basic ${Buffer.from('x:y').toString('base64')}`;
const header = `Authorization: ${basic}`;

let source: TemporaryRepository;
let ids: readonly string[];

beforeEach(() => {
  source = temporaryRepository();
  ids = ['1', '2', '3', '4'].map((text) => source.commit({ a: text }));
  source.git('tag', 'v1.0.0', ids[0] ?? '');
  source.git('tag', '-a', '-m', 'x', 'v1.1.0', ids[1] ?? '');
  source.git('branch', 'release/2', ids[2] ?? '');
});

afterEach(() => source.remove());

async function textOf(tree: Tree | null): Promise<string | null> {
  if (tree === null) return null;
  return new TextDecoder().decode((await tree.read(['a'], signal)).get('a'));
}

describe('the repository of a pull', () => {
  let server: GitServer;
  let dir: string;
  let mirror: Repository;

  beforeEach(async () => {
    server = await startGitServer(tmpdir(), basic);
    dir = join(mkdtempSync(join(tmpdir(), 'fairlead-test-origin-')), 'repo.git');
    mirror = await openMirror({ dir, signal });
  });

  afterEach(async () => {
    await mirror.close();
    await server.close();
    rmSync(join(dir, '..'), { recursive: true, force: true });
  });

  test.each([
    ['a tag', 'v1.0.0', '1'],
    ['an annotated tag', 'v1.1.0', '2'],
    ['a range of versions', '1.x', '2'],
    ['a branch', 'release/2', '3'],
    ['a full ref', 'refs/heads/main', '4'],
    ['its default branch', 'HEAD', '4'],
    ['nothing named', '', '4'],
    ['a range without a tag', '>=2', null],
    ['nothing there', 'none', null],
    ['the ref of a pull', 'refs/pull/1/head', null],
    ['an option', '--upload-pack=x', null],
  ])('has its files at %s', async (_title, revision, expected) => {
    source.git('update-ref', 'refs/pull/1/head', ids[0] ?? '');
    const url = `${server.url}/${basename(source.path)}/.git`;
    const origin = pullOrigin({ url, branch: 'main', defaultBranch: 'main' }, mirror, async () => ({ url, header }));

    expect(origin.own).toEqual({ urls: [url], branch: 'main', defaultBranch: 'main' });
    expect(await textOf((await origin.treeAt?.(revision, signal)) ?? null)).toBe(expected);
  });
});

describe('the repository of a person', () => {
  let repository: Repository;

  beforeEach(async () => {
    source.git('remote', 'add', 'origin', 'git@git.example.com:acme/fleet.git');
    repository = await openRepository({ path: source.path, signal, environment: process.env });
  });

  afterEach(() => repository.close());

  test.each([
    ['main', 'main'],
    ['release/2', 'release/2'],
    ['v1.0.0', 'main'],
    ['HEAD', 'main'],
  ])('from %s is of the branch %s', async (base, branch) => {
    const { own } = await originOf(base, repository, signal);

    expect(own).toEqual({ urls: ['git@git.example.com:acme/fleet.git'], branch, defaultBranch: 'main' });
  });

  test('has its files at tags and branches', async () => {
    const { treeAt } = await originOf('main', repository, signal);

    expect(await textOf((await treeAt?.('v1.0.0', signal)) ?? null)).toBe('1');
    expect(await textOf((await treeAt?.('release/2', signal)) ?? null)).toBe('3');
    expect(await textOf((await treeAt?.('', signal)) ?? null)).toBe('4');
    expect(await treeAt?.('none', signal)).toBeNull();
  });
});
