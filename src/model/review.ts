import type { Change } from './change.ts';
import type { Finding } from './finding.ts';
import type { HelmEngine, Target } from './target.ts';
import type { Verdict } from './verdict.ts';

/** How much of the repository the review saw. */
export interface Coverage {
  /** Applications the changed files reach. */
  readonly applications: number;
  /** Of those, rendered on every side they exist on. */
  readonly rendered: number;
  /** Changed files that no application owns, sorted. */
  readonly unownedFiles: readonly string[];
  /** Repositories that use the one under review, and how many of the applications are theirs; left out: none is known. */
  readonly usedBy?: readonly UserCoverage[];
}

/** How much of a repository that uses the one under review a review saw. */
export interface UserCoverage {
  /** `owner/name`. */
  readonly repository: string;
  /** Applications the changed files reach. */
  readonly applications: number;
}

/** What a review worked out for the merge of a head and its base. Holds no secret value. */
export interface Review {
  readonly verdict: Verdict;
  /** Full commit ids. */
  readonly base: string;
  readonly head: string;
  readonly targets: readonly Target[];
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  /** Files and folders (ending with `/`) the affected applications read, sorted: a base that moves outside them changes nothing. */
  readonly inputs: readonly string[];
  /** Contexts whose live state was read, sorted; empty for a Git-to-Git comparison. */
  readonly clustersRead: readonly string[];
  /** Why no cluster was read although changes are shown; null when one was. */
  readonly gitOnly: string | null;
  /** Versions of Helm that charts were rendered with, sorted; empty where there was none. */
  readonly helm: readonly HelmEngine[];
  /** When live state was read (ISO 8601, UTC), or null. */
  readonly readAt: string | null;
}
