import type { Redacted } from '../../../model/redacted.ts';
import type { Access } from './access.ts';
import { writeOnce } from './client.ts';
import { ensureComment } from './comments.ts';
import { calling, failedWith, unless } from './errors.ts';
import { readPull } from './pulls.ts';

/**
 * Merges a pull whose head is still `sha`, by the first way the repository allows. A pull that was merged at this head
 * before, by us or by somebody else, is what we wanted.
 *
 * @throws BorderError conflict with GitHub's reason
 */
export async function mergePull(access: Access, pull: number, sha: string): Promise<string> {
  const before = await mergedAs(access, pull, sha);
  if (before !== null) return before;
  const { owner, repo, client, errors } = access;
  const merge_method = await allowedMethod(access);
  const route = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge';
  const asked = { owner, repo, pull_number: pull, sha, merge_method, ...writeOnce };
  try {
    return (await calling(errors, () => client.request(route, asked))).data.sha;
  } catch (error) {
    const merged = failedWith(error, 'conflict') ? await mergedAs(access, pull, sha) : null;
    if (merged !== null) return merged;
    throw error;
  }
}

/** Adds and removes labels; GitHub makes those that do not exist. What is so already stays so. */
export async function setLabels(
  access: Access,
  pull: number,
  labels: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<void> {
  await addLabels(access, pull, labels.add);
  for (const label of labels.remove) await removeLabel(access, pull, label);
}

/** Adds labels to a pull or issue. */
export async function addLabels(access: Access, number: number, labels: readonly string[]): Promise<void> {
  if (labels.length === 0) return;
  const { owner, repo, client, errors } = access;
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels';
  const asked = { owner, repo, issue_number: number, labels: [...labels], ...writeOnce };
  await calling(errors, () => client.request(route, asked));
}

/** Closes an open pull and says why; one that is closed or merged is left alone. */
export async function closePull(access: Access, pull: number, why: Redacted): Promise<void> {
  if ((await readPull(access, pull)).state !== 'open') return;
  await ensureComment(access, { pull, key: 'closed', body: why, sameApartFrom: null });
  const { owner, repo, client, errors } = access;
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
  await calling(errors, () => client.request(route, { owner, repo, pull_number: pull, state: 'closed', ...writeOnce }));
}

/** The commit on the base branch when the pull was merged at this head. */
async function mergedAs(access: Access, pull: number, sha: string): Promise<string | null> {
  const { state, head, mergeSha } = await readPull(access, pull);
  return state === 'merged' && head.sha === sha ? mergeSha : null;
}

/** A merge commit keeps the reviewed commit in the history, so it comes first. */
async function allowedMethod(access: Access): Promise<'merge' | 'squash' | 'rebase'> {
  const { owner, repo, client, errors } = access;
  const { data } = await calling(errors, () => client.request('GET /repos/{owner}/{repo}', { owner, repo }));
  if (data.allow_merge_commit !== false) return 'merge';
  return data.allow_squash_merge === false ? 'rebase' : 'squash';
}

async function removeLabel(access: Access, pull: number, name: string): Promise<void> {
  const { owner, repo, client, errors } = access;
  const route = 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}';
  const asked = { owner, repo, issue_number: pull, name, ...writeOnce };
  await unless('not-found', undefined, () => calling(errors, () => client.request(route, asked)));
}
