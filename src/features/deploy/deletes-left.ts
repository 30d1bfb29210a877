import type { Deployment } from '../../model/deployment.ts';
import { type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import { acceptedDeletes } from './journal.ts';
import type { DeployTools } from './tools.ts';

/**
 * What deployments of the target accepted to delete and did not come to, since the last that was written to the end, as far as
 * the commit has no such object: a fix that is merged after them deletes it too. A rollback neither takes it over nor settles it.
 */
export async function deletesLeft(
  { id, repo, target, trigger }: Deployment,
  desired: readonly Resource[],
  { store }: Pick<DeployTools, 'store'>,
): Promise<readonly ResourceId[]> {
  if (trigger === 'rollback') return [];
  const all = await store.deployments.find({ repo, target, limit: 100 });
  const older = all.slice(all.findIndex((one) => one.id === id) + 1).filter((one) => one.trigger !== 'rollback');
  const last = older.findIndex(({ appliedAt }) => appliedAt !== null);
  const unfinished = last < 0 ? older : older.slice(0, last);
  const left = new Map(unfinished.flatMap(acceptedDeletes).map((one) => [resourceKey(one), one]));
  for (const one of desired) left.delete(resourceKey(one.id));
  return [...left.values()];
}
