import { emitMergeRequest, emitPush } from './payloads.ts';
import type { Here, MergeRequest, User } from './state.ts';

/** A branch moved: pipelines start, merge requests follow, hooks are told. `after` is null for a deleted branch. */
export async function announceMove(
  here: Here,
  actor: User,
  move: { readonly branch: string; readonly before: string | null; readonly after: string | null },
): Promise<void> {
  const { project } = here;
  for (const request of project.mergeRequests.values()) {
    if (request.state === 'opened') await follow(here, actor, { request, move });
  }
  await emitPush(here, actor, move);
}

async function follow(
  here: Here,
  actor: User,
  what: { request: MergeRequest; move: { readonly branch: string; readonly after: string | null } },
): Promise<void> {
  const { request, move } = what;
  if (request.targetBranch === move.branch) Object.assign(request, { mergeStatus: 'unchecked', mergeRef: null });
  const isSource = request.sourceBranch === move.branch && request.sourceProject === here.project;
  if (isSource && move.after !== null) await moveHead(here, actor, { request, sha: move.after });
}

/** The head of a merge request moved. */
export async function moveHead(here: Here, actor: User, what: { request: MergeRequest; sha: string }): Promise<void> {
  const { project, world } = here;
  const { request, sha } = what;
  const oldrev = request.headSha;
  const startSha = (await project.git.resolve(`refs/heads/${request.targetBranch}`)) ?? request.startSha;
  Object.assign(request, { headSha: sha, startSha, mergeStatus: 'unchecked', mergeRef: null, updatedAt: world.now() });
  await project.git.setRef(`refs/merge-requests/${request.iid}/head`, sha);
  await emitMergeRequest(here, actor, { request, action: 'update', oldrev });
}

/** Looks for conflicts and makes the merge commit under `refs/merge-requests/N/merge`. */
export async function checkMerge({ project, world }: Here, request: MergeRequest): Promise<void> {
  if (request.mergeStatus !== 'unchecked') return;
  const base = await project.git.resolve(`refs/heads/${request.targetBranch}`);
  const ref = `refs/merge-requests/${request.iid}/merge`;
  const message = `Merge ${request.headSha} into ${request.targetBranch}`;
  const sides = { base: base ?? request.startSha, head: request.headSha };
  const merged = await project.git.merge({ ...sides, ref, message, at: world.now() });
  request.mergeStatus = merged === null ? 'cannot_be_merged' : 'can_be_merged';
  request.mergeRef = merged;
}
