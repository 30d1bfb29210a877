import { apiUrl, userBody } from './bodies.ts';
import { type Answer, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
import type { CommitStatus } from './state.ts';

const base = '/repos/{owner}/{repo}';

/** Commit statuses: the older kind of check, which any token with the permission writes. */
export const statusRoutes: readonly RepositoryRoute[] = [
  {
    operation: `GET ${base}/commits/{ref}/statuses`,
    by: 'repository',
    needs: [['statuses', 'read']],
    run: listStatuses,
  },
  { operation: `POST ${base}/statuses/{sha}`, by: 'repository', needs: [['statuses', 'write']], run: createStatus },
];

async function listStatuses(call: RepositoryCall): Promise<Answer> {
  const sha = await call.repository.git.resolve(call.params['ref'] ?? '');
  const found = call.repository.statuses.filter((status) => status.sha === sha).toReversed();
  return pageOf(
    call,
    found.map((status) => statusBody(call, status)),
  );
}

async function createStatus(call: RepositoryCall): Promise<Answer> {
  const { world, repository, body, params, token } = call;
  const sha = await repository.git.resolve(params['sha'] ?? '');
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${params['sha']}`);
  const description = typeof body['description'] === 'string' ? body['description'] : null;
  if ((description ?? '').length > 140) throw new Refusal(422, 'Validation Failed: description is too long');
  const said = { sha, context: String(body['context'] ?? 'default'), state: String(body['state']), description };
  const status: CommitStatus = { id: world.nextId(), ...said, creator: token.user, createdAt: world.now() };
  repository.statuses.push(status);
  return { status: 201, body: statusBody(call, status) };
}

function statusBody({ world, repository }: RepositoryCall, status: CommitStatus): Record<string, unknown> {
  const at = status.createdAt.toISOString();
  const { id, context, state, description } = status;
  const url = `${apiUrl(world, repository)}/statuses/${status.sha}`;
  const creator = userBody(world, status.creator);
  return { id, url, context, state, description, target_url: null, created_at: at, updated_at: at, creator };
}
