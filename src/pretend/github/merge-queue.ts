import { emit } from './events.ts';
import { type Place, pullOf, type User } from './state.ts';

/** A group of pulls that the merge queue tries out, as one commit on a branch of its own. */
export interface MergeGroup {
  readonly ref: string;
  readonly sha: string;
  readonly base: string;
  readonly branch: string;
}

/** Puts pulls into the merge queue of their base, one upon the other, and asks for the checks of the group. */
export async function enqueue(place: Place, actor: User, numbers: readonly number[]): Promise<MergeGroup> {
  const { repository, world } = place;
  const pulls = numbers.map((number) => pullOf(repository, number));
  const branch = pulls[0]?.baseRef ?? repository.defaultBranch;
  const base = (await repository.git.resolve(`refs/heads/${branch}`)) ?? '';
  const last = pulls.at(-1);
  const ref = `refs/heads/gh-readonly-queue/${branch}/pr-${last?.number}-${last?.headSha}`;
  let sha = base;
  for (const pull of pulls) {
    const sides = { base: sha, head: pull.headSha, squash: false };
    const message = `Merge pull request #${pull.number}`;
    const merged = await repository.git.merge({ ...sides, ref, message, at: world.now() });
    if (merged === null) throw new Error(`pull ${pull.number} cannot be merged`);
    sha = merged;
  }
  const group = { ref, sha, base, branch };
  await emit(place, actor, 'push', { ref, before: '0'.repeat(40), after: sha, deleted: false });
  await tell(place, actor, { group, action: 'checks_requested' });
  return group;
}

/** The group is no more: merged, or taken apart. */
export async function destroy(
  place: Place,
  actor: User,
  { group, reason }: { readonly group: MergeGroup; readonly reason: 'merged' | 'invalidated' | 'dequeued' },
): Promise<void> {
  await place.repository.git.setRef(group.ref, null);
  await tell(place, actor, { group, action: 'destroyed', extra: { reason } });
}

/** The event in the shape of GitHub's description of webhooks (`webhook-merge-group-checks-requested`, `-destroyed`). */
function tell(
  place: Place,
  actor: User,
  { group, action, extra = {} }: { readonly group: MergeGroup; readonly action: string; readonly extra?: object },
): Promise<void> {
  const at = place.world.now().toISOString();
  const person = { name: actor.login, email: `${actor.login}@example.com` };
  const commit = {
    id: group.sha,
    tree_id: group.sha,
    message: 'Merge',
    timestamp: at,
    author: person,
    committer: person,
  };
  const merge_group = {
    head_sha: group.sha,
    head_ref: group.ref,
    base_sha: group.base,
    base_ref: `refs/heads/${group.branch}`,
    head_commit: commit,
  };
  return emit(place, actor, 'merge_group', { action, ...extra, merge_group });
}
