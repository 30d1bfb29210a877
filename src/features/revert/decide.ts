import type { Deployment } from '../../model/deployment.ts';
import { resourceKey } from '../../model/resource.ts';
import type { EnvironmentSettings } from '../../model/settings.ts';
import type { Mode } from '../../model/verdict.ts';
import type { Commit } from '../../world/git/git.ts';

/** Merges that may have done it, newest first; a merge that only takes another back is marked. */
export interface Suspect {
  readonly commit: Commit;
  readonly pull: { readonly number: number; readonly title: string } | null;
  readonly isRevert: boolean;
}

/** What decides whether a revert is opened. */
export interface RevertFacts {
  readonly deployment: Deployment;
  readonly mode: Mode;
  readonly environment: EnvironmentSettings | null;
  /** Login of who asked for it by command; null when the failure itself did. */
  readonly actor: string | null;
  /** The commit that was healthy there last, and still is in the branch's history; null when there is none. */
  readonly goodCommit: string | null;
  readonly suspects: readonly Suspect[];
  /** An open revert of the same target that takes back another merge than the newest suspect, by its number. */
  readonly openRevert: number | null;
  /** Whether a later deployment of the target began, or is healthy already. */
  readonly newer: string | null;
}

/** Open a revert of a suspect, or why not (one sentence). */
export type RevertDecision =
  | { readonly kind: 'revert'; readonly suspect: Suspect; readonly others: readonly Suspect[] }
  | { readonly kind: 'none'; readonly why: string };

/**
 * Whether a failed deployment is taken back out of Git, and which merge: only on a positive failure signal that was not there before,
 * never a revert of a revert, one open revert per target, the newest suspect first. A person who asks need not wait for a failure,
 * and may mean what something else has followed since. Pure.
 */
export function decideRevert(facts: RevertFacts): RevertDecision {
  const why = [notAllowed, notFailed, notNew, alreadyOpen].map((check) => check(facts)).find((found) => found !== null);
  if (why !== undefined) return { kind: 'none', why };
  const [suspect, ...others] = facts.suspects;
  if (suspect === undefined)
    return { kind: 'none', why: 'No merge since the last healthy commit changed this application.' };
  if (suspect.isRevert)
    return { kind: 'none', why: 'It is itself a revert: reverts are never reverted. A person must look at it.' };
  return { kind: 'revert', suspect, others };
}

function notAllowed({ mode, environment, actor }: RevertFacts): string | null {
  if (mode === 'observe') return 'The mode is observe, in which nothing is reverted.';
  if (actor !== null || environment?.onFailure.action === 'revert-pr') return null;
  return `onFailure.action of ${environment?.name ?? 'the environment'} is none; \`/fairlead revert\` opens one.`;
}

function notFailed({ deployment, actor }: RevertFacts): string | null {
  if (actor !== null || deployment.state === 'failed') return null;
  return deployment.state === 'unknown'
    ? 'It ran out of time without a sign of failure.'
    : `It is ${deployment.state}, not failed.`;
}

function notNew({ deployment, actor, newer }: RevertFacts): string | null {
  if (actor !== null) return null;
  if (newer !== null) return `${newer} has taken its place since.`;
  const before = new Set(deployment.failedBefore);
  const failing = deployment.evidence.map(({ resource }) => resourceKey(resource));
  const isOld = failing.length > 0 && failing.every((key) => before.has(key));
  return isOld ? 'What fails failed already before this deployment, so a revert would not help.' : null;
}

function alreadyOpen({ openRevert }: RevertFacts): string | null {
  return openRevert === null ? null : `#${openRevert} is open already for this target.`;
}
