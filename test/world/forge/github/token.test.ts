import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Permissions } from '../../../../src/pretend/github/state.ts';
import { createGitHubWithToken } from '../../../../src/world/forge/github/token.ts';
import { fast, openPull, openStage, redacted, type Stage } from './setup.ts';

let stage: Stage;
let number: number;
beforeAll(async () => {
  stage = await openStage();
  number = await openPull(stage.repo);
  // Whoever uses Actions finds its user on every GitHub.
  stage.github.actionsToken('acme/gitops', {});
});
beforeEach(() => {
  expect(stage.github.violations).toEqual([]);
});
afterAll(() => stage.stop());

const open = (token: string, repository = 'acme/gitops') =>
  createGitHubWithToken({
    token,
    repository,
    baseUrl: stage.github.apiUrl,
    now: () => new Date(),
    redact: (text) => text,
    pace: fast,
  });
const jobToken = (permissions: Permissions) => stage.github.actionsToken('acme/gitops', permissions);
const writer: Permissions = { metadata: 'read', contents: 'read', pull_requests: 'write' };
const reader: Permissions = { metadata: 'read', contents: 'read', pull_requests: 'read' };

test('the token of a job posts one comment as github-actions[bot] and edits it', async () => {
  const first = await (await open(jobToken(writer))).ensureComment(number, 'review', redacted('one'), null);
  const second = await (await open(jobToken(writer))).ensureComment(number, 'review', redacted('two'), null);

  expect([first.did, second.did, second.id]).toEqual(['created', 'edited', first.id]);
  const [comment] = stage.repo.comments(number);
  expect(comment?.author.login).toBe('github-actions[bot]');
});

test('a read-only token, as on pulls from forks, may read and is forbidden to write', async () => {
  const port = await open(jobToken(reader));
  const pull = await port.pull(number);

  const posting = port.ensureComment(number, 'other', redacted('one'), null);

  expect(pull.number).toBe(number);
  await expect(posting).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
  await expect(posting).rejects.toThrow(/pull_requests=write/);
});

test('a check is forbidden where the job may not write checks', async () => {
  const port = await open(jobToken(writer));
  const { head } = await port.pull(number);
  const check = { name: 'fairlead', state: 'done', conclusion: 'success', annotations: [] } as const;

  const reporting = port.report(head.sha, { ...check, title: redacted('t'), summary: redacted('s') });

  await expect(reporting).rejects.toMatchObject({ kind: 'forbidden' });
});

test("a person's token finds the person's own comment and not that of the job", async () => {
  const token = stage.github.personalToken('mona', writer);

  const first = await (await open(token)).ensureComment(number, 'review', redacted('mine'), null);
  const second = await (await open(token)).ensureComment(number, 'review', redacted('mine'), null);

  expect([first.did, second.did]).toEqual(['created', 'unchanged']);
  expect(stage.repo.comments(number).map(({ author }) => author.login)).toEqual(['github-actions[bot]', 'mona']);
});

test('knows the repository by its id', async () => {
  const port = await open(jobToken(reader));

  expect(port.ref).toEqual({ forge: 'github', id: stage.repo.id, fullName: 'acme/gitops', installation: null });
});

test('says not-found of a repository the token does not reach', async () => {
  await expect(open(jobToken(reader), 'acme/secret')).rejects.toMatchObject({ kind: 'not-found' });
});

test('says unauthorized of a token that is none', async () => {
  await expect(open('ghs_nothing')).rejects.toMatchObject({ kind: 'unauthorized', status: 401 });
});
