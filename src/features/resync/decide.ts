import type { QueuedJob } from '../../model/jobs.ts';
import { assertJob, branchJob, commandJob, endedJob, mergedJob, pullMergedJob, sweepJob } from '../../model/queued.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { FoundComment, Pull } from '../../world/forge/forge.ts';

/** A branch that matters, as it is and as it was known. */
export interface BranchFacts {
  readonly name: string;
  readonly head: string;
  /** Up to where merges were worked out; null when none ever was. */
  readonly worked: string | null;
  /** Its head at the last look; null when there was none. */
  readonly seen: string | null;
}

/** What a look found. */
export interface ResyncFacts {
  readonly repo: RepoRef;
  readonly branches: readonly BranchFacts[];
  /** Pulls to be held against what was last said of them, in any state. */
  readonly pulls: readonly Pull[];
  /** Commands that were not obeyed yet. */
  readonly commands: readonly FoundComment[];
}

/** What is to be done about what a look found. */
export interface ResyncDecision {
  readonly jobs: readonly QueuedJob[];
  /** Branches whose head counts as worked out from now on: it was there before, and is no news. */
  readonly settled: ReadonlyMap<string, string>;
}

/**
 * Jobs for what no event told of, the same that events become. A branch that nobody ever worked on is taken as it was first seen,
 * so that nothing is deployed because of a first look. Pure.
 */
export function decideResync({ repo, branches, pulls, commands }: ResyncFacts): ResyncDecision {
  const moved = branches.filter(({ head, worked, seen }) => head !== (worked ?? seen ?? head));
  const settled = branches.filter(({ head, worked, seen }) => worked === null && seen === head);
  const known = new Map(branches.map(({ name, worked, seen }) => [name, worked ?? seen]));
  return {
    jobs: [
      ...moved.flatMap(({ name, worked, seen }) => [
        branchJob(repo, name),
        mergedJob(repo, name, worked === null ? seen : null),
      ]),
      ...(moved.length === 0 ? [] : [sweepJob(repo)]),
      ...pulls.flatMap((pull) => jobsOf(pull, repo, known)),
      ...commands.map((command) => commandJob(repo, command)),
    ],
    settled: new Map(settled.map(({ name, head }) => [name, head])),
  };
}

/** A merge is worked out on branches whose past is known: else all of it would be taken for new. */
function jobsOf(pull: Pull, repo: RepoRef, known: ReadonlyMap<string, string | null>): readonly QueuedJob[] {
  const { number, state, base } = pull;
  if (state === 'open') return [assertJob(repo, number)];
  if (state === 'closed') return [endedJob(repo, number)];
  const isKnown = (known.get(base.ref) ?? null) !== null;
  return [...(isKnown ? [pullMergedJob(repo, base.ref, number)] : []), endedJob(repo, number)];
}
