import type { ApplyCounts } from '../../model/deployment.ts';
import type { AppResource, OperationResult } from './application.ts';

/** What a sync did with how many objects, its hooks left out. Argo CD passes on what its apply said: `configured`, `unchanged`. */
export function countResults(results: readonly OperationResult[]): ApplyCounts {
  const objects = results.filter(({ isHook }) => !isHook);
  const written = objects.filter(({ status }) => status === 'Synced');
  const unchanged = written.filter(({ message }) => /\bunchanged\b/.test(message)).length;
  return {
    applied: written.length - unchanged,
    unchanged,
    pruned: objects.filter(({ status }) => status === 'Pruned').length,
    total: objects.length,
  };
}

/** The counts of an Application for which nothing had to be done. */
export function countResources(resources: readonly AppResource[]): ApplyCounts {
  const { length } = resources.filter(({ isHook, requiresPruning }) => !isHook && !requiresPruning);
  return { applied: 0, unchanged: length, pruned: 0, total: length };
}
