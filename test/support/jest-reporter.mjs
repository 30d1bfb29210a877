import { writeSync } from 'node:fs';

/** Ends the run with the one line that scripts read: `N passed, N failed`. A file that could not run counts as failed. */
export default class LastLine {
  onRunComplete(_contexts, results) {
    const broken = results.testResults.filter((file) => file.testExecError !== undefined).length;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    const line = `${results.numPassedTests} passed, ${results.numFailedTests + broken} failed${tail}\n`;
    // Jest's own summary comes after its reporters, so the line waits for the very end.
    process.once('exit', () => writeSync(1, line));
  }
}
