import type { Deployment } from '../../model/deployment.ts';
import type { QueuedJob } from '../../model/jobs.ts';
import { boardJob, driftJob, revertJob } from '../../model/queued.ts';
import type { DeployTools } from './tools.ts';

/** What is looked at when a target became healthy: its drift, the board, and the revert of its last failure, which may be done with. */
export async function healthyJobs({ repo, target }: Deployment, { store }: DeployTools): Promise<readonly QueuedJob[]> {
  const failed = await store.deployments.find({ repo, target, states: ['failed'], limit: 20 });
  const reverted = failed.find(({ revertPull }) => revertPull !== null);
  const looks = [driftJob(repo, target, 'deployed'), boardJob(repo)];
  return reverted === undefined ? looks : [...looks, revertJob(reverted.id, null)];
}
