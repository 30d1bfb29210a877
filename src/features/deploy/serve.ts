import type { Queue } from '../../world/store/queue.ts';
import { takeMerges } from './merged.ts';
import { redeploy } from './redeploy.ts';
import { stepDeployment } from './step.ts';
import { tellPull } from './tell.ts';
import type { DeployTools } from './tools.ts';

/** Does the jobs of deploying. */
export function workDeploys(queue: Queue, tools: DeployTools): void {
  queue.work('merged', ({ payload }, signal) => takeMerges(payload, tools, signal));
  queue.work('deploy', ({ payload }, signal) => stepDeployment(payload.deployment, tools, signal));
  queue.work('redeploy', ({ payload }, signal) => redeploy(payload, tools, signal));
  queue.work('tell', ({ payload }, signal) => tellPull(payload, tools, signal));
}
