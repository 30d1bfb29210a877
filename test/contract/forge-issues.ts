import { describe, expect, test } from '@jest/globals';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** Issues that we keep, such as the drift board. */
export function describeIssues({ stage, newPull, unique }: ForgeSuite): void {
  const ensure = (key: string, title: string, body: string, sameApartFrom: RegExp | null = null) =>
    stage().port.ensureIssue(key, redacted(title), redacted(body), sameApartFrom);
  const shown = (number: number) =>
    stage()
      .issues()
      .find((issue) => issue.number === number);
  const titled = (title: string) =>
    stage()
      .issues()
      .filter((issue) => issue.title === title);

  describe('our own issues', () => {
    test('opens once, leaves an equal one alone and edits in place', async () => {
      const key = unique('board');

      const first = await ensure(key, 'Drift', 'one');
      const before = stage().writes();
      const second = await ensure(key, 'Drift', 'one');
      const written = stage().writes() - before;
      const third = await ensure(key, 'Drift of 2', 'two');

      expect([second, third, written]).toEqual([first, first, 0]);
      expect(shown(first)).toMatchObject({ title: 'Drift of 2', isOpen: true, author: stage().bot });
      expect(shown(first)?.body).toMatch(/two$/);
    });

    test('does not edit for a part that may differ', async () => {
      const key = unique('board');
      const number = await ensure(key, 'Drift', 'read at 10:00', /read at \S+/);
      const before = stage().writes();

      expect(await ensure(key, 'Drift', 'read at 10:05', /read at \S+/)).toBe(number);
      expect(stage().writes()).toBe(before);
    });

    test('opens a new one when the old one was closed', async () => {
      const key = unique('board');
      const first = await ensure(key, 'Drift', 'one');
      await stage().closeIssue(first);

      const second = await ensure(key, 'Drift', 'one');

      expect(second).not.toBe(first);
      expect(shown(first)?.isOpen).toBe(false);
    });

    test('opens one however many ask at the same time', async () => {
      const title = unique('Drift');

      const numbers = await Promise.all([1, 2, 3].map(() => ensure(title, title, 'text')));

      expect(new Set(numbers).size).toBe(1);
      expect(titled(title)).toHaveLength(1);
    });

    test('finds the issue whose making had no answer', async () => {
      const title = unique('Drift');
      stage().failNext({ kind: 'lost-answer', on: 'create' });

      await expect(ensure(title, title, 'text')).rejects.toMatchObject({ kind: 'unavailable' });
      const number = await ensure(title, title, 'text');

      expect(titled(title).map((issue) => issue.number)).toEqual([number]);
    });

    test('is not fooled by an issue of a person that carries the marker', async () => {
      const key = unique('board');
      const ours = await ensure(key, 'Drift', 'one');
      const copied = shown(ours)?.body ?? '';
      await stage().closeIssue(ours);
      const pasted = await stage().openIssue('mallory', 'Drift', copied);

      const found = await ensure(key, 'Drift', 'one');

      expect(found).not.toBe(pasted);
      expect(await stage().port.issueKey(pasted)).toBeNull();
    });

    test('tells the key of our own issue, open or closed, and of no other thing', async () => {
      const key = unique('board');
      const ours = await ensure(key, 'Drift', 'one');
      const theirs = await stage().openIssue('mona', 'A wish', 'text');

      const open = await stage().port.issueKey(ours);
      await stage().closeIssue(ours);

      expect([open, await stage().port.issueKey(ours)]).toEqual([key, key]);
      expect(await stage().port.issueKey(theirs)).toBeNull();
      expect(await stage().port.issueKey(987_654)).toBeNull();
    });

    test('is not led astray by pulls', async () => {
      await newPull();
      const key = unique('board');

      expect(await ensure(key, 'Drift', 'one')).toBe(await ensure(key, 'Drift', 'one'));
    });
  });
}
