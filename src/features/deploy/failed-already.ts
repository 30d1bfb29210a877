import { type Deployment, hasBegun, isLater } from '../../model/deployment.ts';
import { resourceKey } from '../../model/resource.ts';
import { type Ground, workOf } from './gather.ts';
import type { DeployTools } from './tools.ts';

/**
 * Objects that fail before anything is written (resource keys): they are not this deployment's doing. Where a controller may write
 * the commit unasked, what failed when the deployment was accepted counts: later it may be the commit itself that fails. The same
 * holds for one that has begun to write and waits again.
 */
export async function failedAlready(
  deployment: Deployment,
  ground: Ground,
  { store, signal }: { readonly store: DeployTools['store']; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const isWritten = hasBegun(deployment) || ground.engine.capabilities.writesUnasked;
  if (deployment.state === 'waiting' && isWritten) return deployment.failedBefore;
  const work = workOf(deployment, ground, { deletes: [], takeovers: [] });
  const { objects } = await ground.engine.status(work, null, signal);
  const failing = objects.filter(({ state }) => state === 'failed').map(({ resource }) => resourceKey(resource));
  const last = await lastBegun(deployment, store);
  return last === null || isSettled(last) ? failing : failing.filter((key) => last.failedBefore.includes(key));
}

/** The deployment of the target before this one that wrote, or may have. */
async function lastBegun(deployment: Deployment, { deployments }: DeployTools['store']): Promise<Deployment | null> {
  const { repo, target } = deployment;
  const all = await deployments.find({ repo, target, limit: 50 });
  return all.find((other) => isLater(deployment, other) && hasBegun(other)) ?? null;
}

/**
 * Whether what fails after it is known not to be new: it ended healthy, or somebody saw its failure and opened a revert, or said
 * why not. Otherwise what it broke would count as old for the next one, and nobody would ever take it back.
 */
function isSettled({ state, revertPull, revertNote }: Deployment): boolean {
  return state === 'healthy' || revertPull !== null || revertNote !== null;
}
