import { BorderError } from '../../../model/error.ts';
import type { Pull } from '../forge.ts';
import { pullGone } from '../gone.ts';
import { type Access, isKind, orNull, readPages } from './access.ts';
import { branchHead } from './branches.ts';
import { type Fields, read, utc } from './read.ts';

/** We list no more than 3,000 pulls, and no more files. */
const MOST_PAGES = 30;

/** One pull as it is now. Of an open one GitLab is asked for the merge commit, which it makes on that occasion. */
export async function readPull(access: Access, number: number): Promise<Pull> {
  const body = await showPull(access, number);
  if (stateOf(body) !== 'open')
    return toPull(body, { base: startOf(body), mergeSha: mergedShaOf(body), mergeable: null });
  const mergeSha = await readMergeRef(access, number);
  // Asking made GitLab look for conflicts, so what it says about them is only now up to date.
  const looked = mergeSha === null ? await showPull(access, number) : body;
  const base = (await branchHead(access, body.text('target_branch'))) ?? startOf(body);
  return toPull(looked, { base, mergeSha, mergeable: mergeSha === null ? conflictOf(looked) : true });
}

/** Open pulls, newest update first, down to `since`. What has to be asked of each pull alone is null. */
export function readOpenPulls(access: Access, since: Date | null): Promise<readonly Pull[]> {
  return listPulls(access, 'opened', since);
}

/** Pulls in any state, newest update first, down to `since`. */
export function readChangedPulls(access: Access, since: Date): Promise<readonly Pull[]> {
  return listPulls(access, 'all', since);
}

async function listPulls(access: Access, state: 'opened' | 'all', since: Date | null): Promise<readonly Pull[]> {
  const isOld = (pull: Fields) => since !== null && new Date(pull.text('updated_at')) <= since;
  const bodies = await readPages({
    what: 'merge requests',
    pages: MOST_PAGES,
    read: (at) =>
      access.client.MergeRequests.all({
        ...at,
        projectId: access.ref.id,
        ...(state === 'all' ? {} : { state }),
        orderBy: 'updated_at',
        sort: 'desc',
      }),
    enough: (page) => page.some(isOld),
  });
  return listed(
    access,
    bodies.filter((body) => !isOld(body)),
  );
}

/** Merged pulls that brought a commit to its branch, newest first. */
export async function readPullsForCommit(access: Access, sha: string): Promise<readonly Pull[]> {
  const bodies = await readPages({
    what: `merge requests of ${sha}`,
    pages: 5,
    // A commit that GitLab does not know is in no pull.
    read: async (at) => (await orNull(access.client.Commits.allMergeRequests(access.ref.id, sha, at))) ?? [],
  });
  const ofProject = bodies.filter((body) => body.number('target_project_id') === access.ref.id);
  const merged = ofProject.filter((body) => stateOf(body) === 'merged');
  return (await listed(access, merged)).toSorted((a, b) => (b.mergedAt ?? '').localeCompare(a.mergedAt ?? ''));
}

/** Paths a pull touches, both sides of a rename. A pull that GitLab does not list in full is too large, never cut short. */
export async function readChangedFiles(access: Access, pull: number): Promise<readonly string[]> {
  const count = (await showPull(access, pull)).textOrNull('changes_count') ?? '';
  if (count.endsWith('+')) throw tooManyFiles(access, pull);
  const files = await readPages({
    what: `diffs of merge request ${pull}`,
    pages: MOST_PAGES,
    read: (at) => access.client.MergeRequests.allDiffs(access.ref.id, pull, at),
  });
  if (files.length >= MOST_PAGES * 100) throw tooManyFiles(access, pull);
  return [...new Set(files.flatMap((file) => [file.text('old_path'), file.text('new_path')]))].toSorted();
}

