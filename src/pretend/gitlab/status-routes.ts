import { mergeRequestListBody, pipelineBody, statusBody } from './bodies.ts';
import { pipelinesAt } from './ci.ts';
import { type Answer, type ProjectCall, type ProjectRoute, pageOf, Refusal, sorted, textOf } from './route.ts';
import type { Pipeline, Status } from './state.ts';

const commit = '/projects/{id}/repository/commits/{sha}';

/** Commits with their pipelines and statuses. */
export const statusRoutes: readonly ProjectRoute[] = [
  { operation: `GET ${commit}`, by: 'project', needs: 20, run: showCommit },
  { operation: `GET ${commit}/statuses`, by: 'project', needs: 20, run: listStatuses },
  { operation: `GET ${commit}/merge_requests`, by: 'project', needs: 20, run: listMergeRequests },
  { operation: 'GET /projects/{id}/pipelines', by: 'project', needs: 20, run: listPipelines },
  { operation: 'POST /projects/{id}/statuses/{sha}', by: 'project', needs: 30, run: setStatus },
];

async function showCommit(call: ProjectCall): Promise<Answer> {
  const { project } = call;
  const sha = await requireCommit(call);
  const { message = '', parents = [] } = (await project.git.objects.readCommit(sha)) ?? {};
  const last = pipelinesAt(call, sha).at(-1);
  const pipeline = last === undefined ? null : pipelineBody(project, last);
  return { status: 200, body: { id: sha, message, parent_ids: parents, last_pipeline: pipeline } };
}

async function listStatuses(call: ProjectCall): Promise<Answer> {
  const { project, url, world } = call;
  const sha = await requireCommit(call);
  pipelinesAt(call, sha);
  const name = url.searchParams.get('name');
  const found = project.statuses.filter((status) => status.sha === sha && (name === null || status.name === name));
  // Unless asked for all, the newest of each name and pipeline.
  const isNewest = (status: Status, at: number) =>
    !found.slice(at + 1).some((later) => later.name === status.name && later.pipeline === status.pipeline);
  const shown = url.searchParams.get('all') === 'true' ? found : found.filter(isNewest);
  return pageOf(
    call,
    shown.map((status) => statusBody(world, status)),
  );
}

/** By the commits of the head, and by what the merge brought about. */
async function listMergeRequests(call: ProjectCall): Promise<Answer> {
  const { project } = call;
  const sha = await requireCommit(call);
  const found = [];
  for (const request of project.mergeRequests.values()) {
    const isMerge = sha === request.mergeCommitSha || sha === request.squashCommitSha;
    const isBefore = await project.git.isAncestor(sha, request.startSha);
    const isInHead = !isBefore && (await project.git.isAncestor(sha, request.headSha));
    if (isMerge || isInHead) found.push(request);
  }
  return pageOf(
    call,
    found.toReversed().map((request) => mergeRequestListBody(call, request)),
  );
}

function listPipelines(call: ProjectCall): Answer {
  const { project } = call;
  return pageOf(
    call,
    sorted(call, project.pipelines, ({ id }) => id).map((pipeline) => pipelineBody(project, pipeline)),
  );
}

/**
 * A status joins the pipeline it names, else the newest of the commit, else opens one of its own. Only a status that has
 * not ended is carried on; whoever wants to run what runs is refused.
 */
async function setStatus(call: ProjectCall): Promise<Answer> {
  const { project, world, token, body } = call;
  const sha = await requireCommit(call);
  const pipeline = await pipelineFor(call, sha);
  const name = textOf(call, 'name');
  const state = textOf(call, 'state') as Status['state'];
  const description = typeof body['description'] === 'string' ? body['description'] : null;
  if ((description ?? '').length > 255) {
    throw new Refusal(400, { message: { description: ['is too long (maximum is 255 characters)'] } });
  }
  const facts = { sha, ref: pipeline.ref, pipeline: pipeline.id, name, author: token.user };
  const open = project.statuses.find(
    (status) =>
      status.pipeline === pipeline.id &&
      status.name === name &&
      status.author === token.user &&
      (status.state === 'running' || status.state === 'pending'),
  );
  if (open !== undefined && open.state === state) {
    throw new Refusal(400, `Cannot transition status via :${state === 'running' ? 'run' : 'enqueue'} from :${state}`);
  }
  const created = { ...facts, id: world.nextId(), createdAt: world.now(), state, description };
  const status: Status = open ?? created;
  Object.assign(status, { state, description });
  if (open === undefined) project.statuses.push(status);
  return { status: 201, body: statusBody(world, status) };
}

async function pipelineFor(call: ProjectCall, sha: string): Promise<Pipeline> {
  const { project, world, body } = call;
  const [wanted, ref] = [body['pipeline_id'], textOf(call, 'ref')];
  const matching = pipelinesAt(call, sha).filter(
    (pipeline) => (ref === '' || pipeline.ref === ref) && (wanted === undefined || pipeline.id === wanted),
  );
  const newest = matching.at(-1);
  if (newest !== undefined) return newest;
  if (wanted !== undefined) throw new Refusal(404, '404 Pipeline for pipeline_id, sha and ref Not Found');
  const branch = ref === '' ? await branchAt(call, sha) : ref;
  if (branch === null) throw new Refusal(404, '404 References for commit Not Found');
  const made: Pipeline = { id: world.nextId(), sha, ref: branch, source: 'external', status: 'success' };
  project.pipelines.push(made);
  return made;
}

async function branchAt({ project }: ProjectCall, sha: string): Promise<string | null> {
  for (const [branch, head] of await project.git.branches()) {
    if (await project.git.isAncestor(sha, head)) return branch;
  }
  return null;
}

async function requireCommit({ project, params }: ProjectCall): Promise<string> {
  const sha = await project.git.resolve(params['sha'] ?? '');
  if (sha === null) throw new Refusal(404, '404 Commit Not Found');
  return sha;
}
