import type { Finding } from '../../model/finding.ts';
import { serveTasks } from '../../tools/pool-worker.ts';
import { secretsInFile } from './file-secrets.ts';
import { findLeaks, type LeakFile } from './find-leaks.ts';
import { checks } from './index.ts';
import { unpackSides } from './packed-sides.ts';
import { runCheck } from './run-check.ts';
import type { LeakSearch, ValidatorTask } from './validate-resources.ts';

serveTasks<ValidatorTask, readonly Finding[] | LeakSearch>(
  async () => (task) =>
    'files' in task ? searchFiles(task.files) : runCheck(checks, { ...task, ...unpackSides(task.sides) }),
);

function searchFiles(files: readonly LeakFile[]): LeakSearch {
  return { findings: findLeaks(files), values: files.flatMap(secretsInFile) };
}
