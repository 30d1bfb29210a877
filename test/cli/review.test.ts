import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt, type Run, type RunOptions } from '../support/command-line.ts';
import { type Contents, configMap, pullRepository, traces, write } from '../support/pull-repository.ts';
import { type ReviewJson, readReview } from '../support/review-schema.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';

const made: TemporaryRepository[] = [];
beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  for (const repository of made) repository.remove();
});

function pull(base: Contents, head: Contents): TemporaryRepository {
  const repository = pullRepository(base, head);
  made.push(repository);
  return repository;
}

async function reviewed(
  repository: TemporaryRepository,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<ReviewJson & { readonly code: number | null }> {
  const run = await fairlead(['review', ...args, '--format', 'json'], { cwd: repository.path, ...options });
  expectCalm(run);
  expect(run.stderr).toBe('');
  return { ...readReview(run.stdout), code: run.code };
}

const shop = {
  'shop/base/kustomization.yaml': 'resources:\n- a.yaml\n',
  'shop/base/a.yaml': configMap('a'),
  'shop/overlays/prod/kustomization.yaml': 'resources:\n- ../../base\n',
  'shop/overlays/staging/kustomization.yaml': 'resources:\n- ../../base\nnamePrefix: stg-\n',
};
const changedShop = { 'shop/base/a.yaml': configMap('a', 'key: other') };

describe('fairlead review reads the range', () => {
  const repository = pull(shop, changedShop);
  const base = repository.git('rev-parse', 'main');
  const head = repository.git('rev-parse', 'change');

  test.each([
    { args: ['main..change'] },
    { args: ['main...change'] },
    { args: ['main'] },
    { args: ['main..'] },
    { args: [] },
    { args: [`${base.slice(0, 12)}..${head}`] },
  ])('$args', async ({ args }) => {
    const before = traces(repository);

    expect(await reviewed(repository, args)).toMatchObject({ base, head, verdict: 'ready', code: 0 });
    expect(traces(repository)).toBe(before);
  });

  test.each([
    { how: '--cwd of a folder inside', args: ['--cwd', join(repository.path, 'shop')], env: {} },
    { how: 'INIT_CWD, where npm was called', args: [], env: { INIT_CWD: repository.path } },
    { how: '--cwd relative to INIT_CWD', args: ['--cwd', 'shop/base'], env: { INIT_CWD: repository.path } },
  ])('in the repository of $how', async ({ args, env }) => {
    expect(await reviewed(repository, args, { cwd: '/', env })).toMatchObject({ base, head });
  });

  test('as what merging gives: what main gained since is no change', async () => {
    const moved = pull(shop, changedShop);
    moved.git('checkout', '--quiet', 'main');
    write(moved, { 'shop/overlays/prod/kustomization.yaml': 'resources:\n- ../../base\nnameSuffix: -x\n' });

    const { changes } = await reviewed(moved, ['main..change']);

    expect(changes.map(({ resource, action }) => [resource.name, action])).toEqual([
      ['a-x', 'update'],
      ['stg-a', 'update'],
    ]);
  });
});

describe('fairlead review selects applications:', () => {
  test('a changed base reaches every overlay that uses it, each field once', async () => {
    const { targets, changes, coverage } = await reviewed(pull(shop, changedShop));

    expect(targets.map(({ id }) => id)).toEqual(['shop@prod', 'shop@staging']);
    expect(coverage).toEqual({ applications: 2, rendered: 2, unownedFiles: [] });
    const paths = [{ path: ['data', 'key'], before: 'value', after: 'other', cause: 'git' }];
    expect(changes).toEqual([
      expect.objectContaining({ target: 'shop@prod', action: 'update', paths }),
      expect.objectContaining({ target: 'shop@staging', action: 'update', paths }),
    ]);
  });

  test('--env leaves the others out', async () => {
    const { targets } = await reviewed(pull(shop, changedShop), ['--env', 'staging']);

    expect(targets.map(({ environment }) => environment)).toEqual(['staging']);
  });

  test('files that no application owns are listed', async () => {
    const repository = pull(shop, { 'shop/base/unused.yaml': configMap('unused'), 'notes.txt': 'x' });

    expect((await reviewed(repository)).coverage.unownedFiles).toEqual(['shop/base/unused.yaml']);
  });

  test('a deleted application shows its resources as deleted, with a caution', async () => {
    const repository = pull({ 'apps/a.yaml': configMap('a') }, { 'apps/a.yaml': null });
    const { changes, verdict, findings } = await reviewed(repository);

    expect(changes).toEqual([
      expect.objectContaining({ action: 'delete', resource: expect.objectContaining({ name: 'a' }), paths: [] }),
    ]);
    expect(findings.map(({ rule }) => rule)).toEqual(['application-removed']);
    expect(verdict).toBe('caution');
  });

  test('a renamed application takes its objects along: nothing is deleted, only what differs is shown', async () => {
    const moved = { 'apps/a.yaml': null, 'services/a.yaml': configMap('a', 'key: other') };

    const { changes } = await reviewed(pull({ 'apps/a.yaml': configMap('a') }, moved));

    expect(changes.map(({ target, action, paths }) => [target, action, paths.length])).toEqual([
      ['services', 'update', 1],
    ]);
  });

  test('a manifest that is a link is read where it leads, and changes when that does', async () => {
    const linked = {
      'apps/a.yaml': configMap('a'),
      'apps/b.yaml': { link: '../shared/b.yaml' },
      'shared/b.yaml': configMap('b'),
    };

    const { changes } = await reviewed(pull(linked, { 'shared/b.yaml': configMap('b', 'key: other') }));

    expect(changes.map(({ target, resource, action }) => [target, resource.name, action])).toEqual([
      ['apps', 'b', 'update'],
      ['shared', 'b', 'update'],
    ]);
  });

  test('a pull that changes prose only changes nothing', async () => {
    expect(await reviewed(pull(shop, { 'README.md': 'more' }))).toMatchObject({
      verdict: 'no-change',
      code: 0,
      targets: [],
      changes: [],
    });
  });
});

const invalid = configMap('a').replace('\ndata:', '\ndatas:');

describe('the exit code of fairlead review', () => {
  const clean = pull(shop, changedShop);
  const blocked = pull({ 'apps/a.yaml': configMap('a') }, { 'apps/a.yaml': invalid });
  const unchanged = pull(shop, { 'README.md': 'x' });
  const broken = pull({ 'apps/a.yaml': configMap('a') }, { 'apps/a.yaml': `${configMap('a')} x: [\n` });

  test.each([
    { what: 'a change', repository: clean, args: [], code: 0 },
    { what: 'a change with --exit-code', repository: clean, args: ['--exit-code'], code: 1 },
    { what: 'no change with --exit-code', repository: unchanged, args: ['--exit-code'], code: 0 },
    { what: 'a block finding', repository: blocked, args: [], code: 1 },
    { what: 'a block finding with --fail-on caution', repository: blocked, args: ['--fail-on', 'caution'], code: 1 },
    { what: 'a block finding with --fail-on never', repository: blocked, args: ['--fail-on', 'never'], code: 0 },
    { what: 'what cannot be rendered', repository: broken, args: [], code: 3 },
    { what: 'what cannot be rendered with --exit-code', repository: broken, args: ['--exit-code'], code: 3 },
    { what: 'what cannot be rendered with --fail-on never', repository: broken, args: ['--fail-on', 'never'], code: 3 },
    { what: 'a caution with --fail-on caution', repository: broken, args: ['--fail-on', 'caution'], code: 1 },
  ])('of $what is $code', async ({ repository, args, code }) => {
    expect((await reviewed(repository, args)).code).toBe(code);
  });
});

describe('the output of fairlead review', () => {
  const escapeCode = String.fromCharCode(27);
  const repository = pull(shop, changedShop);
  const review = (format: string, env: Readonly<Record<string, string>> = {}): Promise<Run> =>
    fairlead(['review', '--format', format], { cwd: repository.path, env });

  test.each(['pretty', 'md', 'json', 'html'])('is the same bytes for the same input (%s)', async (format) => {
    const [one, other] = [await review(format), await review(format)];

    expectCalm(one);
    expect(other.stdout).toBe(one.stdout);
    expect(one.stderr).toBe('');
  });

  test('has no escape codes where stdout is no terminal, or NO_COLOR is set', async () => {
    expect((await review('pretty')).stdout).not.toContain(escapeCode);
    expect((await review('pretty', { NO_COLOR: '1', TERM: 'xterm-256color' })).stdout).not.toContain(escapeCode);
  });

  test('is coloured where FORCE_COLOR asks for it, and json never is', async () => {
    expect((await review('pretty', { FORCE_COLOR: '1' })).stdout).toContain(escapeCode);
    expect((await review('json', { FORCE_COLOR: '1' })).stdout).not.toContain(escapeCode);
  });

  test('says first that no cluster was read, and names the reason', async () => {
    const { stdout } = await fairlead(['review', '--cluster', 'none'], { cwd: repository.path });

    expect(stdout.split('\n')[1]).toBe(
      'No cluster was read: --cluster none was given. Base is compared with head in Git.',
    );
  });
});

describe('digests of fairlead review', () => {
  const env = { FAIRLEAD_KEY: '0123456789abcdef0123456789abcdef' };
  const digests = async (repository: TemporaryRepository, settings: Readonly<Record<string, string>>) =>
    (await reviewed(repository, [], { env: settings })).targets.map(({ digest }) => digest);

  test('are missing without a key', async () => {
    expect(await digests(pull(shop, changedShop), {})).toEqual([null, null]);
  });

  test('stay while the desired state stays, whatever the commits are called', async () => {
    const repository = pull(shop, changedShop);
    const first = await digests(repository, env);
    repository.git('commit', '--quiet', '--amend', '--message', 'another message');

    expect(first).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(await digests(repository, env)).toEqual(first);
  });

  test('change with the desired state and with the key', async () => {
    const first = await digests(pull(shop, changedShop), env);
    const other = await digests(pull(shop, { 'shop/base/a.yaml': configMap('a', 'key: third') }), env);
    const rekeyed = await digests(pull(shop, changedShop), { FAIRLEAD_KEY: 'fedcba9876543210fedcba9876543210' });

    expect(new Set([...first, ...other, ...rekeyed]).size).toBe(6);
  });
});
