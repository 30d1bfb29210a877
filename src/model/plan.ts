import type { Change } from './change.ts';
import type { RepoRef } from './repo.ts';
import type { ResourceId } from './resource.ts';
import type { Takeover } from './takeover.ts';
import type { Verdict } from './verdict.ts';

/** What a review worked out for the merge of a pull, kept so that a deploy does what was shown. Holds no secret value. */
export interface Plan {
  readonly repo: RepoRef;
  readonly pull: number;
  /** Full commit ids. */
  readonly head: string;
  readonly base: string;
  readonly verdict: Verdict;
  /** When it was worked out, ISO 8601, UTC. */
  readonly at: string;
  /** When the pull showed it, ISO 8601, UTC; null before. Only then people can mean it. */
  readonly shownAt: string | null;
  readonly targets: readonly PlanTarget[];
}

/** The part of a plan that concerns one target. */
export interface PlanTarget {
  readonly id: string;
  readonly application: string;
  readonly environment: string | null;
  readonly cluster: string | null;
  /** Keyed digest of the target; null when it could not be worked out. */
  readonly digest: string | null;
  /** Resource key -> keyed digests of what base and head want of the object; null where that side has none. */
  readonly objects: Readonly<Record<string, { readonly base: string | null; readonly head: string | null }>>;
  /** Objects that merging removes. */
  readonly deletes: readonly ResourceId[];
  /** What was shown as taken over from other managers. */
  readonly takeovers: readonly Takeover[];
  /** What merging changes there (part `pull`), masked. */
  readonly changes: readonly Change[];
}
