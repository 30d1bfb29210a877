import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PretendRepository } from '../../../src/pretend/github/repository.ts';
import { openPull, openStage, redacted, type Stage } from '../../world/forge/github/setup.ts';

let stage: Stage;
let repo: PretendRepository;
beforeEach(async () => {
  stage = await openStage();
  repo = stage.repo;
});
afterEach(() => stage.stop());

interface Payload {
  readonly action?: string;
  readonly sender: { readonly login: string; readonly type: string };
  readonly [key: string]: unknown;
}

const told = () =>
  stage.github.hooks.deliveries.map(({ event, payload }) => ({ event, payload: JSON.parse(payload) as Payload }));
const story = () => told().map(({ event, payload }) => [event, payload.action ?? '', payload.sender.login].join(' '));

describe('webhooks', () => {
  test('a comment tells its story, with who wrote it', async () => {
    const pull = await openPull(repo);
    const comment = await repo.addComment(pull, 'mona', '/fairlead diff');
    await repo.editComment(comment, '/fairlead help');
    await repo.deleteComment(comment);

    expect(story().slice(-3)).toEqual([
      'issue_comment created mona',
      'issue_comment edited mona',
      'issue_comment deleted acme',
    ]);
    expect(told().at(-2)?.payload).toMatchObject({
      issue: { number: pull, pull_request: expect.any(Object) },
      changes: { body: { from: '/fairlead diff' } },
    });
  });

  test('a comment on an issue is told without a pull', async () => {
    const issue = await repo.openIssue('mona', 'A wish', 'text');
    await repo.addComment(issue, 'mona', 'hello');

    expect(told().at(-1)?.payload['issue']).not.toHaveProperty('pull_request');
  });

  test('what the app writes is told too, as sent by a bot', async () => {
    const pull = await openPull(repo);
    await stage.port.reply({ kind: 'pull', number: pull }, 'help', redacted('text'));

    expect(told().at(-1)).toMatchObject({ event: 'issue_comment', payload: { sender: { type: 'Bot' } } });
  });

  test.each(['by hand', 'through the API'])(
    'a merge %s tells who merged and from where the base moved',
    async (how) => {
      const number = await openPull(repo);
      const before = await repo.refSha('refs/heads/main');
      const { head } = await stage.port.pull(number);

      const merge = () => (how === 'by hand' ? repo.mergePull(number) : stage.port.merge(number, { sha: head.sha }));
      const after = await merge();

      const [closed, push] = told().slice(-2);
      const by = how === 'by hand' ? 'mona' : 'fairlead[bot]';
      expect(closed?.payload).toMatchObject({
        action: 'closed',
        pull_request: { merged: true, merged_by: { login: by } },
      });
      expect(push?.payload).toMatchObject({ ref: 'refs/heads/main', before, after, deleted: false });
    },
  );

  test('a branch that comes and goes has no commit before and after', async () => {
    const sha = await repo.commit('short-lived', { 'a.yaml': 'a: 1\n' });
    await repo.deleteBranch('short-lived');

    const nothing = '0'.repeat(40);
    expect(told().map(({ payload }) => [payload['before'], payload['after'], payload['deleted']])).toEqual([
      [nothing, sha, false],
      [sha, nothing, true],
    ]);
  });

  test('reviews are told when given and when dismissed', async () => {
    const number = await openPull(repo);
    await repo.approve(number, 'grace');
    await repo.requestChanges(number, 'ada');
    await repo.dismissReviews(number, 'grace');

    expect(story().slice(-3)).toEqual([
      'pull_request_review submitted grace',
      'pull_request_review submitted ada',
      'pull_request_review dismissed acme',
    ]);
    expect(await stage.port.approvals(number)).toEqual([]);
  });
});

test('changes requested cancel an approval, a remark does not', async () => {
  const number = await openPull(repo);
  await repo.approve(number, 'grace');
  await repo.approve(number, 'ada');
  await repo.requestChanges(number, 'ada');

  expect((await stage.port.approvals(number)).map(({ user }) => user)).toEqual(['grace']);
});

test('a squash leaves one commit on the base', async () => {
  const number = await openPull(repo);
  await repo.pushToPull(number, { 'b.yaml': 'b: 1\n' });
  const before = await repo.refSha('refs/heads/main');

  const sha = await repo.mergePull(number, { method: 'squash' });

  expect([await repo.refSha(`${sha}^`), await repo.refSha(`${sha}^2`)]).toEqual([before, null]);
  expect((await repo.file('main', 'b.yaml'))?.content).toBe('b: 1\n');
});

test('a pull in conflict is not merged by hand', async () => {
  const number = await openPull(repo, { files: { 'shared.yaml': 'theirs: 1\n' } });
  await repo.commit('main', { 'shared.yaml': 'ours: 1\n' });

  await expect(repo.mergePull(number)).rejects.toThrow('cannot be merged');
});

test('an issue and a pull never share a number', async () => {
  const numbers = [
    await openPull(repo),
    await repo.openIssue('mona', 'A', ''),
    await stage.port.ensureIssue('board', redacted('Drift'), redacted('text'), null),
  ];

  expect(numbers).toEqual([1, 2, 3]);
});

test('a fault may let requests pass first', async () => {
  const number = await openPull(repo);
  stage.github.faults.add({ kind: 'forbidden', method: ['POST', 'PATCH'], path: /comments/, after: 1 });
  const reply = (body: string) => stage.port.reply({ kind: 'pull', number }, 'key', redacted(body));

  expect((await reply('one')).did).toBe('created');
  await expect(reply('two')).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
  expect((await reply('two')).did).toBe('edited');
});
