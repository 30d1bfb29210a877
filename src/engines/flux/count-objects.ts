import type { ApplyCounts } from '../../model/deployment.ts';
import { type ResourceId, resourceKey } from '../../model/resource.ts';
import type { StepFacts } from './decision.ts';
import { isAround } from './find-reconcilers.ts';
import { trimPath } from './kustomization.ts';
import type { Reconciler } from './list-objects.ts';

/**
 * What became of the objects of one Kustomization or HelmRelease. Flux does not say which it changed: all of them, unless the
 * commit was there before.
 */
export function countObjects({ reconciler, notes, work }: StepFacts, root: string): ApplyCounts {
  const objects = objectsOf(
    reconciler,
    work.desired.map(({ id }) => id),
    root,
  );
  const present = new Set(reconciler.inventory.map(resourceKey));
  const pruned = notes.stale.filter(({ why, resource }) => why === null && !present.has(resourceKey(resource)));
  const total = objects.length;
  const unchanged = notes.wasApplied === true ? total : 0;
  return { applied: total - unchanged, unchanged, pruned: pruned.length, total };
}

/** The objects of the target: the inventory, unless that is missing or holds more than the target. */
export function objectsOf(reconciler: Reconciler, desired: readonly ResourceId[], root: string): readonly ResourceId[] {
  const { inventory } = reconciler;
  return inventory.length === 0 || isAround(reconciler, trimPath(root)) ? desired : inventory;
}
