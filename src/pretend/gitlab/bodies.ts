import type { FileChange } from '../github/git-repository.ts';
import type {
  Award,
  Deployment,
  Here,
  Issue,
  MergeRequest,
  Note,
  Pipeline,
  Project,
  Status,
  User,
  World,
} from './state.ts';

type Body = Record<string, unknown>;

/** What the state says of a thing, in GitLab's words. */
export function userBody(world: World, user: User): Body {
  const { id, username, state } = user;
  return { id, username, name: username, state, web_url: `${world.origin}/${username}` };
}

export function memberBody(world: World, user: User, level: number): Body {
  return { ...userBody(world, user), access_level: level, expires_at: null };
}

export function projectBody({ world, project }: Here): Body {
  const settings = { only_allow_merge_if_pipeline_succeeds: project.mustPipelinesSucceed };
  return {
    id: project.id,
    name: project.name,
    path_with_namespace: project.fullName,
    default_branch: project.defaultBranch,
    visibility: project.isPrivate ? 'private' : 'public',
    web_url: `${world.origin}/${project.fullName}`,
    http_url_to_repo: `${world.origin}/${project.fullName}.git`,
    ...(project.showsSettings ? settings : {}),
  };
}

export function branchBody(project: Project, name: string, sha: string): Body {
  const isProtected = project.protectedBranches.has(name);
  return { name, commit: { id: sha }, protected: isProtected, default: name === project.defaultBranch };
}

/** A merge request as lists show it: without `diff_refs` and `changes_count`. */
export function mergeRequestListBody({ world, project }: Here, request: MergeRequest): Body {
  return {
    id: request.id,
    iid: request.iid,
    project_id: project.id,
    source_project_id: request.sourceProject.id,
    target_project_id: project.id,
    title: request.title,
    description: request.description,
    state: request.state,
    draft: request.draft,
    author: userBody(world, request.author),
    source_branch: request.sourceBranch,
    target_branch: request.targetBranch,
    sha: request.headSha,
    merge_status: request.mergeStatus,
    has_conflicts: request.mergeStatus === 'cannot_be_merged',
    merge_commit_sha: request.mergeCommitSha,
    squash_commit_sha: request.squashCommitSha,
    merge_user: request.mergeUser === null ? null : userBody(world, request.mergeUser),
    merged_at: request.mergedAt?.toISOString() ?? null,
    created_at: request.createdAt.toISOString(),
    updated_at: request.updatedAt.toISOString(),
    labels: request.labels,
    web_url: `${world.origin}/${project.fullName}/-/merge_requests/${request.iid}`,
  };
}

export function mergeRequestBody(here: Here, request: MergeRequest, changes: number): Body {
  return {
    ...mergeRequestListBody(here, request),
    // GitLab counts to a thousand.
    changes_count: changes > 1000 ? '1000+' : String(changes),
    diff_refs: { base_sha: request.startSha, start_sha: request.startSha, head_sha: request.headSha },
  };
}

export function diffBody(file: FileChange): Body {
  return {
    old_path: file.previous ?? file.filename,
    new_path: file.filename,
    new_file: file.status === 'added',
    deleted_file: file.status === 'removed',
    renamed_file: file.status === 'renamed',
    diff: '',
  };
}

export function noteBody({ world, project }: Here, note: Note): Body {
  const isPull = note.place.kind === 'pull';
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: userBody(world, note.author),
    system: note.system,
    internal: note.internal,
    confidential: note.internal,
    noteable_type: isPull ? 'MergeRequest' : 'Issue',
    noteable_iid: note.place.number,
    project_id: project.id,
    created_at: note.createdAt.toISOString(),
    updated_at: note.updatedAt.toISOString(),
  };
}

export function awardBody(world: World, award: Award): Body {
  return {
    id: award.id,
    name: award.name,
    user: userBody(world, award.user),
    created_at: award.createdAt.toISOString(),
  };
}

export function issueBody({ world, project }: Here, issue: Issue): Body {
  return {
    id: issue.id,
    iid: issue.iid,
    project_id: project.id,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    author: userBody(world, issue.author),
    created_at: issue.createdAt.toISOString(),
    updated_at: issue.updatedAt.toISOString(),
    web_url: `${world.origin}/${project.fullName}/-/issues/${issue.iid}`,
  };
}

export function pipelineBody(project: Project, pipeline: Pipeline): Body {
  const { id, sha, ref, source, status } = pipeline;
  return { id, project_id: project.id, sha, ref, source, status };
}

export function statusBody(world: World, status: Status): Body {
  return {
    id: status.id,
    sha: status.sha,
    ref: status.ref,
    status: status.state,
    name: status.name,
    description: status.description,
    target_url: null,
    allow_failure: false,
    pipeline_id: status.pipeline,
    author: userBody(world, status.author),
    created_at: status.createdAt.toISOString(),
  };
}

export function deploymentBody(world: World, deployment: Deployment): Body {
  return {
    id: deployment.id,
    ref: deployment.ref,
    sha: deployment.sha,
    status: deployment.status,
    user: userBody(world, deployment.user),
    environment: { name: deployment.environment },
    created_at: deployment.createdAt.toISOString(),
    updated_at: deployment.updatedAt.toISOString(),
  };
}
