import { userBody } from './bodies.ts';
import type { Here, Issue, MergeRequest, Note, User } from './state.ts';

/** A commit id that stands for no commit. */
export const ZERO = '0'.repeat(40);

/** Tells hooks what became of a merge request. */
export function emitMergeRequest(
  here: Here,
  actor: User,
  what: {
    readonly request: MergeRequest;
    readonly action: string;
    readonly oldrev?: string;
    readonly changes?: object;
  },
): Promise<void> {
  const { request, action, oldrev, changes = {} } = what;
  return here.world.hooks.emit('Merge Request Hook', {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    ...around(here, actor),
    object_attributes: {
      ...requestAttributes(request),
      action,
      ...(oldrev === undefined ? {} : { oldrev }),
    },
    labels: request.labels.map((title) => ({ title })),
    changes,
  });
}

/** Tells hooks that a branch moved. */
export function emitPush(
  here: Here,
  actor: User,
  what: { readonly branch: string; readonly before: string | null; readonly after: string | null },
): Promise<void> {
  return here.world.hooks.emit('Push Hook', {
    object_kind: 'push',
    event_name: 'push',
    ref: `refs/heads/${what.branch}`,
    before: what.before ?? ZERO,
    after: what.after ?? ZERO,
    checkout_sha: what.after,
    user_id: actor.id,
    user_username: actor.username,
    project_id: here.project.id,
    project: projectPart(here),
    commits: [],
    total_commits_count: 1,
  });
}

/** Tells hooks of a note. */
export function emitNote(here: Here, actor: User, what: { note: Note; action: 'create' | 'update' }): Promise<void> {
  const { note, action } = what;
  const { project } = here;
  const request = note.place.kind === 'pull' ? project.mergeRequests.get(note.place.number) : undefined;
  const issue = note.place.kind === 'issue' ? project.issues.get(note.place.number) : undefined;
  return here.world.hooks.emit(note.internal ? 'Confidential Note Hook' : 'Note Hook', {
    object_kind: 'note',
    event_type: note.internal ? 'confidential_note' : 'note',
    ...around(here, actor),
    project_id: project.id,
    object_attributes: {
      id: note.id,
      note: note.body,
      description: note.body,
      author_id: note.author.id,
      noteable_type: request === undefined ? 'Issue' : 'MergeRequest',
      system: note.system,
      internal: note.internal,
      action,
      created_at: note.createdAt.toISOString(),
      updated_at: note.updatedAt.toISOString(),
    },
    ...(request === undefined ? {} : { merge_request: requestAttributes(request) }),
    ...(issue === undefined ? {} : { issue: { id: issue.id, iid: issue.iid, title: issue.title } }),
  });
}

/** Tells hooks of an issue. */
export function emitIssue(here: Here, actor: User, what: { issue: Issue; action: string }): Promise<void> {
  const { issue, action } = what;
  return here.world.hooks.emit('Issue Hook', {
    object_kind: 'issue',
    ...around(here, actor),
    object_attributes: { id: issue.id, iid: issue.iid, title: issue.title, state: issue.state, action },
  });
}

function around(here: Here, actor: User): object {
  return { user: userBody(here.world, actor), project: projectPart(here) };
}

function projectPart({ world, project }: Here): object {
  const web = `${world.origin}/${project.fullName}`;
  return {
    id: project.id,
    name: project.name,
    path_with_namespace: project.fullName,
    default_branch: project.defaultBranch,
    web_url: web,
    git_http_url: `${web}.git`,
  };
}

function requestAttributes(request: MergeRequest): object {
  return {
    id: request.id,
    iid: request.iid,
    title: request.title,
    description: request.description,
    state: request.state,
    draft: request.draft,
    source_branch: request.sourceBranch,
    target_branch: request.targetBranch,
    source_project_id: request.sourceProject.id,
    author_id: request.author.id,
    merge_commit_sha: request.mergeCommitSha,
    last_commit: { id: request.headSha },
  };
}
