import { expect } from '@jest/globals';
import type { Run } from './command-line.ts';

/** Milliseconds one run may take in the tests; the goal on a quiet machine is a quarter of it. */
const longest = 20_000;

/**
 * What holds of every run, whatever it was given: it ended by itself, in time, without a stack trace, a badly printed value,
 * anything of this machine's password file or a canary, and it cleaned up.
 */
export function expectCalm(run: Run): void {
  expectSound(run);
  expect(run.milliseconds).toBeLessThan(longest);
}

/** The same of a run that is given so much at once that its time says nothing about any of it. */
export function expectSound(run: Run): void {
  const said = `${run.stdout}\n${run.stderr}`;
  expect(said).not.toMatch(/\n\s+at |fault of Fairlead|\[object |\bundefined\b|\bNaN\b|node:internal/);
  expect(said).not.toMatch(/root:|\/bin\/(?:ba)?sh|CANARY/);
  expect(run.leftovers).toEqual([]);
  expect(run.code).not.toBeNull();
}

/** A refusal before any work: nothing on stdout, one sentence and one remedy on stderr, and its exit code. */
export function expectRefusal(run: Run, expected: { readonly code: number; readonly says: RegExp }): void {
  expectCalm(run);
  expect(run.stdout).toBe('');
  expect(run.stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(expected.says),
    expect.stringMatching(/^ {2}\S.*\.$/),
  ]);
  expect(run.code).toBe(expected.code);
}
