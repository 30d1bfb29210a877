import { emit, emitPull } from './events.ts';
import type { Place, PullRequest, Repository, User } from './state.ts';

const nothing = '0'.repeat(40);

/** A branch stands at another commit now: pulls follow, and the push is told. The ref has moved already. */
export async function announceMove(
  place: Place,
  actor: User,
  move: { readonly branch: string; readonly before: string | null; readonly after: string },
): Promise<void> {
  const { branch, before, after } = move;
  for (const pull of openPulls(place.repository)) await follow(place, actor, { pull, branch, sha: after });
  await emit(place, actor, 'push', { ref: `refs/heads/${branch}`, before: before ?? nothing, after, deleted: false });
}

/** Takes a branch away. */
export async function deleteBranch(place: Place, actor: User, branch: string): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const before = await place.repository.git.resolve(ref);
  await place.repository.git.setRef(ref, null);
  await emit(place, actor, 'push', { ref, before: before ?? nothing, after: nothing, deleted: true });
}

/** The pull's head stands at another commit now. */
export async function moveHead(place: Place, actor: User, to: { pull: PullRequest; sha: string }): Promise<void> {
  const { pull, sha } = to;
  const before = pull.headSha;
  pull.headSha = sha;
  pull.updatedAt = place.world.now();
  await place.repository.git.setRef(`refs/pull/${pull.number}/head`, sha);
  await remerge(place, pull);
  await emitPull(place, actor, { pull, action: 'synchronize', extra: { before, after: sha } });
}

/** Test merges under way: two of one pull would move its ref against each other. */
const merging = new WeakMap<PullRequest, Promise<void>>();

/** Works the test merge out, after one that is under way. */
export function remerge(place: Place, pull: PullRequest): Promise<void> {
  const merged = (merging.get(pull) ?? Promise.resolve()).then(() => mergeNow(place, pull));
  merging.set(
    pull,
    merged.catch(() => undefined), // told to whoever asked for it
  );
  return merged;
}

/** Makes the test merge commit under `refs/pull/N/merge`. In conflict ref and commit stay what they were, as on GitHub. */
async function mergeNow({ repository, world }: Place, pull: PullRequest): Promise<void> {
  const ref = `refs/pull/${pull.number}/merge`;
  const message = `Merge ${pull.headSha} into ${pull.baseSha}`;
  const sides = { base: pull.baseSha, head: pull.headSha };
  const merged = await repository.git.merge({ ...sides, ref, message, at: world.now() });
  pull.isMergeStale = false;
  pull.isMergeable = merged !== null;
  pull.mergeSha = merged ?? pull.mergeSha;
}

/** Works the test merge out anew if the base moved since. GitHub, too, does that when somebody looks. */
export async function freshen(place: Place, pull: PullRequest): Promise<void> {
  if (pull.isMergeStale && pull.state === 'open') await remerge(place, pull);
}

/** Pulls from the branch get a new head, pulls into it a new base. */
async function follow(
  place: Place,
  actor: User,
  move: { pull: PullRequest; branch: string; sha: string },
): Promise<void> {
  const { pull, branch, sha } = move;
  if (pull.baseRef === branch) {
    pull.baseSha = sha;
    pull.isMergeStale = true;
  }
  if (pull.headRef === branch && !pull.fork) await moveHead(place, actor, { pull, sha });
}

function openPulls(repository: Repository): PullRequest[] {
  return [...repository.pulls.values()].filter((pull) => pull.state === 'open');
}
