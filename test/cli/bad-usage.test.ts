import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm, expectRefusal } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { configMap, pullRepository, traces, write } from '../support/pull-repository.ts';
import { temporaryRepository } from '../world/git/temporary-repository.ts';

const repository = pullRepository(
  { 'envs/prod/a.yaml': configMap('a') },
  { 'envs/prod/a.yaml': configMap('a', 'key: other') },
);
const elsewhere = mkdtempSync(join(tmpdir(), 'fairlead-test-elsewhere-'));

beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  rmSync(elsewhere, { recursive: true, force: true });
  repository.remove();
});

describe('what cannot be done is refused with one sentence, a remedy and exit code 2:', () => {
  const cases = [
    { args: ['review', 'main..nope'], says: /"nope" is no revision of this repository\.$/ },
    { args: ['review', '--', '--upload-pack=x..main'], says: /"--upload-pack=x" is no revision/ },
    { args: ['review', '--env', 'dev'], says: /has no environment dev$/ },
    { args: ['review', '--cluster', '=x'], says: /--cluster =x is not ENV=CONTEXT$/ },
    { args: ['review', '--cluster', 'none', '--cluster', 'x'], says: /--cluster none stands alone$/ },
    {
      args: ['review', '--cluster', 'x', '--cluster', 'y'],
      says: /a context without an environment stands alone \(x, y\)$/,
    },
    { args: ['review', '--cwd', '/no/such/folder'], says: /\/no\/such\/folder is no Git repository\.$/ },
    { args: ['review', '--post'], says: /--post works in a GitHub Actions job of a pull_request event$/ },
    { args: ['render', 'nope'], says: /there is no file or folder nope$/ },
    { args: ['render', '.git'], says: /holds no kustomization, chart or manifest|there is no \.git/ },
    { args: ['render', 'envs/prod', '-f', 'nope.yaml'], says: /the values file nope\.yaml cannot be read$/ },
    { args: ['render', 'envs/prod', '--kube-version', 'latest'], says: /latest is no Kubernetes version$/ },
    { args: ['validate', 'nope'], says: /there is no file or folder nope$/ },
    { args: ['serve'], says: /serve needs APP_ID$/ },
  ];

  test.each(cases)('fairlead $args', async ({ args, says }) => {
    const before = traces(repository);

    const run = await fairlead(args, { cwd: repository.path });

    expectRefusal(run, { code: 2, says });
    expect(traces(repository)).toBe(before);
  });

  test.each(['review', 'validate'])('%s in a folder without a repository or manifests', async (command) => {
    const run = await fairlead([command], { cwd: elsewhere });

    expectRefusal(run, { code: 2, says: /is no Git repository\.$|holds no kustomization, chart or manifest/ });
  });

  test('no default branch', async () => {
    const trunk = temporaryRepository();
    trunk.commit({ 'a.yaml': configMap('a') });
    trunk.git('branch', '--move', 'trunk');

    const run = await fairlead(['review'], { cwd: trunk.path });

    expectRefusal(run, { code: 2, says: /no default branch was found in .* \(origin\/HEAD, origin\/main,/ });
    trunk.remove();
  });

  test('a repository without a commit', async () => {
    const empty = temporaryRepository();

    const run = await fairlead(['review'], { cwd: empty.path });

    expectRefusal(run, { code: 2, says: /no default branch was found/ });
    empty.remove();
  });

  test.each([
    { env: { FAIRLEAD_KEY: 'CANARY-short' }, says: /the installation key has fewer than 32 characters/ },
    { env: { FAIRLEAD_KEY_FILE: '/no/such/key' }, says: /the key file \/no\/such\/key cannot be read$/ },
  ])('an installation key of $env', async ({ env, says }) => {
    const run = await fairlead(['review'], { cwd: repository.path, env });

    expectRefusal(run, { code: 2, says });
  });
});

describe('a slip of the fingers is answered with exit code 2, what was meant, and where the help is:', () => {
  const cases = [
    { args: ['review', '--clutser', 'x'], says: ["unknown option '--clutser'", 'Did you mean --cluster?'] },
    { args: ['reveiw'], says: ["unknown command 'reveiw'", 'Did you mean review?'] },
    { args: ['review', '--format', 'xml'], says: ["'xml' is invalid. Allowed choices are pretty, md, json, html."] },
    { args: ['review', '--fail-on', 'high'], says: ['Allowed choices are block, caution, note, never.'] },
    { args: ['render', '.', '-o', 'xml'], says: ['Allowed choices are yaml, json.'] },
    { args: ['review', 'a', 'b'], says: ["too many arguments for 'review'"] },
    { args: ['render'], says: ["missing required argument 'path'"] },
    { args: ['diff', '.'], says: ["required option '--cluster <context>' not specified"] },
  ];

  test.each(cases)('fairlead $args', async ({ args, says }) => {
    const run = await fairlead(args, { cwd: repository.path });

    expectCalm(run);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    for (const text of [...says, '(fairlead --help lists what there is)']) expect(run.stderr).toContain(text);
  });

  test('no command at all prints the help on stderr', async () => {
    const run = await fairlead([]);

    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: fairlead') });
  });
});

describe('histories out of the ordinary:', () => {
  test('the first commit has nothing to compare with and changes nothing', async () => {
    const first = temporaryRepository();
    first.commit({ 'a.yaml': configMap('a') });

    const run = await fairlead(['review'], { cwd: first.path });

    expectCalm(run);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('No change — merging changes nothing') });
    first.remove();
  });

  test('two histories without a common commit cannot be merged', async () => {
    const strange = temporaryRepository();
    strange.commit({ 'a.yaml': configMap('a') });
    strange.git('checkout', '--quiet', '--orphan', 'other');
    strange.commit({ 'a.yaml': configMap('b') });

    const run = await fairlead(['review', 'main..other'], { cwd: strange.path });

    expectRefusal(run, { code: 3, says: /have no common ancestor, so they cannot be merged/ });
    strange.remove();
  });

  test.each(['pretty', 'md', 'json', 'html'])(
    'a merge conflict is incomplete and names the file (%s)',
    async (format) => {
      const fought = pullRepository({ 'a.yaml': configMap('a') }, { 'a.yaml': configMap('a', 'key: ours') });
      fought.git('checkout', '--quiet', 'main');
      write(fought, { 'a.yaml': configMap('a', 'key: theirs') });

      const run = await fairlead(['review', 'main..change', '--format', format], { cwd: fought.path });

      expectCalm(run);
      expect(run.code).toBe(3);
      expect(run.stdout).toMatch(/incomplete/i);
      expect(run.stdout.match(/merge-conflict/g)).toHaveLength(1);
      expect(run.stdout).toContain('a.yaml');
      expect(run.stdout).toContain('Merge or rebase onto the base branch and push again.');
      fought.remove();
    },
  );

  test('a kustomization that reaches into a submodule is incomplete and says so', async () => {
    const inner = temporaryRepository();
    const commit = inner.commit({ 'a.yaml': configMap('a') });
    const outer = pullRepository({ 'README.md': '' }, { 'k/kustomization.yaml': 'resources:\n- lib/a.yaml\n' });
    outer.git('update-index', '--add', '--cacheinfo', `160000,${commit},k/lib`);
    outer.git('commit', '--quiet', '--message', 'submodule');

    const run = await fairlead(['review', 'main..change'], { cwd: outer.path });

    expectCalm(run);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain('which is inside a submodule; submodules are not read');
    inner.remove();
    outer.remove();
  });

  test('bytes that are no UTF-8 are read as kubectl reads them', async () => {
    const manifest = Buffer.concat([
      Buffer.from(configMap('a', 'key: "')).subarray(0, -1),
      Buffer.of(0xff, 0x22, 0x0a),
    ]);
    const odd = pullRepository({ 'README.md': '' }, { 'apps/a.yaml': manifest });

    const run = await fairlead(['review', '--format', 'json'], { cwd: odd.path });

    expectCalm(run);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ changes: [{ action: 'create', resource: { name: 'a' } }] });
    odd.remove();
  });
});
