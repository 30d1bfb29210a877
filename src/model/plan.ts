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
  /** Keyed digests of what was found and changes, so that the next review can tell what is new; left out: not kept. */
  readonly marks?: readonly string[];
  /** Reviews of other heads that came before, newest first; left out: none. */
  readonly earlier?: readonly PlanRun[];
  /** How many comments it was shown in; left out: one. While it is not shown: as many as there may be. */
  readonly comments?: number;
}

/** A review that came before. */
export interface PlanRun {
  /** Full commit id. */
  readonly head: string;
  readonly verdict: Verdict;
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
