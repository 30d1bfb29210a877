import { type Deployment, isLater } from '../../model/deployment.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Store } from '../../world/store/store.ts';

/**
 * The first deployment of the target, since it was last healthy, that failed in all that fails now: the merges after it did not
 * break it. The deployment itself when none failed so before, or when the failure of an earlier one got its revert.
 */
export async function firstFailure(
  deployment: Deployment,
  { deployments }: Pick<Store, 'deployments'>,
): Promise<Deployment> {
  const { repo, target, trigger } = deployment;
  const failing = newlyFailing(deployment);
  if (trigger !== 'merge' || failing.length === 0) return deployment;
  const all = await deployments.find({ repo, target, limit: 50 });
  const older = all.filter((other) => isLater(deployment, other));
  const lastHealthy = older.findIndex(({ state }) => state === 'healthy');
  const since = lastHealthy < 0 ? older : older.slice(0, lastHealthy);
  return since.findLast((other) => failedSo(other, failing)) ?? deployment;
}

function failedSo(deployment: Deployment, failing: readonly string[]): boolean {
  const { state, trigger, revertPull } = deployment;
  if (state !== 'failed' || trigger !== 'merge' || revertPull !== null) return false;
  const failed = new Set(newlyFailing(deployment));
  return failing.every((key) => failed.has(key));
}

function newlyFailing({ evidence, failedBefore }: Deployment): readonly string[] {
  return evidence.map(({ resource }) => resourceKey(resource)).filter((key) => !failedBefore.includes(key));
}
