import { announceMove, checkMerge } from './branch-actions.ts';
import { addNote } from './note-actions.ts';
import { emitMergeRequest } from './payloads.ts';
import type { Here, MergeRequest, Project, User } from './state.ts';
import { runQuickActions } from './text-actions.ts';

/** What a merge request is opened with. */
export interface OpenRequest {
  readonly title: string;
  readonly description: string;
  readonly source: string;
  readonly target: string;
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  /** Project the source branch stands in; the target's own when left out. */
  readonly from?: Project;
}

/** Opens a merge request; null when a branch is not there. */
export async function openMergeRequest(here: Here, author: User, spec: OpenRequest): Promise<MergeRequest | null> {
  const { project, world } = here;
  const { from = project } = spec;
  const headSha = await from.git.resolve(`refs/heads/${spec.source}`);
  const startSha = await project.git.resolve(`refs/heads/${spec.target}`);
  if (headSha === null || startSha === null) return null;
  const at = world.now();
  const request: MergeRequest = {
    id: world.nextId(),
    iid: project.mergeRequests.size + 1,
    author,
    sourceProject: from,
    sourceBranch: spec.source,
    targetBranch: spec.target,
    title: spec.title,
    description: runQuickActions(here, author, spec.description).text,
    draft: spec.draft ?? /^draft:/i.test(spec.title),
    headSha,
    startSha,
    state: 'opened',
    mergedAt: null,
    mergeUser: null,
    mergeCommitSha: null,
    squashCommitSha: null,
    mergeStatus: 'unchecked',
    mergeRef: null,
    labels: [...(spec.labels ?? [])],
    approvals: [],
    createdAt: at,
    updatedAt: at,
  };
  project.mergeRequests.set(request.iid, request);
  await project.git.setRef(`refs/merge-requests/${request.iid}/head`, headSha);
  await emitMergeRequest(here, author, { request, action: 'open' });
  return request;
}

/** What may change about a merge request. */
export interface RequestChanges {
  readonly title?: string;
  readonly description?: string;
  readonly targetBranch?: string;
  readonly draft?: boolean;
  readonly state?: 'opened' | 'closed';
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
}

/** Changes a merge request, and tells hooks what changed. */
export async function editMergeRequest(
  here: Here,
  actor: User,
  what: { readonly request: MergeRequest; readonly changes: RequestChanges },
): Promise<void> {
  const { request } = what;
  const { addLabels = [], removeLabels = [], state = request.state, ...fields } = what.changes;
  const texts =
    fields.description === undefined ? {} : { description: runQuickActions(here, actor, fields.description).text };
  const wanted = { ...fields, ...texts, labels: relabel(request.labels, addLabels, removeLabels) };
  const changes = differences(request, wanted);
  const isMoved = state !== request.state;
  Object.assign(request, wanted, { state, updatedAt: here.world.now() });
  if ('target_branch' in changes) Object.assign(request, { mergeStatus: 'unchecked', mergeRef: null });
  if (Object.keys(changes).length > 0) await emitMergeRequest(here, actor, { request, action: 'update', changes });
  if (!isMoved) return;
  await systemNote(here, actor, request, state);
  await emitMergeRequest(here, actor, { request, action: state === 'closed' ? 'close' : 'reopen' });
}

function relabel(labels: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  return [...new Set([...labels, ...add])].filter((label) => !remove.includes(label));
}

/** `changes` of the webhook: field to what it was and is. */
function differences(request: MergeRequest, wanted: object): Record<string, { previous: unknown; current: unknown }> {
  const before: Readonly<Record<string, unknown>> = { ...request };
  const moved = Object.entries(wanted).filter(([name, now]) => JSON.stringify(before[name]) !== JSON.stringify(now));
  const entries = moved.map(([name, current]) => [
    name === 'targetBranch' ? 'target_branch' : name,
    { previous: before[name], current },
  ]);
  return Object.fromEntries(entries) as Record<string, { previous: unknown; current: unknown }>;
}

/** Merges into the target branch; the commit there, or null when they conflict. */
export async function mergeMergeRequest(
  here: Here,
  actor: User,
  what: { readonly request: MergeRequest; readonly squash?: boolean },
): Promise<string | null> {
  const { project, world } = here;
  const { request, squash = false } = what;
  await checkMerge(here, request);
  const branch = request.targetBranch;
  const ref = `refs/heads/${branch}`;
  const before = (await project.git.resolve(ref)) ?? request.startSha;
  const sides = { base: before, head: request.headSha, squash };
  const message = `Merge branch '${request.sourceBranch}' into '${branch}'`;
  const merged = await project.git.merge({ ...sides, ref, message, at: world.now() });
  if (merged === null) return null;
  const at = world.now();
  const commit = squash ? { squashCommitSha: merged } : { mergeCommitSha: merged };
  Object.assign(request, { ...commit, state: 'merged', mergedAt: at, mergeUser: actor, updatedAt: at });
  await systemNote(here, actor, request, 'merged');
  await emitMergeRequest(here, actor, { request, action: 'merge' });
  await announceMove(here, actor, { branch, before, after: merged });
  return merged;
}

/** Gives or takes back an approval. */
export async function approve(
  here: Here,
  actor: User,
  what: { readonly request: MergeRequest; readonly isGiven: boolean },
): Promise<void> {
  const { request, isGiven } = what;
  const others = request.approvals.filter((user) => user !== actor);
  request.approvals = isGiven ? [...others, actor] : others;
  await emitMergeRequest(here, actor, { request, action: isGiven ? 'approved' : 'unapproved' });
}

/** GitLab writes down by itself what somebody did. */
async function systemNote(here: Here, actor: User, request: MergeRequest, body: string): Promise<void> {
  await addNote(here, actor, { place: { kind: 'pull', number: request.iid }, body, system: true });
}
