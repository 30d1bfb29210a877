import { apiUrl } from './bodies.ts';
import { announceMove } from './branch-actions.ts';
import type { TreeChange } from './git-objects.ts';
import { allows } from './identity.ts';
import { type Answer, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';

const read = [['contents', 'read']] as const;
const write = [['contents', 'write']] as const;

const git = '/repos/{owner}/{repo}/git';

/** The Git data API, over the repository on disk. */
export const gitRoutes: readonly RepositoryRoute[] = [
  { operation: `GET ${git}/ref/{ref}`, by: 'repository', needs: read, run: getRef },
  { operation: `POST ${git}/refs`, by: 'repository', needs: write, run: createRef },
  { operation: `GET ${git}/commits/{commit_sha}`, by: 'repository', needs: read, run: getCommit },
  { operation: `POST ${git}/commits`, by: 'repository', needs: write, run: createCommit },
  { operation: `GET ${git}/trees/{tree_sha}`, by: 'repository', needs: read, run: getTree },
  { operation: `POST ${git}/trees`, by: 'repository', needs: write, run: createTree },
  { operation: `POST ${git}/blobs`, by: 'repository', needs: write, run: createBlob },
];

async function getRef(call: RepositoryCall): Promise<Answer> {
  const sha = await call.repository.git.resolve(`refs/${call.params['ref']}`);
  if (sha === null) throw new Refusal(404, 'Not Found');
  return { status: 200, body: refBody(call, `refs/${call.params['ref']}`, sha) };
}

async function createRef(call: RepositoryCall): Promise<Answer> {
  const { repository, body, token } = call;
  const ref = String(body['ref']);
  const sha = await repository.git.resolve(String(body['sha']));
  if (sha === null) throw new Refusal(422, 'Object does not exist');
  if ((await repository.git.resolve(ref)) !== null) throw new Refusal(422, 'Reference already exists');
  await repository.git.setRef(ref, sha);
  const branch = ref.replace('refs/heads/', '');
  await announceMove(call, token.user, { branch, before: null, after: sha });
  return { status: 201, body: refBody(call, ref, sha) };
}

async function getCommit(call: RepositoryCall): Promise<Answer> {
  const sha = call.params['commit_sha'] ?? '';
  if ((await call.repository.git.resolve(sha)) !== sha) throw new Refusal(404, 'Not Found');
  return { status: 200, body: await commitBody(call, sha) };
}

async function createCommit(call: RepositoryCall): Promise<Answer> {
  const { repository, body, token, world } = call;
  const sha = await repository.git.objects.writeCommit({
    message: String(body['message']),
    tree: String(body['tree']),
    parents: (body['parents'] ?? []) as readonly string[],
    author: token.user.login,
    at: world.now(),
  });
  return { status: 201, body: await commitBody(call, sha) };
}

async function getTree(call: RepositoryCall): Promise<Answer> {
  const sha = call.params['tree_sha'] ?? '';
  const tree = await call.repository.git.objects.readTree(sha);
  if (tree === null) throw new Refusal(404, 'Not Found');
  return { status: 200, body: { sha, tree, truncated: false } };
}

async function createTree(call: RepositoryCall): Promise<Answer> {
  const { repository, body, token } = call;
  const changes = body['tree'] as readonly TreeChange[];
  const touchesWorkflows = changes.some(({ path }) => path.startsWith('.github/workflows/'));
  // GitHub says no more than this when the `workflows` permission is missing.
  if (touchesWorkflows && !allows(token.permissions, 'workflows', 'write')) throw new Refusal(404, 'Not Found');
  const base = typeof body['base_tree'] === 'string' ? body['base_tree'] : null;
  await requireRemovable(call, base, changes);
  const sha = await repository.git.objects.writeTree(base, changes);
  if (sha === null) throw new Refusal(422, 'GitRPC::BadObjectState');
  const tree = (await repository.git.objects.readTree(sha)) ?? [];
  return { status: 201, body: { sha, tree, truncated: false } };
}

/** GitHub does not remove what is not there. */
async function requireRemovable({ repository }: RepositoryCall, base: string | null, changes: readonly TreeChange[]) {
  for (const { path, sha } of changes) {
    if (sha !== null) continue;
    const found = base === null ? null : await repository.git.objects.readFile(base, path);
    if (found === null) throw new Refusal(422, 'GitRPC::BadObjectState');
  }
}

async function createBlob(call: RepositoryCall): Promise<Answer> {
  const { repository, body } = call;
  const encoding = body['encoding'] === 'base64' ? 'base64' : 'utf8';
  const sha = await repository.git.objects.writeBlob(Buffer.from(String(body['content']), encoding));
  return { status: 201, body: { sha, url: `${apiUrl(call.world, repository)}/git/blobs/${sha}` } };
}

function refBody({ world, repository }: RepositoryCall, ref: string, sha: string): Record<string, unknown> {
  const url = `${apiUrl(world, repository)}/git/${ref}`;
  return { ref, url, object: { type: 'commit', sha, url: `${apiUrl(world, repository)}/git/commits/${sha}` } };
}

async function commitBody({ repository }: RepositoryCall, sha: string): Promise<Record<string, unknown>> {
  const commit = await repository.git.objects.readCommit(sha);
  if (commit === null) throw new Refusal(404, 'Not Found');
  const { tree, parents, message } = commit;
  return { sha, tree: { sha: tree }, parents: parents.map((parent) => ({ sha: parent })), message };
}
