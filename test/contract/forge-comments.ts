import { describe, expect, test } from '@jest/globals';
import { pullThread } from './forge-stage.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** The sticky comments of a pull. */
export function describeComments({ stage, newPull }: ForgeSuite): void {
  const bodies = (pull: number) =>
    stage()
      .comments(pullThread(pull))
      .map(({ body }) => body);

  describe('comments', () => {
    test('creates once, leaves an equal body alone and edits in place', async () => {
      const number = await newPull();
      const ensure = (body: string) => stage().port.ensureComment(number, 'review', redacted(body), null);

      const outcomes = [await ensure('one'), await ensure('one'), await ensure('two')];

      expect(outcomes.map(({ did }) => did)).toEqual(['created', 'unchanged', 'edited']);
      expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
      expect(bodies(number)).toEqual([expect.stringMatching(/two$/)]);
    });

    test('does not edit for a part that may differ', async () => {
      const number = await newPull();
      const ensure = (time: string, rest: string) =>
        stage().port.ensureComment(
          number,
          'review',
          redacted(`read at ${time}\nread at ${time}, ${rest}`),
          /read at \S+/,
        );

      const outcomes = [await ensure('10:00', 'same'), await ensure('10:05', 'same'), await ensure('10:06', 'other')];

      expect(outcomes.map(({ did }) => did)).toEqual(['created', 'unchanged', 'edited']);
    });

    test('keeps comments of different keys apart', async () => {
      const number = await newPull();

      await stage().port.ensureComment(number, 'review', redacted('review'), null);
      await stage().port.ensureComment(number, 'drift', redacted('drift'), null);
      await stage().port.retireComment(number, 'review');
      await stage().port.retireComment(number, 'review');

      expect(bodies(number)).toEqual([expect.stringMatching(/drift$/)]);
      expect(await stage().port.hasComment(number, 'review')).toBe(false);
      expect(await stage().port.hasComment(number, 'drift')).toBe(true);
    });

    test('gives a comment another first line and leaves the rest, once, and none where there is none', async () => {
      const number = await newPull();
      const { port } = stage();
      const retitle = (line: string, unless: RegExp | null = null) =>
        port.retitleComment(number, 'review', redacted(line), unless);
      expect(await retitle('### stale')).toBeNull();
      await port.ensureComment(number, 'review', redacted('### fresh\n\n- a\n- b'), null);
      await port.ensureComment(number, 'drift', redacted('### fresh'), null);

      const outcomes = [await retitle('### stale'), await retitle('### stale'), await retitle('### older', /stale/)];

      expect(outcomes).toEqual([expect.objectContaining({ did: 'edited' }), null, null]);
      expect(bodies(number)).toEqual([
        expect.stringMatching(/^<!-- .* -->\n### stale\n\n- a\n- b$/),
        expect.stringMatching(/### fresh$/),
      ]);
      const outcome = await port.ensureComment(number, 'review', redacted('### fresh\n\n- a\n- b'), null);
      expect(outcome.did).toBe('edited');
    });

    test('never takes a comment of somebody else, whatever it says', async () => {
      const number = await newPull();
      await stage().port.ensureComment(number, 'review', redacted('ours'), null);
      const [ours = ''] = bodies(number);
      await stage().port.retireComment(number, 'review');
      await stage().addComment(pullThread(number), 'mallory', ours);

      const outcome = await stage().port.ensureComment(number, 'review', redacted('ours'), null);

      expect(outcome.did).toBe('created');
      expect(bodies(number)).toHaveLength(2);
    });

    test('is not led to a comment of ours that quotes the marker of another key', async () => {
      const number = await newPull();
      await stage().port.ensureComment(number, 'review', redacted('first'), null);
      const [marked = ''] = bodies(number);
      await stage().port.retireComment(number, 'review');
      await stage().port.ensureComment(number, 'drift', redacted(`somebody wrote:\n${marked}`), null);

      const outcome = await stage().port.ensureComment(number, 'review', redacted('first'), null);

      expect(outcome.did).toBe('created');
      expect(bodies(number)).toHaveLength(2);
    });

    test('finds its comment behind more than a hundred others', async () => {
      const number = await newPull();
      for (let at = 0; at < 130; at += 1) await stage().addComment(pullThread(number), 'chatty', `comment ${at}`);
      await stage().port.ensureComment(number, 'review', redacted('one'), null);
      for (let at = 0; at < 130; at += 1) await stage().addComment(pullThread(number), 'chatty', `comment ${at}`);

      const outcome = await stage().port.ensureComment(number, 'review', redacted('two'), null);

      expect(outcome.did).toBe('edited');
      expect(bodies(number)).toHaveLength(261);
    });

    test('refuses a body beyond the limit of the forge as too large', async () => {
      const number = await newPull();
      const body = redacted('x'.repeat(2_000_000));

      const ensuring = stage().port.ensureComment(number, 'review', body, null);

      await expect(ensuring).rejects.toMatchObject({ kind: 'too-large' });
    });
  });
}
