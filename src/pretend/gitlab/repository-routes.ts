import { createHash } from 'node:crypto';
import type { TreeChange } from '../github/git-objects.ts';
import { branchBody, diffBody, projectBody } from './bodies.ts';
import { announceMove } from './branch-actions.ts';
import { type Answer, type ProjectCall, type ProjectRoute, Refusal, textOf } from './route.ts';

const repository = '/projects/{id}/repository';

/** The project itself, its branches, files and commits. */
export const repositoryRoutes: readonly ProjectRoute[] = [
  {
    operation: 'GET /projects/{id}',
    by: 'project',
    needs: 10,
    run: (call) => ({ status: 200, body: projectBody(call) }),
  },
  { operation: `GET ${repository}/branches/{branch}`, by: 'project', needs: 20, run: showBranch },
  { operation: `POST ${repository}/branches`, by: 'project', needs: 30, run: createBranch },
  { operation: `GET ${repository}/files/{file_path}`, by: 'project', needs: 20, run: showFile },
  { operation: `GET ${repository}/compare`, by: 'project', needs: 20, run: compare },
  { operation: `POST ${repository}/commits`, by: 'project', needs: 30, run: createCommit },
];

async function showBranch({ project, params }: ProjectCall): Promise<Answer> {
  const name = params['branch'] ?? '';
  const sha = await project.git.resolve(`refs/heads/${name}`);
  if (sha === null) throw new Refusal(404, '404 Branch Not Found');
  return { status: 200, body: branchBody(project, name, sha) };
}

async function createBranch(call: ProjectCall): Promise<Answer> {
  const { project, token } = call;
  const [branch, ref] = [textOf(call, 'branch'), textOf(call, 'ref')];
  if ((await project.git.resolve(`refs/heads/${branch}`)) !== null) throw new Refusal(400, 'Branch already exists');
  const sha = await project.git.resolve(ref);
  if (sha === null) throw new Refusal(400, `Invalid reference name: ${ref}`);
  await project.git.setRef(`refs/heads/${branch}`, sha);
  await announceMove(call, token.user, { branch, before: null, after: sha });
  return { status: 201, body: branchBody(project, branch, sha) };
}

async function showFile({ project, params, url }: ProjectCall): Promise<Answer> {
  const path = params['file_path'] ?? '';
  const ref = url.searchParams.get('ref') ?? '';
  const sha = await project.git.resolve(ref);
  if (sha === null) throw new Refusal(404, '404 Commit Not Found');
  const file = await project.git.objects.readFile(sha, path);
  if (file === null) throw new Refusal(404, '404 File Not Found');
  const content = Buffer.from(file.content);
  return {
    status: 200,
    body: {
      file_path: path,
      file_name: path.split('/').at(-1) ?? path,
      size: content.length,
      encoding: 'base64',
      content: content.toString('base64'),
      ref,
      blob_id: createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'),
      commit_id: sha,
      execute_filemode: file.mode === '100755',
    },
  };
}

async function compare({ project, url }: ProjectCall): Promise<Answer> {
  const [from, to] = ['from', 'to'].map((name) => url.searchParams.get(name) ?? '');
  const [base, head] = await Promise.all([project.git.resolve(from ?? ''), project.git.resolve(to ?? '')]);
  if (base === null || head === null) throw new Refusal(404, '404 Ref Not Found');
  const changes = await project.git.changes(base, head);
  const facts = { compare_timeout: false, compare_same_ref: base === head, commits: [] };
  return { status: 200, body: { ...facts, diffs: changes.map(diffBody) } };
}

interface Action {
  readonly action: 'create' | 'update' | 'delete';
  readonly file_path: string;
  readonly content?: string;
  readonly encoding?: 'text' | 'base64';
}

/** One commit of many files, on a branch that is there or, with `start_sha`, on a new one. */
async function createCommit(call: ProjectCall): Promise<Answer> {
  const { project, token, world } = call;
  const branch = textOf(call, 'branch');
  const start = textOf(call, 'start_sha');
  const ref = `refs/heads/${branch}`;
  const head = await project.git.resolve(ref);
  if (head !== null && start !== '') {
    const said = `A branch called '${branch}' already exists. Switch to that branch in order to make changes`;
    throw new Refusal(400, said);
  }
  const parent = head ?? (start === '' ? null : await project.git.resolve(start));
  if (parent === null) throw new Refusal(400, 'You can only create or edit files when you are on a branch');
  // The cast: the description was held against the body.
  const tree = await treeOf(call, parent, call.body['actions'] as readonly Action[]);
  const message = textOf(call, 'commit_message');
  const { objects } = project.git;
  const sha = await objects.writeCommit({
    message,
    tree,
    parents: [parent],
    author: token.user.username,
    at: world.now(),
  });
  await project.git.setRef(ref, sha);
  await announceMove(call, token.user, { branch, before: head, after: sha });
  return { status: 201, body: { id: sha, message, parent_ids: [parent] } };
}

async function treeOf(call: ProjectCall, parent: string, actions: readonly Action[]): Promise<string> {
  const { objects } = call.project.git;
  const changes: TreeChange[] = [];
  for (const action of actions) changes.push(await changeOf(call, parent, action));
  const base = (await objects.readCommit(parent))?.tree ?? null;
  const tree = await objects.writeTree(base, changes);
  if (tree === null) throw new Refusal(400, 'The tree could not be written');
  return tree;
}

/** A file that is there keeps its mode. */
async function changeOf({ project }: ProjectCall, parent: string, action: Action): Promise<TreeChange> {
  const { objects } = project.git;
  const before = await objects.readFile(parent, action.file_path);
  if (action.action === 'create' && before !== null) throw new Refusal(400, 'A file with this name already exists');
  if (action.action !== 'create' && before === null) throw new Refusal(400, "A file with this name doesn't exist");
  const content = Buffer.from(action.content ?? '', action.encoding === 'base64' ? 'base64' : 'utf8');
  const sha = action.action === 'delete' ? null : await objects.writeBlob(content);
  return { path: action.file_path, mode: before?.mode ?? '100644', sha };
}
