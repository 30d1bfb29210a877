import type { Settings } from '../../model/settings.ts';
import type { Tree } from '../../model/tree.ts';
import { discover } from './discover.ts';
import { type ApplicationPair, pairApplications } from './pair-applications.ts';

/** What changed files have to do with the applications of two trees. */
export interface AffectedPairs {
  /** Every environment of either side, sorted. */
  readonly environments: readonly string[];
  /** Applications that the changed files reach on either side, and those that only one side has. */
  readonly pairs: readonly ApplicationPair[];
  /** Changed files that look like manifests and that no application of either side reads. */
  readonly unownedFiles: readonly string[];
}

/** Discovers both trees and selects what the changed files reach. */
export async function affectedBy(
  base: Tree,
  head: Tree,
  changedFiles: readonly string[],
  settings: Settings,
  signal: AbortSignal,
): Promise<AffectedPairs> {
  const before = await discover(base, { under: '', settings }, signal);
  const after = await discover(head, { under: '', settings }, signal);
  const reached = new Set(
    [...before.affected(changedFiles), ...after.affected(changedFiles)].map(({ application }) => application),
  );
  const pairs = pairApplications(before.applications, after.applications).filter((pair) => {
    return pair.base === null || pair.head === null || reached.has(pair.base) || reached.has(pair.head);
  });
  const unowned = new Set(before.unowned(changedFiles));
  return {
    environments: [...new Set([...before.environments, ...after.environments])].sort(),
    pairs,
    unownedFiles: after.unowned(changedFiles).filter((file) => unowned.has(file)),
  };
}
