import { checkRunBody } from './bodies.ts';
import { type Answer, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
import type { CheckRun } from './state.ts';

const base = '/repos/{owner}/{repo}';

/** Check runs. Only apps may write them. */
export const checkRoutes: readonly RepositoryRoute[] = [
  {
    operation: `GET ${base}/commits/{ref}/check-runs`,
    by: 'repository',
    needs: [['checks', 'read']],
    run: listRuns,
  },
  { operation: `POST ${base}/check-runs`, by: 'repository', needs: [['checks', 'write']], run: createRun },
  {
    operation: `PATCH ${base}/check-runs/{check_run_id}`,
    by: 'repository',
    needs: [['checks', 'write']],
    run: editRun,
  },
];

async function listRuns(call: RepositoryCall): Promise<Answer> {
  const { repository, url, params } = call;
  const sha = await repository.git.resolve(params['ref'] ?? '');
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${params['ref']}`);
  const name = url.searchParams.get('check_name');
  const all = [...repository.checkRuns.values()].filter((run) => run.headSha === sha);
  const named = all.filter((run) => name === null || run.name === name).toReversed();
  const shown = url.searchParams.get('filter') === 'all' ? named : latestOf(named);
  const bodies = shown.map((run) => checkRunBody(call.world, repository, run));
  return pageOf(call, bodies, (page) => ({ total_count: bodies.length, check_runs: page }));
}

/** The newest run of each name: what GitHub lists by default. */
function latestOf(runs: readonly CheckRun[]): CheckRun[] {
  return runs.filter((run, at) => runs.findIndex((other) => other.name === run.name) === at);
}

async function createRun(call: RepositoryCall): Promise<Answer> {
  const { world, repository, body, token } = call;
  if (!token.byApp) throw new Refusal(403, 'You must authenticate via a GitHub App.');
  const headSha = await repository.git.resolve(String(body['head_sha']));
  if (headSha === null) throw new Refusal(422, `No commit found for SHA: ${String(body['head_sha'])}`);
  const run: CheckRun = {
    id: world.nextId(),
    name: String(body['name']),
    headSha,
    externalId: typeof body['external_id'] === 'string' ? body['external_id'] : null,
    byApp: true,
    startedAt: world.now(),
    status: 'queued',
    conclusion: null,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    calls: [],
  };
  change(call, run);
  repository.checkRuns.set(run.id, run);
  return { status: 201, body: checkRunBody(world, repository, run) };
}

function editRun(call: RepositoryCall): Answer {
  const run = call.repository.checkRuns.get(Number(call.params['check_run_id']));
  if (run === undefined) throw new Refusal(404, 'Not Found');
  change(call, run);
  return { status: 200, body: checkRunBody(call.world, call.repository, run) };
}

/** Takes over what the body says. A conclusion completes the run; annotations add up. */
function change({ world, body, repository }: RepositoryCall, run: CheckRun): void {
  const conclusion = body['conclusion'] as string | undefined;
  if (body['status'] === 'completed' && conclusion === undefined) {
    throw new Refusal(422, 'Invalid request. A completed check run needs a conclusion.');
  }
  takeOutput(body['output'] as Readonly<Record<string, unknown>> | undefined, run);
  if (repository.keepsConclusions && run.status === 'completed') return;
  if (typeof body['status'] === 'string') run.status = body['status'];
  if (conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = conclusion;
    run.completedAt = world.now();
  }
}

function takeOutput(output: Readonly<Record<string, unknown>> | undefined, run: CheckRun): void {
  const annotations = (output?.['annotations'] ?? []) as readonly Record<string, unknown>[];
  run.calls.push(annotations.length);
  run.annotations.push(...annotations);
  if (typeof output?.['title'] === 'string') run.title = output['title'];
  if (typeof output?.['summary'] === 'string') run.summary = output['summary'];
  if (output !== undefined) run.text = typeof output['text'] === 'string' ? output['text'] : null;
}
