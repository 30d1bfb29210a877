import type { Finding } from '../../model/finding.ts';
import { serveTasks } from '../../tools/pool-worker.ts';
import { checks } from './index.ts';
import { type CheckTask, runCheck } from './run-check.ts';

await serveTasks<CheckTask, readonly Finding[]>(async () => (task) => runCheck(checks, task));
