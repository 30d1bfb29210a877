import { fileBody, pullBody, pullListBody } from './bodies.ts';
import { type Answer, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
import type { PullRequest } from './state.ts';

const read = [['pull_requests', 'read']] as const;

/** Pulls: one, many, and the files of one. */
export const pullRoutes: readonly RepositoryRoute[] = [
  { operation: 'GET /repos/{owner}/{repo}/pulls', by: 'repository', needs: read, run: listPulls },
  { operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}', by: 'repository', needs: read, run: getPull },
  { operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files', by: 'repository', needs: read, run: listFiles },
];

function listPulls(call: RepositoryCall): Answer {
  const { world, repository, url } = call;
  const state = url.searchParams.get('state') ?? 'open';
  const wanted = [...repository.pulls.values()].filter((pull) => state === 'all' || pull.state === state);
  const sorted = wanted.toSorted((a, b) => keyOf(url, b) - keyOf(url, a) || b.number - a.number);
  const ordered = (url.searchParams.get('direction') ?? 'desc') === 'asc' ? sorted.toReversed() : sorted;
  return pageOf(
    call,
    ordered.map((pull) => pullListBody(world, repository, pull)),
  );
}

function keyOf(url: URL, pull: PullRequest): number {
  return (url.searchParams.get('sort') === 'updated' ? pull.updatedAt : pull.createdAt).getTime();
}

function getPull(call: RepositoryCall): Answer {
  return { status: 200, body: pullBody(call.world, call.repository, find(call)) };
}

async function listFiles(call: RepositoryCall): Promise<Answer> {
  const pull = find(call);
  const changes = await call.repository.git.changes(pull.baseSha, pull.headSha);
  // GitHub lists 3,000 files of a pull and no more.
  const listed = changes.slice(0, 3000);
  return pageOf(
    call,
    listed.map((file) => fileBody(call.world, call.repository, file)),
  );
}

function find({ repository, params }: RepositoryCall): PullRequest {
  const pull = repository.pulls.get(Number(params['pull_number']));
  if (pull === undefined) throw new Refusal(404, 'Not Found');
  return pull;
}
