import { diffBody, mergeRequestBody, mergeRequestListBody, userBody } from './bodies.ts';
import { checkMerge } from './branch-actions.ts';
import { pipelinesAt } from './ci.ts';
import { editMergeRequest, mergeMergeRequest, openMergeRequest } from './merge-request-actions.ts';
import { requireText } from './note-routes.ts';
import { type Answer, type ProjectCall, type ProjectRoute, pageOf, Refusal, sorted, textOf, wordsOf } from './route.ts';
import type { MergeRequest } from './state.ts';

const many = '/projects/{id}/merge_requests';
const one = `${many}/{merge_request_iid}`;

/** Merge requests: many, one, its files, approvals and merge. */
export const mergeRequestRoutes: readonly ProjectRoute[] = [
  { operation: `GET ${many}`, by: 'project', needs: 20, run: list },
  { operation: `POST ${many}`, by: 'project', needs: 30, run: create },
  { operation: `GET ${one}`, by: 'project', needs: 20, run: (call) => shown(call, findRequest(call), 200) },
  { operation: `PUT ${one}`, by: 'project', needs: 20, run: edit },
  { operation: `GET ${one}/diffs`, by: 'project', needs: 20, run: listDiffs },
  { operation: `GET ${one}/approvals`, by: 'project', needs: 20, run: showApprovals },
  { operation: `GET ${one}/merge_ref`, by: 'project', needs: 20, run: showMergeRef },
  { operation: `PUT ${one}/merge`, by: 'project', needs: 10, run: merge },
];

/** The merge request a call names. */
export function findRequest({ project, params }: ProjectCall): MergeRequest {
  const request = project.mergeRequests.get(Number(params['merge_request_iid']));
  if (request === undefined) throw new Refusal(404, '404 Merge Request Not Found');
  return request;
}

function list(call: ProjectCall): Answer {
  const { project, url } = call;
  const [state, author] = [url.searchParams.get('state') ?? 'all', url.searchParams.get('author_id')];
  const wanted = [...project.mergeRequests.values()].filter(
    (request) =>
      (state === 'all' || request.state === state) && (author === null || String(request.author.id) === author),
  );
  const isByUpdate = url.searchParams.get('order_by') === 'updated_at';
  // Times may be equal; ids never are.
  const ordered = sorted(
    call,
    wanted.toSorted((a, b) => a.id - b.id),
    (request) => (isByUpdate ? request.updatedAt : request.createdAt).getTime(),
  );
  return pageOf(
    call,
    ordered.map((request) => mergeRequestListBody(call, request)),
  );
}

async function create(call: ProjectCall): Promise<Answer> {
  const { project, token } = call;
  const source = textOf(call, 'source_branch');
  const open = [...project.mergeRequests.values()].find(
    (request) => request.state === 'opened' && request.sourceBranch === source && request.sourceProject === project,
  );
  if (open !== undefined) {
    const said = `Another open merge request already exists for this source branch: !${open.iid}`;
    throw new Refusal(409, [said]);
  }
  const spec = { title: requireText(call, 'title', 255), description: textOf(call, 'description') };
  const where = { source, target: textOf(call, 'target_branch'), labels: wordsOf(call, 'labels') };
  const request = await openMergeRequest(call, token.user, { ...spec, ...where });
  if (request === null) throw new Refusal(400, { message: { source_branch: ['does not exist'] } });
  return shown(call, request, 201);
}

async function edit(call: ProjectCall): Promise<Answer> {
  const request = findRequest(call);
  const { body, token, level } = call;
  if (level < 30 && request.author !== token.user) throw new Refusal(403, '403 Forbidden');
  const event = textOf(call, 'state_event');
  const state = event === '' ? {} : { state: event === 'close' ? ('closed' as const) : ('opened' as const) };
  const changes = {
    ...(body['title'] === undefined ? {} : { title: requireText(call, 'title', 255) }),
    ...(body['description'] === undefined ? {} : { description: textOf(call, 'description') }),
    addLabels: wordsOf(call, 'add_labels'),
    removeLabels: wordsOf(call, 'remove_labels'),
    ...state,
  };
  await editMergeRequest(call, token.user, { request, changes });
  return shown(call, request, 200);
}

async function listDiffs(call: ProjectCall): Promise<Answer> {
  const request = findRequest(call);
  const changes = await call.project.git.changes(request.startSha, request.headSha);
  return pageOf(call, changes.slice(0, 1000).map(diffBody));
}

function showApprovals(call: ProjectCall): Answer {
  const request = findRequest(call);
  const approvedBy = request.approvals.map((user) => ({ user: userBody(call.world, user) }));
  return { status: 200, body: { iid: request.iid, approved: approvedBy.length > 0, approved_by: approvedBy } };
}

async function showMergeRef(call: ProjectCall): Promise<Answer> {
  const request = findRequest(call);
  if (request.state === 'opened') await checkMerge(call, request);
  if (request.state !== 'opened' || request.mergeRef === null) throw new Refusal(400, 'Merge request is not mergeable');
  return { status: 200, body: { commit_id: request.mergeRef } };
}

/** 401 where the user may not, 405 where the request may not, 409 where the head moved, 422 where it conflicts. */
async function merge(call: ProjectCall): Promise<Answer> {
  const { project, token, level } = call;
  const request = findRequest(call);
  if (level < (project.protectedBranches.has(request.targetBranch) ? 40 : 30))
    throw new Refusal(401, '401 Unauthorized');
  if (request.state !== 'opened' || request.draft || !isGateOpen(call, request)) {
    throw new Refusal(405, '405 Method Not Allowed');
  }
  const sha = textOf(call, 'sha');
  if (sha !== '' && sha !== request.headSha) {
    throw new Refusal(409, `SHA does not match HEAD of source branch: ${request.headSha}`);
  }
  const merged = await mergeMergeRequest(call, token.user, { request, squash: call.body['squash'] === true });
  if (merged === null) throw new Refusal(422, 'Branch cannot be merged');
  return shown(call, request, 200);
}

/** Whether the newest pipeline of the head passed, where it must: every status in it counts. */
function isGateOpen(call: ProjectCall, request: MergeRequest): boolean {
  const { project } = call;
  if (!project.mustPipelinesSucceed) return true;
  const pipeline = pipelinesAt(call, request.headSha).at(-1);
  if (pipeline === undefined) return false;
  const statuses = project.statuses.filter((status) => status.pipeline === pipeline.id);
  const newest = statuses.filter((status, at) => !statuses.slice(at + 1).some(({ name }) => name === status.name));
  return pipeline.status === 'success' && newest.every(({ state }) => state === 'success');
}

async function shown(call: ProjectCall, request: MergeRequest, status: number): Promise<Answer> {
  const changes = await call.project.git.changes(request.startSha, request.headSha);
  return { status, body: mergeRequestBody(call, request, changes.length) };
}
