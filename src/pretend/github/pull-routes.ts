import { fileBody, pullBody, pullListBody } from './bodies.ts';
import { freshen } from './branch-actions.ts';
import { reviewBody } from './issue-bodies.ts';
import { allowedMethod, requireMergeable } from './merge-rules.ts';
import { editPull, mergePull, openPull } from './pull-actions.ts';
import { type Answer, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
import type { PullRequest } from './state.ts';

const read = [['pull_requests', 'read']] as const;
const write = [['pull_requests', 'write']] as const;

const many = '/repos/{owner}/{repo}/pulls';
const one = `${many}/{pull_number}`;

/** Pulls: one, many, their files and reviews; opened, edited and merged. */
export const pullRoutes: readonly RepositoryRoute[] = [
  { operation: `GET ${many}`, by: 'repository', needs: read, run: listPulls },
  { operation: `POST ${many}`, by: 'repository', needs: write, run: create },
  { operation: `GET ${one}`, by: 'repository', needs: read, run: getPull },
  { operation: `PATCH ${one}`, by: 'repository', needs: write, run: edit },
  { operation: `GET ${one}/files`, by: 'repository', needs: read, run: listFiles },
  { operation: `GET ${one}/reviews`, by: 'repository', needs: read, run: listReviews },
  { operation: `PUT ${one}/merge`, by: 'repository', needs: [['contents', 'write']], run: merge },
  {
    operation: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    by: 'repository',
    needs: read,
    run: listPullsOfCommit,
  },
];

function listPulls(call: RepositoryCall): Answer {
  const { world, repository, url } = call;
  const state = url.searchParams.get('state') ?? 'open';
  const head = url.searchParams.get('head');
  const wanted = [...repository.pulls.values()].filter(
    (pull) => (state === 'all' || pull.state === state) && (head === null || head === headOf(call, pull)),
  );
  const sorted = wanted.toSorted((a, b) => keyOf(url, b) - keyOf(url, a) || b.number - a.number);
  const ordered = (url.searchParams.get('direction') ?? 'desc') === 'asc' ? sorted.toReversed() : sorted;
  return pageOf(
    call,
    ordered.map((pull) => pullListBody(world, repository, pull)),
  );
}

/** `owner:branch`, by which lists are filtered. */
function headOf({ repository }: RepositoryCall, pull: PullRequest): string {
  return `${pull.fork ? pull.author.login : repository.owner}:${pull.headRef}`;
}

function keyOf(url: URL, pull: PullRequest): number {
  return (url.searchParams.get('sort') === 'updated' ? pull.updatedAt : pull.createdAt).getTime();
}

async function getPull(call: RepositoryCall): Promise<Answer> {
  const pull = lagging(call) ?? find(call);
  await freshen(call, pull);
  return { status: 200, body: pullBody(call.world, call.repository, pull) };
}

/** The pull as it was, while the API lags behind. */
function lagging({ repository, params }: RepositoryCall): PullRequest | null {
  const lag = repository.lags.get(Number(params['pull_number']));
  if (lag === undefined || lag.left === 0) return null;
  lag.left -= 1;
  return lag.pull;
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

async function create(call: RepositoryCall): Promise<Answer> {
  const { body, repository, token } = call;
  const spec = { title: String(body['title']), body: textOf(body['body']), base: String(body['base']) };
  const head = String(body['head']).replace(`${repository.owner}:`, '');
  const isTaken = [...repository.pulls.values()].some(
    (pull) => pull.state === 'open' && pull.headRef === head && pull.baseRef === spec.base && !pull.fork,
  );
  if (isTaken) throw invalid(`A pull request already exists for ${repository.owner}:${head}.`);
  const [headSha, baseSha] = [await repository.git.resolve(head), await repository.git.resolve(spec.base)];
  if (headSha !== null && baseSha !== null && (await repository.git.isAncestor(headSha, baseSha))) {
    throw invalid(`No commits between ${spec.base} and ${head}`);
  }
  const pull = await openPull(call, token.user, { ...spec, head, draft: body['draft'] === true, fork: false });
  if (pull === null) throw invalid('PullRequest head or base is invalid');
  return { status: 201, body: pullBody(call.world, repository, pull) };
}

async function edit(call: RepositoryCall): Promise<Answer> {
  const { body, token } = call;
  const pull = find(call);
  const { title = pull.title, state = pull.state } = body as { title?: string; state?: 'open' | 'closed' };
  const text = typeof body['body'] === 'string' ? body['body'] : pull.body;
  if (state === 'open' && pull.mergedAt !== null) throw invalid('state cannot be changed. The pull request is merged.');
  await editPull(call, token.user, { pull, title, body: text, state });
  return { status: 200, body: pullBody(call.world, call.repository, pull) };
}

async function merge(call: RepositoryCall): Promise<Answer> {
  const { body, token } = call;
  const pull = find(call);
  await freshen(call, pull);
  requireMergeable(call.repository, pull, body['sha']);
  const method = allowedMethod(call.repository, body['merge_method'] ?? 'merge');
  const title = textOf(body['commit_title']) || `Merge pull request #${pull.number}`;
  const sha = await mergePull(call, token.user, { pull, method, title });
  if (sha === null) throw new Refusal(405, 'Pull Request has merge conflicts');
  return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } };
}

function listReviews(call: RepositoryCall): Answer {
  const { number } = find(call);
  const given = call.repository.reviews.filter(({ pull }) => pull === number);
  return pageOf(
    call,
    given.map((entry) => reviewBody(call.world, call.repository, entry)),
  );
}

/** Merged pulls that brought a commit to the default branch; else the open ones that hold it. */
async function listPullsOfCommit(call: RepositoryCall): Promise<Answer> {
  const { repository, params, world } = call;
  const sha = await repository.git.resolve(params['commit_sha'] ?? '');
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${params['commit_sha']}`);
  const holding: PullRequest[] = [];
  for (const pull of repository.pulls.values()) if (await holds(call, pull, sha)) holding.push(pull);
  return pageOf(
    call,
    holding.map((pull) => pullListBody(world, repository, pull)),
  );
}

async function holds({ repository }: RepositoryCall, pull: PullRequest, sha: string): Promise<boolean> {
  if (pull.mergedAt !== null && pull.mergeSha === sha) return true;
  const { git } = repository;
  // The base of a merged pull holds its head, so what it brought is told by the base it was merged into.
  const base = pull.mergedAt === null ? pull.baseSha : `${pull.mergeSha}^1`;
  return (await git.isAncestor(sha, pull.headSha)) && !(await git.isAncestor(sha, base));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function invalid(message: string): Refusal {
  return new Refusal(422, `Validation Failed: ${message}`);
}

function find({ repository, params }: RepositoryCall): PullRequest {
  const number = Number(params['pull_number']);
  const pull = repository.pulls.get(number);
  if (pull === undefined || repository.erased.has(number)) throw new Refusal(404, 'Not Found');
  return pull;
}
