import { describe, expect, test } from '@jest/globals';
import { decideStep, type StepFacts } from '../../../src/engines/argocd/decide-step.ts';
import { newNotes } from '../../../src/engines/argocd/journal.ts';
import { automated, ended, facts, failing, now } from './sketch.ts';

/** Takes a step for each message, so many seconds apart; gives the kinds of decisions. */
function afterEach(messages: readonly string[], seconds: number): readonly string[] {
  let { notes } = facts({});
  return messages.map((message, index) => {
    const later = new Date(now.getTime() + index * seconds * 1000);
    const decision = decideStep(facts(failing(message), { notes, now: later }));
    if (decision.kind === 'refresh') notes = decision.notes;
    return decision.kind;
  });
}

describe('a comparison that ends in an error', () => {
  const cached = 'Manifest generation error (cached): b';
  const b = (times: number): readonly string[] => Array.from({ length: times }, (_, index) => `b ${index}`);

  test.each<[string, readonly string[], number, string]>([
    ['is a failure when the error stays for two minutes', b(5), 30, 'failed'],
    ['is none when it comes three times in two seconds', b(3), 1, 'refresh'],
    ['is none when it comes twice in two minutes', b(2), 120, 'refresh'],
    ['is one from when the error became this one', ['no file', ...b(5)], 30, 'failed'],
    ['is none before the error was this one for two minutes', ['no file', ...b(4)], 30, 'refresh'],
    ['counts anew after Git could not be reached', [...b(3), 'status code: 502', ...b(2)], 40, 'refresh'],
    ['is none while it is told again from a cache', Array(9).fill(cached), 30, 'refresh'],
  ])('%s', (_, messages, seconds, kind) => {
    const kinds = afterEach(messages, seconds);

    expect(kinds.at(-1)).toBe(kind);
    expect(new Set(kinds.slice(0, -1))).toEqual(new Set(['refresh']));
  });

  test('is tried afresh when it is told from a cache', () => {
    const decisions = [cached, 'b'].map((one) => decideStep(facts(failing(one))));

    expect(decisions).toMatchObject([{ depth: 'hard' }, { depth: 'normal' }]);
  });

  const thrice = { notes: { ...newNotes('web'), asked: 3, errors: 2 } };

  test.each<[string, StepFacts, string]>([
    ['is none when Git cannot be reached', facts(failing('failed to list refs: x'), thrice), 'refresh'],
    ['is tried at the commit when a later one may be meant', facts(failing('x'), { ...thrice, isHead: false }), 'sync'],
    [
      'is none when a later commit may be meant and syncs are automated',
      facts({ ...failing('x'), spec: automated }, { ...thrice, isHead: false }),
      'refresh',
    ],
  ])('%s', (_, given, kind) => {
    expect(decideStep(given).kind).toBe(kind);
  });

  test('is no matter once ours is written and a later commit is meant', () => {
    const status = { ...failing('x').status, ...ended('Succeeded') };

    expect(decideStep(facts({ status }, { ...thrice, isHead: false })).kind).toBe('done');
  });

  test('is told in one short line while it is waited for', () => {
    const decision = decideStep(facts(failing(`failed to list refs:\n${'x'.repeat(5000)}`)));

    expect(decision).toMatchObject({ note: expect.stringMatching(/^Application web cannot compare: .{200}…\.$/) });
  });
});
