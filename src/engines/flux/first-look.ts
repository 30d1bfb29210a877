import type { ResourceId } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import type { StepFacts } from './decision.ts';
import { isAround } from './find-reconcilers.ts';
import type { Notes, Stale } from './journal.ts';
import { type Kustomization, trimPath } from './kustomization.ts';
import { hasReplacedInventory, staleOf, whyLeft } from './stale-objects.ts';

/**
 * Notes that hold what must be known before anything is asked for: whether the commit is there already, and which objects Git
 * has no more. Of a Kustomization of a folder above, and of one that was at the commit already, nothing is stale.
 */
export async function firstLook(
  cluster: Cluster,
  { notes, reconciler, standing, work }: StepFacts,
  root: string,
  signal: AbortSignal,
): Promise<Notes> {
  if (notes.wasApplied !== null) return notes;
  const wasApplied = (reconciler.kind === 'kustomization' ? standing.applied : standing.chart) !== 'other';
  if (reconciler.kind !== 'kustomization' || isAround(reconciler, trimPath(root))) return { ...notes, wasApplied };
  if (hasReplacedInventory(reconciler, standing)) return { ...notes, wasApplied };
  const stale = staleOf(reconciler, work.desired);
  return { ...notes, wasApplied, stale: await whatBecomes(cluster, reconciler, stale, signal) };
}

/** What is gone already is left out. */
async function whatBecomes(
  cluster: Cluster,
  kustomization: Kustomization,
  stale: readonly ResourceId[],
  signal: AbortSignal,
): Promise<readonly Stale[]> {
  const found: Stale[] = [];
  for (const resource of stale) {
    const live = await cluster.get(resource, signal);
    if (live !== null) found.push({ resource, why: whyLeft(kustomization, live) });
  }
  return found;
}
