import { describe, expect, test } from '@jest/globals';
import type { BorderCode } from '../../src/model/error.ts';
import { BorderError } from '../../src/model/error.ts';
import { pullThread, type StageFault } from './forge-stage.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

const faults: readonly (readonly [StageFault['kind'], BorderCode, number | null])[] = [
  ['unauthorized', 'unauthorized', 401],
  ['forbidden', 'forbidden', 403],
  ['not-found', 'not-found', 404],
  ['conflict', 'conflict', 409],
  // A forge may say 400 for it.
  ['invalid', 'invalid', null],
  ['limited', 'limited', 429],
  ['unavailable', 'unavailable', 503],
];

/** What goes wrong on the way, in domain terms, and that no write is sent twice. */
export function describeFaults({ stage, newPull, onePull }: ForgeSuite): void {
  async function failureOf(work: () => Promise<unknown>): Promise<BorderError> {
    try {
      await work();
    } catch (error) {
      if (error instanceof BorderError) return error;
      throw error;
    }
    throw new Error('it did not fail');
  }

  describe('faults', () => {
    test.each(faults)('calls a write that is answered as %s %s', async (kind, expected, status) => {
      const pull = await onePull();
      const { port } = stage();
      await port.hasComment(pull, 'warm-up');
      const before = stage().writes();
      stage().failNext({ kind, on: 'create' });

      const failure = await failureOf(() => port.reply(pullThread(pull), 'key', redacted('text')));

      expect(failure.kind).toBe(expected);
      if (status !== null) expect(failure.status).toBe(status);
      expect(stage().writes() - before).toBe(1);
      expect([failure.message, failure.subject, failure.remedy].every((text) => text.length > 0)).toBe(true);
    });

    test('says when to try again after a limit', async () => {
      const pull = await newPull();
      stage().failNext({ kind: 'limited', on: 'create' });
      const before = Date.now();

      const failure = await failureOf(() => stage().port.reply(pullThread(pull), 'key', redacted('text')));

      const seconds = ((failure.retryAt?.getTime() ?? 0) - before) / 1000;
      expect(seconds).toBeGreaterThan(5);
      expect(seconds).toBeLessThan(30);
    });

    test('writes a comment once when the answer was lost, and finds it', async () => {
      const pull = await newPull();
      const thread = pullThread(pull);
      stage().failNext({ kind: 'lost-answer', on: 'create' });

      const failure = await failureOf(() => stage().port.reply(thread, 'key', redacted('text')));
      const outcome = await stage().port.reply(thread, 'key', redacted('text'));

      expect([failure.kind, outcome.did]).toEqual(['unavailable', 'unchanged']);
      expect(stage().comments(thread)).toHaveLength(1);
    });

    test('reads on after a fault that passes', async () => {
      const pull = await newPull();
      stage().failNext({ kind: 'unavailable', on: 'read' });

      expect((await stage().port.pull(pull)).number).toBe(pull);
    });
  });

  describe('rules that may not be read', () => {
    test('are told apart from no rules', async () => {
      stage().hideRules();

      expect(await stage().port.branchRules('main')).toEqual({ requiredChecks: null });
    });
  });
}
