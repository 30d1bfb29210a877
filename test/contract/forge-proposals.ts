import { describe, expect, test } from '@jest/globals';
import type { PullSpec } from '../../src/world/forge/forge.ts';
import { pullThread } from './forge-stage.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** Pulls that we open, and what becomes of pulls. */
export function describeProposals({ stage, newBranch, newPull, unique }: ForgeSuite): void {
  async function newSpec(changes: Partial<PullSpec> = {}): Promise<PullSpec> {
    const branch = await newBranch();
    const texts = { title: redacted('Revert #17'), body: redacted('Because it failed.') };
    return { key: unique('revert'), branch, base: 'main', ...texts, labels: ['fairlead', 'revert'], ...changes };
  }
  const shown = (number: number) =>
    stage()
      .pulls()
      .find((pull) => pull.number === number);
  const from = (branch: string) =>
    stage()
      .pulls()
      .filter(({ head }) => head === branch);

  describe('our own pulls', () => {
    test('opens a pull with title, body and labels', async () => {
      const spec = await newSpec();

      const pull = await stage().port.ensurePull(spec);

      expect(pull).toMatchObject({ title: 'Revert #17', state: 'open', author: stage().bot });
      expect([pull.head.ref, pull.base.ref]).toEqual([spec.branch, 'main']);
      expect(pull.url).toContain(String(pull.number));
      const seen = shown(pull.number);
      expect(seen?.body).toMatch(/Because it failed\.$/);
      expect(seen?.labels.toSorted()).toEqual(['fairlead', 'revert']);
    });

    test('finds it again and sends nothing when nothing differs', async () => {
      const spec = await newSpec();
      const { number } = await stage().port.ensurePull(spec);
      const before = stage().writes();

      const again = await stage().port.ensurePull(spec);

      expect(again.number).toBe(number);
      expect(stage().writes()).toBe(before);
    });

    test('edits title and body of the open one', async () => {
      const spec = await newSpec();
      const { number } = await stage().port.ensurePull(spec);

      const edited = await stage().port.ensurePull({ ...spec, title: redacted('Two'), body: redacted('Other.') });

      expect([edited.number, edited.title]).toEqual([number, 'Two']);
      expect(shown(number)?.body).toMatch(/Other\.$/);
      expect(from(spec.branch)).toHaveLength(1);
    });

    test.each(['closed', 'merged'] as const)('finds the %s one, leaves it and opens no second', async (state) => {
      const spec = await newSpec();
      const { number } = await stage().port.ensurePull(spec);
      await (state === 'closed' ? stage().closePull(number) : stage().mergePull(number));

      const found = await stage().port.ensurePull({ ...spec, title: redacted('Other') });

      expect([found.number, found.state, shown(number)?.title]).toEqual([number, state, 'Revert #17']);
      expect(from(spec.branch)).toHaveLength(1);
    });

    test('opens one however many ask at the same time', async () => {
      const spec = await newSpec();

      const pulls = await Promise.all([1, 2, 3].map(() => stage().port.ensurePull(spec)));

      expect(new Set(pulls.map(({ number }) => number)).size).toBe(1);
      expect(from(spec.branch)).toHaveLength(1);
    });

    test('finds the pull whose making had no answer', async () => {
      const spec = await newSpec();
      stage().failNext({ kind: 'lost-answer', on: 'create' });

      await expect(stage().port.ensurePull(spec)).rejects.toMatchObject({ kind: 'unavailable' });
      const pull = await stage().port.ensurePull(spec);

      expect(from(spec.branch).map(({ number }) => number)).toEqual([pull.number]);
      expect(shown(pull.number)?.labels.toSorted()).toEqual(['fairlead', 'revert']);
    });

    test('is not fooled by a pull of a person that carries the marker', async () => {
      const spec = await newSpec();
      const { number } = await stage().port.ensurePull(spec);
      await stage().closePull(number);
      const copied = shown(number)?.body ?? '';
      const pasted = await stage().openPull({ head: spec.branch, author: 'mallory', body: copied });

      const found = await stage().port.ensurePull(spec);

      expect(found.number).toBe(number);
      expect(shown(pasted)?.title).toBe('Change');
    });

    test('says that somebody else has a pull open from the branch', async () => {
      const spec = await newSpec();
      await stage().openPull({ head: spec.branch, author: 'mallory' });

      await expect(stage().port.ensurePull(spec)).rejects.toMatchObject({ kind: 'conflict' });
    });
  });

  describe('what becomes of a pull', () => {
    test('merges the head that was named and gives the commit on the base branch', async () => {
      const number = await newPull();
      const { head } = await stage().port.pull(number);

      const sha = await stage().port.merge(number, { sha: head.sha });

      expect(await stage().port.branchHead('main')).toBe(sha);
      expect(await stage().port.pull(number)).toMatchObject({ state: 'merged', mergeSha: sha });
    });

    test('gives the same commit when it was merged at this head before', async () => {
      const number = await newPull();
      const { head } = await stage().port.pull(number);
      const sha = await stage().port.merge(number, { sha: head.sha });

      expect(await stage().port.merge(number, { sha: head.sha })).toBe(sha);
    });

    test('gives the commit of a merge whose answer was lost', async () => {
      const number = await newPull();
      const { head } = await stage().port.pull(number);
      stage().failNext({ kind: 'lost-answer', on: 'edit' });

      await expect(stage().port.merge(number, { sha: head.sha })).rejects.toMatchObject({ kind: 'unavailable' });

      expect(await stage().port.merge(number, { sha: head.sha })).toBe(await stage().port.branchHead('main'));
    });

    test('does not merge a head that moved', async () => {
      const number = await newPull();
      const { head } = await stage().port.pull(number);
      await stage().pushToPull(number, { 'sneaked.yaml': 'in: 1\n' });

      await expect(stage().port.merge(number, { sha: head.sha })).rejects.toMatchObject({ kind: 'conflict' });

      expect((await stage().port.pull(number)).state).toBe('open');
    });

    test('does not merge what was closed', async () => {
      const number = await newPull();
      const { head } = await stage().port.pull(number);
      await stage().closePull(number);

      await expect(stage().port.merge(number, { sha: head.sha })).rejects.toMatchObject({ kind: 'conflict' });
    });

    test('adds and removes labels, and does not mind twice', async () => {
      const number = await newPull();
      const { port } = stage();

      await port.setLabels(number, { add: ['blocked', 'needs review'], remove: [] });
      await port.setLabels(number, { add: ['blocked'], remove: ['needs review', 'never-there'] });
      await port.setLabels(number, { add: [], remove: ['needs review'] });

      expect(shown(number)?.labels).toEqual(['blocked']);
    });

    test('closes with a word why, once', async () => {
      const number = await newPull();

      await stage().port.closePull(number, redacted('Nothing is left to revert.'));
      await stage().port.closePull(number, redacted('Nothing is left to revert.'));

      expect(shown(number)?.state).toBe('closed');
      expect(stage().comments(pullThread(number))).toEqual([
        expect.objectContaining({ author: stage().bot, body: expect.stringMatching(/Nothing is left to revert\.$/) }),
      ]);
    });
  });
}
