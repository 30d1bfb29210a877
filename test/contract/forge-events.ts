import { describe, expect, test } from '@jest/globals';
import type { ForgeEvent, RawDelivery } from '../../src/world/forge/receiver.ts';
import { issueThread, pullThread } from './forge-stage.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** What our receiver makes of the webhooks that the forge sends. */
export function describeEvents({ stage, newBranch, newPull, onePull, unique }: ForgeSuite): void {
  /** Events of all webhooks that the work causes. */
  async function eventsOf(work: () => Promise<unknown>): Promise<readonly ForgeEvent[]> {
    const before = stage().deliveries().length;
    await work();
    return stage().deliveries().slice(before).flatMap(read);
  }

  function read(delivery: RawDelivery): readonly ForgeEvent[] {
    const { receiver } = stage().forge;
    expect(receiver.authenticate(delivery)).toMatchObject({ ok: true });
    return receiver.normalise(delivery);
  }

  const comments = async (work: () => Promise<unknown>) =>
    (await eventsOf(work)).filter(({ kind }) => kind === 'comment-created');

  describe('events', () => {
    test('name the forge and the repository as the port does', async () => {
      const { id, forge, fullName } = stage().port.ref;

      const events = await eventsOf(() => newPull());

      expect(events.length).toBeGreaterThan(0);
      for (const { repo } of events) expect(repo).toMatchObject({ id, forge, fullName });
    });

    test('refuse a webhook whose body was changed', async () => {
      await newPull();
      const { body, headers } = stage().deliveries().at(-1) ?? { body: new Uint8Array(), headers: {} };
      const broken = { headers, body: Buffer.concat([body, Buffer.from(' ')]) };

      const { receiver } = stage().forge;

      // A forge that signs with a mere token cannot see it; there a wrong token is what is refused.
      const names = Object.keys(headers).filter((name) => /signature|token/.test(name));
      const forged = { body, headers: { ...headers, ...Object.fromEntries(names.map((name) => [name, 'sha256=00'])) } };
      expect(receiver.authenticate(forged)).toMatchObject({ ok: false, status: 401 });
      if (names.some((name) => name.includes('signature'))) expect(receiver.authenticate(broken).ok).toBe(false);
    });

    test('tell of a pull that is opened and pushed to', async () => {
      const head = await newBranch();
      let pull = 0;

      const opened = await eventsOf(async () => {
        pull = await stage().openPull({ head });
      });
      const pushed = await eventsOf(() => stage().pushToPull(pull, { 'more.yaml': 'a: 1\n' }));

      const sha = (await stage().port.pull(pull)).head.sha;
      expect(opened).toContainEqual(expect.objectContaining({ kind: 'pull-changed', pull }));
      expect(pushed).toContainEqual(expect.objectContaining({ kind: 'pull-changed', pull, head: sha }));
    });

    test('tell a merge from a close', async () => {
      const [merged, closed] = [await newPull(), await newPull()];
      const before = await stage().port.branchHead('main');

      const ofMerge = await eventsOf(() => stage().mergePull(merged));
      const ofClose = await eventsOf(() => stage().closePull(closed));

      const head = await stage().port.branchHead('main');
      expect(ofMerge).toContainEqual(expect.objectContaining({ kind: 'pull-merged', pull: merged, branch: 'main' }));
      expect(ofMerge).toContainEqual(expect.objectContaining({ kind: 'branch-moved', branch: 'main', before, head }));
      expect(ofMerge.map(({ kind }) => kind)).not.toContain('pull-closed');
      expect(ofClose).toEqual([expect.objectContaining({ kind: 'pull-closed', pull: closed })]);
    });

    test('tell from where a branch moved, and nothing of before for a new one', async () => {
      const branch = unique('moving');
      const first: { sha?: string; next?: string } = {};

      const made = await eventsOf(async () => {
        first.sha = await stage().commit(branch, { 'a.yaml': 'a: 1\n' });
      });
      const moved = await eventsOf(async () => {
        first.next = await stage().commit(branch, { 'a.yaml': 'a: 2\n' });
      });

      expect(made).toEqual([expect.objectContaining({ kind: 'branch-moved', branch, before: null, head: first.sha })]);
      expect(moved).toEqual([
        expect.objectContaining({ kind: 'branch-moved', branch, before: first.sha, head: first.next }),
      ]);
    });

    test('tell nothing of a branch that is deleted', async () => {
      const branch = await newBranch();

      expect(await eventsOf(() => stage().deleteBranch(branch))).toEqual([]);
    });

    test('tell of a command on a pull and on an issue', async () => {
      const pull = pullThread(await newPull());
      const issue = issueThread(await stage().openIssue('mona', unique('A wish'), 'text'));

      for (const thread of [pull, issue]) {
        let comment = 0;
        const events = await eventsOf(async () => {
          comment = await stage().addComment(thread, 'grace', 'Let us see.\n\n/fairlead diff\n');
        });

        expect(events).toEqual([
          expect.objectContaining({ kind: 'comment-created', thread, comment, author: 'grace' }),
        ]);
      }
    });

    test.each(['/fairlead', '/Fairlead Help', '   /fairlead deploy', 'text\r\n/fairlead deploy\r\n'])(
      'tell of the command %j',
      async (body) => {
        const thread = pullThread(await onePull());

        expect(await comments(() => stage().addComment(thread, 'grace', body))).toHaveLength(1);
      },
    );

    test.each(['Looks good', 'please run /fairlead deploy', '    /fairlead deploy', '> /fairlead deploy'])(
      'tell nothing of the comment %j',
      async (body) => {
        const thread = pullThread(await onePull());

        expect(await comments(() => stage().addComment(thread, 'grace', body))).toEqual([]);
      },
    );

    test('tell nothing of a command that was edited in, or deleted', async () => {
      const thread = pullThread(await newPull());
      const comment = await stage().addComment(thread, 'grace', 'harmless');

      const edited = await comments(() => stage().editComment(thread, comment, '/fairlead deploy'));
      const deleted = await comments(() => stage().deleteComment(thread, comment));

      expect([...edited, ...deleted]).toEqual([]);
    });

    test('tell nothing of what we write ourselves', async () => {
      const thread = pullThread(await newPull());

      const own = await comments(() => stage().port.reply(thread, 'help', redacted('Try this:\n\n/fairlead diff')));

      expect(stage().comments(thread)).toHaveLength(1);
      expect(own).toEqual([]);
    });
  });
}
