import { announceMove, remerge } from './branch-actions.ts';
import { emit, emitPull } from './events.ts';
import { nextNumber } from './issue-actions.ts';
import { reviewBody } from './issue-bodies.ts';
import { type Place, type PullRequest, pullOf, type Review, type User } from './state.ts';

/** What a pull is opened with. */
export interface OpenPull {
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
  readonly fork: boolean;
}

/** How a pull is merged. */
export interface MergeHow {
  readonly method: 'merge' | 'squash';
  readonly title: string;
}

/** Opens a pull; null when a branch is not there. */
export async function openPull(place: Place, actor: User, spec: OpenPull): Promise<PullRequest | null> {
  const { repository, world } = place;
  const headSha = await repository.git.resolve(`refs/heads/${spec.head}`);
  const baseSha = await repository.git.resolve(`refs/heads/${spec.base}`);
  if (headSha === null || baseSha === null) return null;
  const at = world.now();
  const pull: PullRequest = {
    id: world.nextId(),
    number: nextNumber(repository),
    title: spec.title,
    body: spec.body,
    labels: [],
    author: actor,
    headRef: spec.head,
    baseRef: spec.base,
    headSha,
    baseSha,
    state: 'open',
    mergedAt: null,
    mergedBy: null,
    draft: spec.draft,
    fork: spec.fork,
    mergeSha: null,
    isMergeable: false,
    isMergeStale: true,
    createdAt: at,
    updatedAt: at,
  };
  repository.pulls.set(pull.number, pull);
  await repository.git.setRef(`refs/pull/${pull.number}/head`, headSha);
  await remerge(place, pull);
  await emitPull(place, actor, { pull, action: 'opened' });
  return pull;
}

/** Changes title, body or state. */
export async function editPull(
  place: Place,
  actor: User,
  changes: { pull: PullRequest; title?: string; body?: string; state?: 'open' | 'closed' },
): Promise<void> {
  const { pull, title = pull.title, body = pull.body, state = pull.state } = changes;
  const isEdited = title !== pull.title || body !== pull.body;
  const isMoved = state !== pull.state;
  Object.assign(pull, { title, body, state, updatedAt: place.world.now() });
  if (isEdited) await emitPull(place, actor, { pull, action: 'edited', extra: { changes: {} } });
  if (isMoved) await emitPull(place, actor, { pull, action: state === 'closed' ? 'closed' : 'reopened' });
}

/** Merges into the base branch; the commit there, or null when they conflict. */
export async function mergePull(
  place: Place,
  actor: User,
  what: MergeHow & { pull: PullRequest },
): Promise<string | null> {
  const { repository, world } = place;
  const { pull, method, title } = what;
  const ref = `refs/heads/${pull.baseRef}`;
  const before = pull.baseSha;
  const sides = { base: before, head: pull.headSha, squash: method === 'squash' };
  const merged = await repository.git.merge({ ...sides, ref, message: title, at: world.now() });
  if (merged === null) return null;
  const at = world.now();
  Object.assign(pull, { mergeSha: merged, mergedAt: at, mergedBy: actor, state: 'closed', updatedAt: at });
  await emitPull(place, actor, { pull, action: 'closed' });
  await announceMove(place, actor, { branch: pull.baseRef, before, after: merged });
  return merged;
}

/** Reviews the pull's head of now. */
export async function review(
  place: Place,
  actor: User,
  given: { pull: number; state: Review['state'] },
): Promise<Review> {
  const { repository, world } = place;
  const pull = pullOf(repository, given.pull);
  const facts = { id: world.nextId(), pull: given.pull, user: actor, commitId: pull.headSha, submittedAt: world.now() };
  const made: Review = { ...facts, state: given.state };
  repository.reviews.push(made);
  await emitReview(place, actor, { review: made, action: 'submitted' });
  return made;
}

/** Dismisses the user's approvals. */
export async function dismissReviews(place: Place, actor: User, of: { pull: number; login: string }): Promise<void> {
  const standing = place.repository.reviews.filter(
    ({ pull, user, state }) => pull === of.pull && user.login === of.login && state === 'APPROVED',
  );
  for (const entry of standing) {
    entry.state = 'DISMISSED';
    await emitReview(place, actor, { review: entry, action: 'dismissed' });
  }
}

function emitReview(place: Place, actor: User, what: { review: Review; action: string }): Promise<void> {
  const { world, repository } = place;
  const body = reviewBody(world, repository, what.review);
  return emit(place, actor, 'pull_request_review', {
    action: what.action,
    review: world.contract.completeSchema('pull-request-review', body),
    pull_request: { number: what.review.pull },
  });
}
