import { describe, expect, test } from '@jest/globals';
import { issueThread, pullThread } from './forge-stage.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** Comments of people, and how we answer them. */
export function describeThreads({ stage, newPull, unique }: ForgeSuite): void {
  const newIssue = () => stage().openIssue('mona', unique('An issue'), 'text');

  describe('threads', () => {
    test.each(['pull', 'issue'] as const)('reads a comment of a person on a %s', async (kind) => {
      const thread = kind === 'pull' ? pullThread(await newPull()) : issueThread(await newIssue());
      const id = await stage().addComment(thread, 'mona', '/fairlead help');

      const comment = await stage().port.comment(thread, id);

      expect(comment).toMatchObject({ id, author: 'mona', isBot: false, body: '/fairlead help', edited: false });
      expect(new Date(comment?.createdAt ?? '').getTime()).toBeGreaterThan(0);
      expect(comment?.url).toMatch(/^https?:/);
    });

    test('says that a comment was edited', async () => {
      const thread = pullThread(await newPull());
      const id = await stage().addComment(thread, 'mona', 'harmless');
      await stage().editComment(thread, id, '/fairlead deploy');

      expect(await stage().port.comment(thread, id)).toMatchObject({ edited: true, body: '/fairlead deploy' });
    });

    test('tells our own comments from those of people', async () => {
      const thread = pullThread(await newPull());
      const { id } = await stage().port.reply(thread, 'answer', redacted('done'));

      expect(await stage().port.comment(thread, id)).toMatchObject({ author: stage().bot, isBot: true });
    });

    test('has no comment that was deleted or never was', async () => {
      const thread = pullThread(await newPull());
      const id = await stage().addComment(thread, 'mona', 'soon gone');
      await stage().deleteComment(thread, id);

      expect(await stage().port.comment(thread, id)).toBeNull();
      expect(await stage().port.comment(thread, 987_654_321)).toBeNull();
    });

    test.each(['pull', 'issue'] as const)('replies once for a key on a %s and edits the reply', async (kind) => {
      const thread = kind === 'pull' ? pullThread(await newPull()) : issueThread(await newIssue());
      const { port } = stage();

      const dids = [
        (await port.reply(thread, 'command-1', redacted('working'))).did,
        (await port.reply(thread, 'command-1', redacted('working'))).did,
        (await port.reply(thread, 'command-1', redacted('done'))).did,
        (await port.reply(thread, 'command-2', redacted('another'))).did,
      ];

      expect(dids).toEqual(['created', 'unchanged', 'edited', 'created']);
      const bodies = stage()
        .comments(thread)
        .map(({ body }) => body);
      expect(bodies).toEqual([expect.stringMatching(/done$/), expect.stringMatching(/another$/)]);
    });

    test('replies once however many ask at the same time', async () => {
      const thread = pullThread(await newPull());

      await Promise.all([1, 2, 3].map(() => stage().port.reply(thread, 'same', redacted('text'))));

      expect(stage().comments(thread)).toHaveLength(1);
    });

    test.each(['pull', 'issue'] as const)('shows one reaction of ours on a %s at a time', async (kind) => {
      const thread = kind === 'pull' ? pullThread(await newPull()) : issueThread(await newIssue());
      const id = await stage().addComment(thread, 'mona', '/fairlead diff');
      await stage().react(thread, id, 'mona', 'seen');
      const { port, bot } = stage();

      await port.acknowledge(thread, id, 'seen');
      await port.acknowledge(thread, id, 'seen');
      const first = stage().reactions(thread, id);
      await port.acknowledge(thread, id, 'done');
      const second = stage().reactions(thread, id);
      await port.acknowledge(thread, id, 'refused');

      const theirs = { user: 'mona', how: 'seen' };
      expect(first).toEqual([theirs, { user: bot, how: 'seen' }]);
      expect(second).toEqual([theirs, { user: bot, how: 'done' }]);
      expect(stage().reactions(thread, id)).toEqual([theirs, { user: bot, how: 'refused' }]);
    });
  });
}
