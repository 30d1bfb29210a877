import { createHash } from 'node:crypto';
import { BorderError } from '../../../model/error.ts';
import type { BranchCommit } from '../forge.ts';
import type { Access } from './access.ts';
import { readBranchHead } from './branches.ts';
import { writeOnce } from './client.ts';
import { calling, conflict, failedWith, unless } from './errors.ts';
import { findEntries } from './trees.ts';

/**
 * Makes sure that a branch stands which is `base` with the files changed, and nothing else: somebody's further commit on
 * it is not ours to build on. Objects are named by their content, so writing one twice makes no second; the branch is
 * made last, in one step. GitHub signs the commit, as it names no author.
 *
 * @throws BorderError conflict where the branch holds something else, forbidden where GitHub guards a path
 */
export function ensureBranchCommit(access: Access, commit: BranchCommit): Promise<string> {
  return access.oneAtATime(`${access.ref.id}:branch:${commit.branch}`, async () => {
    const standing = await readBranchHead(access, commit.branch);
    if (standing !== null) return requireSameContent(access, commit, standing);
    try {
      return await makeBranch(access, commit);
    } catch (error) {
      throw explainGuarded(access, commit, error);
    }
  });
}

async function makeBranch(access: Access, commit: BranchCommit): Promise<string> {
  const { owner, repo, client, errors } = access;
  const { base, message, branch } = commit;
  const tree = await writeTree(access, commit, await writeBlobs(access, commit));
  const made = await calling(errors, () =>
    client.request('POST /repos/{owner}/{repo}/git/commits', {
      owner,
      repo,
      message,
      tree,
      parents: [base],
      ...writeOnce,
    }),
  );
  const { sha } = made.data;
  try {
    const ref = `refs/heads/${branch}`;
    await calling(errors, () =>
      client.request('POST /repos/{owner}/{repo}/git/refs', { owner, repo, ref, sha, ...writeOnce }),
    );
    return sha;
  } catch (error) {
    // Somebody was faster; what they made may be the same.
    const standing = failedWith(error, 'invalid') ? await readBranchHead(access, branch) : null;
    if (standing === null) throw error;
    return requireSameContent(access, commit, standing);
  }
}

/** The head of a branch that stands, if it holds what the commit would make. Its objects are there then, so none is sent. */
async function requireSameContent(access: Access, commit: BranchCommit, head: string): Promise<string> {
  const changes = await plannedChanges(access, commit);
  // An object that GitHub does not know cannot be in the branch.
  const wanted = await unless('invalid', null, () => writeTree(access, commit, changes));
  if (wanted !== null && wanted === (await treeOf(access, head))) return head;
  throw conflict({
    subject: `${access.ref.fullName} ${commit.branch}`,
    message: `The branch ${commit.branch} of ${access.ref.fullName} is there already and holds something else.`,
    remedy: 'Delete the branch if nobody needs it, or finish what was begun on it.',
  });
}

interface Change {
  readonly path: string;
  readonly mode: Mode;
  /** Id of the new content; null removes. */
  readonly sha: string | null;
}

type Mode = '100644' | '100755' | '120000';

/** What differs from the base, by the ids that Git gives to the contents. Files that are there keep their mode. */
async function plannedChanges(access: Access, { base, files }: BranchCommit): Promise<readonly Change[]> {
  const there = await findEntries(access, await treeOf(access, base), [...files.keys()]);
  return [...files].flatMap(([path, content]) => {
    const entry = there.get(path);
    const sha = content === null ? null : blobId(content);
    // GitHub refuses to remove what is not there.
    if (sha === (entry?.sha ?? null)) return [];
    return [{ path, mode: modeOf(entry?.mode), sha }];
  });
}

/** Sends the contents that the base does not have at their place. */
async function writeBlobs(access: Access, commit: BranchCommit): Promise<readonly Change[]> {
  const { owner, repo, client, errors } = access;
  const changes = await plannedChanges(access, commit);
  for (const { path, sha } of changes) {
    if (sha === null) continue;
    const content = Buffer.from(commit.files.get(path) ?? []).toString('base64');
    const blob = { owner, repo, content, encoding: 'base64', ...writeOnce };
    await calling(errors, () => client.request('POST /repos/{owner}/{repo}/git/blobs', blob));
  }
  return changes;
}

async function writeTree(access: Access, commit: BranchCommit, changes: readonly Change[]): Promise<string> {
  const { owner, repo, client, errors } = access;
  const base_tree = await treeOf(access, commit.base);
  if (changes.length === 0) return base_tree;
  const tree = changes.map(({ path, mode, sha }) => ({ path, mode, type: 'blob' as const, sha }));
  const made = await calling(errors, () =>
    client.request('POST /repos/{owner}/{repo}/git/trees', { owner, repo, base_tree, tree, ...writeOnce }),
  );
  return made.data.sha;
}

async function treeOf(access: Access, sha: string): Promise<string> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}';
  return (await calling(access.errors, () => client.request(route, { owner, repo, commit_sha: sha }))).data.tree.sha;
}

/** The id Git gives to a file's content. */
function blobId(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');
}

function modeOf(mode: string | undefined): Mode {
  return mode === '100755' || mode === '120000' ? mode : '100644';
}

const GUARDED = '.github/workflows/';

/** GitHub answers "not found" or "not accessible" when an app without the permission `workflows` touches a workflow. */
function explainGuarded(access: Access, { branch, files }: BranchCommit, error: unknown): unknown {
  const guarded = [...files.keys()].find((path) => path.startsWith(GUARDED));
  const isRefused = failedWith(error, 'not-found') || failedWith(error, 'forbidden');
  if (guarded === undefined || !isRefused) return error;
  return new BorderError({
    code: 'github-guarded-path',
    kind: 'forbidden',
    status: error.status,
    subject: `${access.ref.fullName} ${guarded}`,
    message: `GitHub refused the commit for ${branch} of ${access.ref.fullName}: it touches ${guarded}, and Fairlead does not ask for the permission to change workflows.`,
    remedy: 'Make this change by hand, or leave the workflow out of it.',
    cause: error,
  });
}
