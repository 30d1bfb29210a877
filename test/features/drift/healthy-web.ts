import type { Deployment } from '../../../src/model/deployment.ts';
import { deploymentOf } from '../../support/deployments.ts';
import type { World } from '../world.ts';

/** The application `apps/web`, deployed from main and healthy: what is compared with the cluster. */
export async function healthyWeb({ stage, tools, repo }: World): Promise<Deployment> {
  const commit = (await stage.port.branchHead('main')) ?? '';
  const place = { application: 'apps/web', cluster: 'prod', commit };
  const { id: _, ...facts } = deploymentOf({ id: '', state: 'healthy', ...place });
  const appliedAt = tools.now().toISOString();
  return tools.store.deployments.create(null, { ...facts, repo, pulls: [], appliedAt, endedAt: appliedAt });
}
