import { describe, expect, test } from '@jest/globals';
import type { ForgeSuite } from './forge-suite.ts';

/** Pulls as people make them, and where to read what they hold. */
export function describePulls({ stage, newPull, newBranch }: ForgeSuite): void {
  describe('pulls', () => {
    test('shows a pull with its head, base and the merge the forge made', async () => {
      const number = await stage().openPull({ head: await newBranch(), title: 'A title', author: 'mona' });

      const pull = await stage().port.pull(number);

      expect(pull).toMatchObject({ number, title: 'A title', author: 'mona', state: 'open', draft: false });
      expect(pull.head.fromFork).toBe(false);
      expect(pull.base.ref).toBe('main');
      expect([pull.mergeable, pull.mergeSha?.length]).toEqual([true, 40]);
    });

    test('has no merge commit for a pull in conflict', async () => {
      const number = await newPull({ 'shared.yaml': 'value: theirs\n' });
      await stage().commit('main', { 'shared.yaml': 'value: ours\n' });

      const pull = await stage().port.pull(number);

      expect([pull.mergeable, pull.mergeSha]).toEqual([false, null]);
    });

    test('follows a pull from open to merged and to closed', async () => {
      const merged = await newPull();
      const closed = await newPull();

      await stage().mergePull(merged);
      await stage().closePull(closed);

      expect((await stage().port.pull(merged)).state).toBe('merged');
      expect((await stage().port.pull(closed)).state).toBe('closed');
    });

    test('says when a head stands in a fork and when a pull is a draft', async () => {
      const fork = await newPull({}, { fork: true });
      const draft = await stage().openPull({ head: await newBranch(), draft: true });

      expect((await stage().port.pull(fork)).head.fromFork).toBe(true);
      expect((await stage().port.pull(draft)).draft).toBe(true);
    });

    test('says not-found of a pull that is not there', async () => {
      await expect(stage().port.pull(987_654)).rejects.toMatchObject({ kind: 'not-found', status: 404 });
    });

    test('lists open pulls only, newest update first, down to a time', async () => {
      const [first, second] = [await newPull(), await newPull()];
      await stage().closePull(await newPull());
      await stage().pushToPull(first, { 'late.yaml': 'a: 1\n' });

      const all = (await stage().port.openPulls(null)).map((pull) => pull.number);

      expect(all.indexOf(first)).toBeLessThan(all.indexOf(second));
      expect(await stage().port.openPulls(new Date(Date.now() + 60_000))).toEqual([]);
      for (const pull of await stage().port.openPulls(null)) expect(pull.state).toBe('open');
    });

    test('names both sides of a rename among the changed files', async () => {
      const content = Array.from({ length: 30 }, (_, line) => `line${line}: ${line}`).join('\n');
      await stage().commit('main', { 'old-name.yaml': content, 'gone.yaml': 'a: 1\n' });
      const number = await newPull({ 'old-name.yaml': null, 'new-name.yaml': content, 'gone.yaml': null });

      const files = await stage().port.changedFiles(number);

      expect(files).toEqual(expect.arrayContaining(['gone.yaml', 'new-name.yaml', 'old-name.yaml']));
      expect(files).toEqual(files.toSorted());
    });

    test('says who merged a pull, when, and which commit it became', async () => {
      const number = await newPull();
      const sha = await stage().mergePull(number, { by: 'grace' });

      const pull = await stage().port.pull(number);

      expect(pull).toMatchObject({ state: 'merged', mergeSha: sha, mergedBy: 'grace', mergeable: null });
      expect(new Date(pull.mergedAt ?? '').getTime()).toBeGreaterThanOrEqual(new Date(pull.createdAt).getTime());
      expect(await stage().port.branchHead('main')).toBe(sha);
    });

    test('says nothing of a merge of an open pull, and where it is seen', async () => {
      const pull = await stage().port.pull(await newPull());

      expect([pull.mergedBy, pull.mergedAt]).toEqual([null, null]);
      expect(pull.url).toMatch(/^https?:/);
      expect(new Date(pull.createdAt).getTime()).toBeGreaterThan(0);
    });

    test.each(['merge', 'squash'] as const)('finds the pull that brought a commit by %s', async (method) => {
      const number = await newPull();
      const other = await newPull();
      const sha = await stage().mergePull(number, { method });
      await stage().mergePull(other);

      const pulls = await stage().port.pullsForCommit(sha);

      expect(pulls.map((pull) => [pull.number, pull.mergeSha])).toEqual([[number, sha]]);
    });

    test('finds no pull for a commit that was pushed, or that is not merged yet, or unknown', async () => {
      const { port } = stage();
      const pushed = await stage().commit('main', { [`${await newBranch()}.yaml`]: 'a: 1\n' });
      const { head } = await port.pull(await newPull());

      expect(await port.pullsForCommit(pushed)).toEqual([]);
      expect(await port.pullsForCommit(head.sha)).toEqual([]);
      expect(await port.pullsForCommit('f'.repeat(40))).toEqual([]);
    });

    test('hands out a way to fetch that keeps the secret out of the URL', async () => {
      const remote = await stage().port.gitRemote();

      const url = new URL(remote.url);

      expect([url.username, url.password]).toEqual(['', '']);
      expect(remote.header).toMatch(/^Authorization: /);
    });

    test('the address of a file names commit, path and line, and cannot end a Markdown link', async () => {
      const { port } = stage();
      const sha = 'a'.repeat(40);

      const url = new URL(port.fileUrl(sha, 'apps/a b/(x).yaml', 12));

      expect(url.href).not.toMatch(/[ ()]/);
      expect(decodeURIComponent(url.pathname)).toContain(`${sha}/apps/a b/(x).yaml`);
      expect(url.hash).toContain('12');
      expect(new URL(port.fileUrl(sha, 'a.yaml', null)).hash).toBe('');
    });
  });
}
