import { createHash } from 'node:crypto';
import { BorderError } from '../../../model/error.ts';
import type { BranchCommit, BranchRules } from '../forge.ts';
import { type Access, isKind, orNull, readPages } from './access.ts';
import { read } from './read.ts';

/** Head of a branch; null when there is none. */
export async function branchHead(access: Access, branch: string): Promise<string | null> {
  const found = await orNull(access.client.Branches.show(access.ref.id, branch));
  return found === null ? null : read(found, `branch ${branch}`).text('commit', 'id');
}

export async function readDefaultBranch(access: Access): Promise<string> {
  return read(await access.client.Projects.show(access.ref.id), 'project').text('default_branch');
}

/**
 * A branch of its own with these files, made in one call at the base. GitLab wants to know of each file whether it is
 * made or changed, so the base is looked at first. A branch that is there is left alone when it holds the files already
 * (an answer that was lost leaves such a branch).
 *
 * @throws BorderError conflict
 */
export function ensureBranchCommit(access: Access, commit: BranchCommit): Promise<string> {
  return access.oneAtATime(`${access.ref.id} branch ${commit.branch}`, async () => {
    const head = await branchHead(access, commit.branch);
    if (head !== null) return requireFiles(access, commit, head);
    const actions = await actionsOf(access, commit);
    if (actions.length === 0) return createBranch(access, commit);
    try {
      const { id: project } = access.ref;
      const made = await access.client.Commits.create(project, commit.branch, commit.message, actions, {
        startSha: commit.base,
      });
      return read(made, 'new commit').text('id');
    } catch (error) {
      // Somebody made the branch in between.
      if (!isKind(error, 'invalid', 'conflict') || !/already exists/i.test(error.message)) throw error;
      return requireFiles(access, commit, await branchHead(access, commit.branch));
    }
  });
}

/**
 * GitLab knows no required checks by name: where pipelines must succeed, every job and status of the pipeline must. So
 * those of the branch's newest pipeline are named, and ours, which counts as soon as it is there.
 */
export async function readBranchRules(access: Access, branch: string, own: string): Promise<BranchRules> {
  const project = read(await access.client.Projects.show(access.ref.id), 'project');
  // Left out for those who may not see the settings.
  if (!project.has('only_allow_merge_if_pipeline_succeeds')) return { requiredChecks: null };
  const found = await orNull(access.client.Branches.show(access.ref.id, branch));
  if (found === null) return { requiredChecks: [] };
  const lacks = [
    ...(project.flag('only_allow_merge_if_pipeline_succeeds')
      ? []
      : ['"Pipelines must succeed" (Settings > Merge requests)']),
    ...(read(found, 'branch').flag('protected') ? [] : [`protection of ${branch} (Settings > Repository)`]),
  ];
  if (lacks.length > 0) return { requiredChecks: [], lacks };
  const head = read(found, 'branch').text('commit', 'id');
  const statuses = await readPages({
    what: `statuses of ${branch}`,
    pages: 5,
    read: (at) => access.client.Commits.allStatuses(access.ref.id, head, { ...at, all: false }),
  });
  const names = statuses.filter((status) => !status.flag('allow_failure')).map((status) => status.text('name'));
  return { requiredChecks: [...new Set([...names, own])] };
}

async function createBranch(access: Access, { branch, base }: BranchCommit): Promise<string> {
  return read(await access.client.Branches.create(access.ref.id, branch, base), 'new branch').text('commit', 'id');
}

type Action =
  | { readonly action: 'create' | 'update'; filePath: string; content: string; readonly encoding: 'base64' }
  | { readonly action: 'delete'; filePath: string };

/** What turns the base into what is wanted; what is so already is left out. */
async function actionsOf(access: Access, { base, files }: BranchCommit): Promise<Action[]> {
  const actions: Action[] = [];
  for (const [path, wanted] of files) {
    const blob = await blobAt(access, base, path);
    if (blob !== blobId(wanted)) actions.push(actionOf(path, wanted, blob !== null));
  }
  return actions;
}

function actionOf(filePath: string, wanted: Uint8Array | null, isThere: boolean): Action {
  if (wanted === null) return { action: 'delete', filePath };
  const content = Buffer.from(wanted).toString('base64');
  return { action: isThere ? 'update' : 'create', filePath, content, encoding: 'base64' };
}

/** The head of a branch that stands, if it is the base with these files changed and nothing else. */
async function requireFiles(access: Access, commit: BranchCommit, head: string | null): Promise<string> {
  if (head === null || !(await isMade(access, commit, head))) throw otherContent(access, commit);
  return head;
}

async function isMade(access: Access, { base, files }: BranchCommit, head: string): Promise<boolean> {
  const compared = await access.client.Repositories.compare(access.ref.id, base, head, { straight: true });
  const difference = read(compared, `comparison of ${base} and ${head}`);
  const touched = difference.list('diffs').flatMap((file) => [file.text('old_path'), file.text('new_path')]);
  // GitLab cuts a comparison short that takes it too long.
  if (difference.flag('compare_timeout') || touched.some((path) => !files.has(path))) return false;
  for (const [path, wanted] of files) if ((await blobAt(access, head, path)) !== blobId(wanted)) return false;
  return true;
}

/** Git's id of a file at a commit; null when it is not there. */
async function blobAt(access: Access, sha: string, path: string): Promise<string | null> {
  const found = await orNull(access.client.RepositoryFiles.show(access.ref.id, path, sha));
  return found === null ? null : read(found, `file ${path}`).text('blob_id');
}

/** The id Git gives to a content; null to none. */
function blobId(content: Uint8Array | null): string | null {
  if (content === null) return null;
  return createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');
}

function otherContent(access: Access, { branch }: BranchCommit): BorderError {
  return new BorderError({
    code: 'gitlab-conflict',
    kind: 'conflict',
    status: 409,
    subject: `${access.ref.fullName}@${branch}`,
    message: `The branch ${branch} of ${access.ref.fullName} is there already and holds something else.`,
    remedy: `Delete the branch ${branch}, or merge or close the pull that comes from it.`,
  });
}
