import { describe, expect, test } from '@jest/globals';
import type { Annotation, CheckReport } from '../../src/world/forge/forge.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** Checks on a commit. */
export function describeChecks({ stage, newPull }: ForgeSuite): void {
  describe('checks', () => {
    const report = (changes: Partial<CheckReport> = {}): CheckReport => ({
      name: 'fairlead',
      state: 'done',
      conclusion: 'success',
      title: redacted('Ready'),
      summary: redacted('3 changes'),
      annotations: [],
      ...changes,
    });
    const annotation = (line: number): Annotation => ({
      file: 'apps/web.yaml',
      line,
      level: 'warning',
      title: redacted(`rule ${line}`),
      message: redacted(`message ${line}`),
    });
    /** A forge without remarks at lines shows none; it says so itself. */
    const shown = (count: number) => (stage().forge.capabilities.annotations ? count : 0);
    const annotations = (count: number) => Array.from({ length: count }, (_, at) => annotation(at + 1));

    async function headOf(number: number): Promise<string> {
      return (await stage().port.pull(number)).head.sha;
    }

    test('carries one check from running to done', async () => {
      const sha = await headOf(await newPull());

      await stage().port.report(sha, report({ state: 'running', conclusion: null }));
      const running = stage().checks(sha);
      await stage().port.report(sha, report({ conclusion: 'neutral' }));

      expect(running).toEqual([expect.objectContaining({ isDone: false, conclusion: null })]);
      expect(stage().checks(sha)).toEqual([
        { name: 'fairlead', isDone: true, conclusion: 'neutral', title: 'Ready', annotations: 0 },
      ]);
    });

    test('delivers every annotation, however many', async () => {
      const sha = await headOf(await newPull());

      await stage().port.report(sha, report({ annotations: annotations(120) }));

      expect(stage().checks(sha)).toEqual([expect.objectContaining({ isDone: true, annotations: shown(120) })]);
    });

    test('says the same twice without doubling anything', async () => {
      const sha = await headOf(await newPull());

      await stage().port.report(sha, report({ annotations: annotations(60) }));
      await stage().port.report(sha, report({ annotations: annotations(60) }));

      expect(stage().checks(sha)).toEqual([expect.objectContaining({ annotations: shown(60) })]);
    });

    test('shows the newer report where a finished check is judged again', async () => {
      const sha = await headOf(await newPull());
      await stage().port.report(sha, report({ annotations: annotations(3) }));

      await stage().port.report(sha, report({ state: 'running', conclusion: null }));
      const running = stage().checks(sha);
      await stage().port.report(sha, report({ conclusion: 'failure', annotations: annotations(1) }));

      expect(running).toEqual([expect.objectContaining({ isDone: false })]);
      expect(stage().checks(sha)).toEqual([expect.objectContaining({ conclusion: 'failure', annotations: shown(1) })]);
    });
  });
}
