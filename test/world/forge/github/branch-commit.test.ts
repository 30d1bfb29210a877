import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BranchCommit } from '../../../../src/world/forge/forge.ts';
import { openStage, redacted, type Stage } from './setup.ts';

let stage: Stage;
let base: string;
beforeAll(async () => {
  stage = await openStage();
  base = await stage.repo.commit('main', {
    'apps/web.yaml': 'n: 1\n',
    'apps/deep/er/api.yaml': 'n: 1\n',
    'run.sh': 'exec:ls\n',
  });
});
afterAll(() => stage.stop());

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const commit = (branch: string, files: Record<string, string | null>): BranchCommit => {
  const contents = Object.entries(files).map(([path, text]) => [path, text === null ? null : bytes(text)] as const);
  return { branch: `fairlead/${branch}`, base, files: new Map(contents), message: redacted('Revert') };
};
const posts = () =>
  stage.github.requests.filter(({ method }) => method === 'POST').map(({ path }) => path.split('/').at(-1));

test.each(['blobs', 'trees', 'commits', 'refs'])('goes on after the answer to %s was lost', async (step) => {
  const wanted = commit(`lost-${step}`, { 'apps/web.yaml': `step: ${step}\n` });
  stage.github.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: new RegExp(`/git/${step}$`) });

  await expect(stage.port.ensureBranchCommit(wanted)).rejects.toMatchObject({ kind: 'unavailable' });
  const sha = await stage.port.ensureBranchCommit(wanted);

  expect(await stage.repo.refSha(`refs/heads/${wanted.branch}`)).toBe(sha);
  expect((await stage.repo.file(sha, 'apps/web.yaml'))?.content).toBe(`step: ${step}\n`);
});

test('sends no content that the base has at its place, and none for a branch that stands', async () => {
  const wanted = commit('frugal', { 'apps/web.yaml': 'n: 1\n', 'apps/deep/er/api.yaml': 'n: 2\n' });
  const before = posts().length;
  await stage.port.ensureBranchCommit(wanted);
  const first = posts().slice(before);

  await stage.port.ensureBranchCommit(wanted);

  expect(first).toEqual(['blobs', 'trees', 'commits', 'refs']);
  expect(posts().slice(before + first.length)).toEqual(['trees']);
});

test('names no author, so that GitHub signs the commit', async () => {
  await stage.port.ensureBranchCommit(commit('signed', { 'a.yaml': 'a: 1\n' }));

  const made = stage.github.requests.findLast(({ method, path }) => method === 'POST' && path.endsWith('/git/commits'));
  expect(Object.keys(made?.body as object).toSorted()).toEqual(['message', 'parents', 'tree']);
});

test('says that it may not change workflows when GitHub refuses', async () => {
  const wanted = commit('workflow', { 'apps/web.yaml': 'n: 3\n', '.github/workflows/ci.yml': 'on: push\n' });

  await expect(stage.port.ensureBranchCommit(wanted)).rejects.toMatchObject({
    kind: 'forbidden',
    code: 'github-guarded-path',
    message: expect.stringContaining('.github/workflows/ci.yml'),
    remedy: expect.stringContaining('by hand'),
  });

  expect(await stage.repo.refSha('refs/heads/fairlead/workflow')).toBeNull();
});

test('a missing base is an error of its own, also beside a workflow', async () => {
  const wanted = { ...commit('no-base', { 'a.yaml': 'a: 1\n' }), base: 'f'.repeat(40) };

  await expect(stage.port.ensureBranchCommit(wanted)).rejects.toMatchObject({
    kind: 'not-found',
    code: 'github-not-found',
  });
});
