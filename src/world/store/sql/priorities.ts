import type { Job, JobKind } from '../../../model/jobs.ts';
import { repoKey } from '../../../model/repo.ts';

/** How soon jobs of a kind are run, 0 first: what somebody waits for, before what can wait. */
export function priorityOf(kind: JobKind): number {
  return priorities[kind] ?? last;
}

const last = 3;

const priorities: Readonly<Partial<Record<JobKind, number>>> = {
  ingest: 0,
  deploy: 0,
  begin: 1,
  group: 1,
  command: 1,
  review: 2,
  'group-review': 2,
};

/** The repository whose turn a job takes; null for one whose payload names none, which takes nobody's. */
export function repositoryOf({ payload }: Job): string | null {
  return 'repo' in payload ? repoKey(payload.repo) : null;
}

/** How many jobs run at once. */
export interface Places {
  /** Of all kinds. */
  readonly total: number;
  /** Of reviews, of pulls and of merge groups, which take long and much memory. */
  readonly reviews: number;
}

/**
 * The kinds of which one more may start. One place is kept for ingest, deploy, begin and command, so that no deploy step waits for the
 * end of reviews or comparisons; and one for the others, so that webhooks without an end keep no review from being made.
 */
export function startableKinds(
  kinds: readonly JobKind[],
  running: readonly JobKind[],
  places: Places,
): readonly JobKind[] {
  if (running.length >= places.total) return [];
  const patient = running.filter((kind) => !isUrgent(kind)).length;
  const reviews = running.filter(isReview).length;
  const mostOfOne = Math.max(1, places.total - 1);
  const isShared = !kinds.every(isUrgent);
  return kinds.filter((kind) => {
    if (isUrgent(kind)) return !isShared || running.length - patient < mostOfOne;
    return patient < mostOfOne && (!isReview(kind) || reviews < places.reviews);
  });
}

function isReview(kind: JobKind): boolean {
  return kind === 'review' || kind === 'group-review';
}

function isUrgent(kind: JobKind): boolean {
  return priorityOf(kind) <= 1;
}