/** The body of a pull. */
export async function showPull(access: Access, number: number): Promise<Fields> {
  try {
    return read(await access.client.MergeRequests.show(access.ref.id, number), `merge request ${number}`);
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    // Only where the project answers is it the merge request that is missing.
    await access.client.Projects.show(access.ref.id);
    throw pullGone(`${access.ref.fullName}!${number}`, error);
  }
}

/** What a body says of a pull's state; `locked` is a merge under way. */
export function stateOf(body: Fields): Pull['state'] {
  const state = body.text('state');
  if (state === 'merged') return 'merged';
  return state === 'opened' || state === 'locked' ? 'open' : 'closed';
}

/** The commit that stands on the base branch: a merge, a squash, or with a fast-forward the head itself. */
export function mergedShaOf(body: Fields): string | null {
  if (stateOf(body) !== 'merged') return null;
  return body.textOrNull('merge_commit_sha') ?? body.textOrNull('squash_commit_sha') ?? body.textOrNull('sha');
}

/** Lists leave out where a pull starts, so the head of its base branch is looked up, once for each branch. */
async function listed(access: Access, bodies: readonly Fields[]): Promise<readonly Pull[]> {
  const heads = new Map<string, string>();
  for (const branch of new Set(bodies.map((body) => body.text('target_branch')))) {
    heads.set(branch, (await branchHead(access, branch)) ?? '');
  }
  return bodies.map((body) => {
    const base = heads.get(body.text('target_branch')) ?? '';
    return toPull(body, { base, mergeSha: mergedShaOf(body), mergeable: null });
  });
}

/** The commit at `refs/merge-requests/N/merge`, made anew when it is out of date; null in conflict or without changes. */
async function readMergeRef({ client, ref }: Access, pull: number): Promise<string | null> {
  try {
    // Gitbeaker's own method sends PUT, which GitLab does not know.
    const path = `projects/${ref.id}/merge_requests/${pull}/merge_ref`;
    const { body } = await client.MergeRequests.requester.get(path);
    return read(body, `merge of merge request ${pull}`).textOrNull('commit_id');
  } catch (error) {
    if (isKind(error, 'invalid')) return null;
    throw error;
  }
}

/** False where GitLab found a conflict; null while it looks. */
function conflictOf(body: Fields): false | null {
  return body.flag('has_conflicts') || body.textOrNull('merge_status') === 'cannot_be_merged' ? false : null;
}

function startOf(body: Fields): string {
  return body.textOrNull('diff_refs', 'start_sha') ?? '';
}

function toPull(
  body: Fields,
  known: { readonly base: string; readonly mergeSha: string | null; readonly mergeable: boolean | null },
): Pull {
  const mergedAt = body.textOrNull('merged_at');
  return {
    number: body.number('iid'),
    title: body.text('title'),
    state: stateOf(body),
    draft: body.flag('draft') || body.flag('work_in_progress'),
    author: body.textOrNull('author', 'username') ?? 'ghost',
    head: {
      sha: body.textOrNull('sha') ?? '',
      ref: body.text('source_branch'),
      fromFork: body.numberOrNull('source_project_id') !== body.number('target_project_id'),
    },
    base: { sha: known.base, ref: body.text('target_branch') },
    mergeSha: known.mergeSha,
    mergedBy: body.textOrNull('merge_user', 'username') ?? body.textOrNull('merged_by', 'username'),
    createdAt: utc(body.text('created_at')),
    mergedAt: mergedAt === null ? null : utc(mergedAt),
    url: body.text('web_url'),
    mergeable: known.mergeable,
  };
}

function tooManyFiles(access: Access, pull: number): BorderError {
  return new BorderError({
    code: 'gitlab-too-large',
    kind: 'too-large',
    status: 200,
    subject: `${access.ref.fullName}!${pull}`,
    message: `Merge request ${pull} of ${access.ref.fullName} touches more files than GitLab lists.`,
    remedy: 'Compare base and head in Git instead, or split the merge request.',
  });
}
