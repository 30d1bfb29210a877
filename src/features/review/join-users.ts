import type { Change } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import { assess } from './assess.ts';
import type { UnreadUser } from './request.ts';

/** What was worked out for a repository that uses the one under review. */
export interface UserReview {
  readonly kind: 'reviewed';
  readonly name: string;
  /** What files of the one under review begin with in it. */
  readonly lender: string;
  readonly review: Review;
}

/**
 * A review with those of the repositories that use the one under review: their targets carry the name of their repository, and so do
 * their files. One that cannot be read leaves the whole incomplete. Pure.
 */
export function joinUsers(own: Review, users: readonly (UserReview | UnreadUser)[]): Review {
  if (users.length === 0) return own;
  const theirs = users.map((user) => (user.kind === 'unread' ? unread(user, own) : named(user)));
  const all = [own, ...theirs];
  const names = [...new Set(users.map(({ name }) => name))];
  const targets = all.flatMap((review) => review.targets);
  const changes = all.flatMap((review) => review.changes);
  const findings = all.flatMap((review) => review.findings);
  const isIncomplete = all.some(({ verdict }) => verdict === 'incomplete');
  const clustersRead = sorted(all.flatMap((review) => review.clustersRead));
  return {
    ...own,
    ...{ targets, changes, findings, clustersRead },
    verdict: assess({ targets, changes, findings, incomplete: isIncomplete ? 'a part of it is' : null }),
    coverage: {
      applications: sum(all, ({ coverage }) => coverage.applications),
      rendered: sum(all, ({ coverage }) => coverage.rendered),
      unownedFiles: own.coverage.unownedFiles,
      usedBy: names.map((repository) => ({
        repository,
        applications: sum(
          theirs.filter((_, index) => users[index]?.name === repository),
          ({ coverage }) => coverage.applications,
        ),
      })),
    },
    inputs: sorted(all.flatMap((review) => review.inputs)),
    gitOnly: clustersRead.length > 0 ? null : (all.find(isGitOnly) ?? own).gitOnly,
    helm: sorted(all.flatMap((review) => review.helm)),
    readAt: sorted(all.flatMap(({ readAt }) => readAt ?? []))[0] ?? null,
  };
}

function isGitOnly({ gitOnly, targets }: Review): boolean {
  return gitOnly !== null && targets.length > 0;
}

function sum(reviews: readonly Review[], of: (review: Review) => number): number {
  return reviews.reduce((total, review) => total + of(review), 0);
}

function sorted<T extends string>(texts: readonly T[]): readonly T[] {
  return [...new Set(texts)].sort();
}

/** The review as it reads in another repository. */
function named({ name, lender, review }: UserReview): Review {
  const prefix = `${lender}:`;
  const idOf = (id: string): string => `${name}: ${id}`;
  const place = (finding: Finding): Finding => {
    if (finding.file === null)
      return finding.target === null ? { ...finding, message: `${name}: ${finding.message}` } : finding;
    return finding.file.startsWith(prefix)
      ? { ...finding, file: finding.file.slice(prefix.length) }
      : { ...finding, repository: name };
  };
  const target = (one: Target): Target => ({ ...one, id: idOf(one.id), application: idOf(one.application) });
  const change = (one: Change): Change => ({ ...one, target: idOf(one.target) });
  return {
    ...review,
    targets: review.targets.map(target),
    changes: review.changes.map(change),
    findings: review.findings
      .map(place)
      .map((finding) => (finding.target === null ? finding : { ...finding, target: idOf(finding.target) })),
    // Where the base of the one under review moves, only its own files matter.
    inputs: review.inputs.flatMap((input) => (input.startsWith(prefix) ? [input.slice(prefix.length)] : [])),
  };
}

function unread({ name, reason, remedy }: UnreadUser, { base, head }: Review): Review {
  const finding: Finding = {
    ...{ rule: 'user-unread', severity: 'caution', target: null, resource: null, file: null, line: null },
    message: `${name} uses this repository, and what this change does to its applications cannot be told: ${reason}`,
    fix: remedy,
  };
  return {
    ...{ verdict: 'incomplete', base, head, targets: [], changes: [], findings: [finding], inputs: [] },
    coverage: { applications: 0, rendered: 0, unownedFiles: [] },
    ...{ clustersRead: [], gitOnly: null, helm: [], readAt: null },
  };
}
