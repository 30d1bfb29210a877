import type { Finding } from '../../model/finding.ts';
import { serveTasks } from '../../tools/pool-worker.ts';
import { findLeaks } from './find-leaks.ts';
import { checks } from './index.ts';
import { runCheck } from './run-check.ts';
import type { ValidatorTask } from './validate-resources.ts';

await serveTasks<ValidatorTask, readonly Finding[]>(
  async () => (task) => ('files' in task ? findLeaks(task.files) : runCheck(checks, task)),
);
