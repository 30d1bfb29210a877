import { BorderError } from '../../../model/error.ts';
import type { Pull } from '../forge.ts';
import { pullGone } from '../gone.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { calling, failedWith, unless } from './errors.ts';

/** GitHub lists no more than 3,000 files of a pull; we list no more than 3,000 pulls. */
const MOST_PAGES = 30;

/** A commit comes with one pull, rarely with two. */
const MOST_PULLS_OF_COMMIT = 10;

/** The parts of a pull we read, whether from a list or on its own. */
export interface PullBody {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly draft?: boolean | undefined;
  readonly user: { readonly login: string; readonly id: number | bigint } | null;
  readonly head: { readonly sha: string; readonly ref: string; readonly repo: { readonly id: number | bigint } | null };
  readonly base: { readonly sha: string; readonly ref: string; readonly repo: { readonly id: number | bigint } };
  readonly merge_commit_sha: string | null;
  readonly merged_at: string | null;
  /** Only where one pull is read, not in lists. */
  readonly merged_by?: { readonly login: string } | null;
  readonly created_at: string;
  readonly html_url: string;
  readonly mergeable?: boolean | null;
  readonly updated_at: string;
}

/** One pull as it is now. */
export async function readPull(access: Access, pull: number): Promise<Pull> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  try {
    const { data } = await calling(access.errors, () => client.request(route, { owner, repo, pull_number: pull }));
    return toPull(data);
  } catch (error) {
    if (!failedWith(error, 'not-found')) throw error;
    // Only where the repository answers is it the pull that is missing.
    await calling(access.errors, () => client.request('GET /repos/{owner}/{repo}', { owner, repo }));
    throw pullGone(`${access.ref.fullName}#${pull}`, error);
  }
}

/** Open pulls, newest update first, down to `since`. GitHub tells `mergeable` only of a single pull, so it is null here. */
export function readOpenPulls(access: Access, since: Date | null): Promise<readonly Pull[]> {
  return listPulls(access, 'open', since);
}

/** Pulls in any state, newest update first, down to `since`. */
export function readChangedPulls(access: Access, since: Date): Promise<readonly Pull[]> {
  return listPulls(access, 'all', since);
}

async function listPulls(access: Access, state: 'open' | 'all', since: Date | null): Promise<readonly Pull[]> {
  const isOld = (pull: PullBody) => since !== null && new Date(pull.updated_at) <= since;
  const bodies = await readPages<PullBody>(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo } = access;
      const order = { state, sort: 'updated', direction: 'desc' } as const;
      const route = 'GET /repos/{owner}/{repo}/pulls';
      const { data } = await access.client.request(route, { owner, repo, ...order, per_page: PAGE, page });
      return data;
    },
    enough: (page) => page.some(isOld),
  });
  return bodies.filter((body) => !isOld(body)).map(toPull);
}

/**
 * Merged pulls that brought a commit to its branch, newest first. Each is read on its own, as lists do not say who
 * merged. A commit that GitHub does not know was brought by none.
 */
export async function readPullsForCommit(access: Access, sha: string): Promise<readonly Pull[]> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls';
  const listed = await unless('invalid', [], async () => {
    const asked = { owner, repo, commit_sha: sha, per_page: PAGE };
    return (await calling(access.errors, () => client.request(route, asked))).data;
  });
  const numbers = listed.filter(({ merged_at }) => merged_at !== null).map((body) => body.number);
  const pulls: Pull[] = [];
  for (const number of numbers.slice(0, MOST_PULLS_OF_COMMIT)) pulls.push(await readPull(access, number));
  return pulls.toSorted((a, b) => (b.mergedAt ?? '').localeCompare(a.mergedAt ?? ''));
}

/** Paths a pull touches, both sides of a rename. A pull that GitHub does not list in full is too large, never cut short. */
export async function readChangedFiles(access: Access, pull: number): Promise<readonly string[]> {
  const files = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo, client } = access;
      const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files';
      const { data } = await client.request(route, { owner, repo, pull_number: pull, per_page: PAGE, page });
      return data;
    },
  });
  if (files.length >= MOST_PAGES * PAGE) throw tooManyFiles(access, pull);
  const paths = files.flatMap((file) => [file.filename, ...(file.previous_filename ? [file.previous_filename] : [])]);
  return [...new Set(paths)].toSorted();
}

/** A pull in the contract's words. */
export function toPull(body: PullBody): Pull {
  const isMerged = body.merged_at !== null;
  const mergeable = isMerged ? null : (body.mergeable ?? null);
  return {
    number: body.number,
    title: body.title,
    state: stateOf(body),
    draft: body.draft ?? false,
    // A deleted account has no user; GitHub shows it as ghost.
    author: body.user?.login ?? 'ghost',
    // A deleted fork has no repository any more.
    head: { sha: body.head.sha, ref: body.head.ref, fromFork: body.head.repo?.id !== body.base.repo.id },
    base: { sha: body.base.sha, ref: body.base.ref },
    // In conflict, or while GitHub works it out, the field holds the commit of an earlier head.
    mergeSha: isMerged || mergeable === true ? body.merge_commit_sha : null,
    mergedBy: body.merged_by?.login ?? null,
    createdAt: body.created_at,
    mergedAt: body.merged_at,
    url: body.html_url,
    mergeable,
  };
}

function stateOf({ merged_at, state }: PullBody): Pull['state'] {
  if (merged_at !== null) return 'merged';
  return state === 'open' ? 'open' : 'closed';
}

function tooManyFiles(access: Access, pull: number): BorderError {
  return new BorderError({
    code: 'github-too-large',
    kind: 'too-large',
    status: 200,
    subject: `${access.ref.fullName}#${pull}`,
    message: `Pull ${pull} of ${access.ref.fullName} touches more files than the 3,000 that GitHub lists.`,
    remedy: 'Compare base and head in Git instead, or split the pull.',
  });
}
