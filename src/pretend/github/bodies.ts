import type { FileChange } from './git-repository.ts';
import {
  type AppFacts,
  type CheckRun,
  type PullRequest,
  type Repository,
  type User,
  userOf,
  type World,
} from './state.ts';

type Body = Record<string, unknown>;

/** What the state says of a thing, in GitHub's words. Fields the description demands beyond these are filled in later. */
export function userBody(world: World, user: User): Body {
  const url = `${world.origin}/api/v3/users/${user.login}`;
  return { login: user.login, id: user.id, type: user.type, url, html_url: `${world.origin}/${user.login}` };
}

export function repositoryBody(world: World, repository: Repository): Body {
  const web = `${world.origin}/${repository.fullName}`;
  return {
    id: repository.id,
    name: repository.name,
    full_name: repository.fullName,
    owner: userBody(world, userOf(world, repository.owner)),
    private: repository.isPrivate,
    archived: repository.isArchived,
    visibility: repository.isPrivate ? 'private' : 'public',
    html_url: web,
    url: apiUrl(world, repository),
    clone_url: `${web}.git`,
    default_branch: repository.defaultBranch,
  };
}

export function pullBody(world: World, repository: Repository, pull: PullRequest): Body {
  return {
    ...pullListBody(world, repository, pull),
    merged: pull.mergedAt !== null,
    mergeable: pull.mergedAt === null ? pull.isMergeable : null,
    mergeable_state: pull.isMergeable ? 'clean' : 'dirty',
    merged_by: pull.mergedBy === null ? null : userBody(world, pull.mergedBy),
  };
}

/** A pull as lists show it: without `merged` and `mergeable`. */
export function pullListBody(world: World, repository: Repository, pull: PullRequest): Body {
  const { headSha, baseSha } = pull;
  return {
    id: pull.id,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    labels: pull.labels.map(labelBody),
    state: pull.state,
    draft: pull.draft,
    user: userBody(world, pull.author),
    head: { ref: pull.headRef, sha: headSha, label: `x:${pull.headRef}`, ...headSide(world, repository, pull) },
    base: { ref: pull.baseRef, sha: baseSha, label: `x:${pull.baseRef}`, repo: repositoryBody(world, repository) },
    merge_commit_sha: pull.mergeSha,
    merged_at: pull.mergedAt?.toISOString() ?? null,
    created_at: pull.createdAt.toISOString(),
    updated_at: pull.updatedAt.toISOString(),
    html_url: `${world.origin}/${repository.fullName}/pull/${pull.number}`,
  };
}

/** A label, which GitHub makes on first mention. */
export function labelBody(name: string): Body {
  return { name, color: 'ededed', default: false, description: '' };
}

/** A fork is another repository: its id and owner differ. */
function headSide(world: World, repository: Repository, pull: PullRequest): Body {
  const own = repositoryBody(world, repository);
  const user = userBody(world, pull.author);
  if (!pull.fork) return { repo: own, user };
  const fullName = `${pull.author.login}/${repository.name}`;
  return { repo: { ...own, id: repository.id + 1_000_000, full_name: fullName, owner: user, fork: true }, user };
}

export function fileBody(world: World, repository: Repository, file: FileChange): Body {
  const url = `${apiUrl(world, repository)}/contents/${file.filename}`;
  const previous = file.previous === null ? {} : { previous_filename: file.previous };
  return { filename: file.filename, status: file.status, contents_url: url, sha: '0'.repeat(40), ...previous };
}

export function checkRunBody(world: World, repository: Repository, run: CheckRun): Body {
  const url = `${apiUrl(world, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt.toISOString(),
    completed_at: run.completedAt?.toISOString() ?? null,
    url,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    app: run.byApp ? appBody(world, world.app) : null,
  };
}

export function appBody(world: World, app: AppFacts): Body {
  return {
    id: app.id,
    slug: app.slug,
    name: app.name,
    owner: userBody(world, userOf(world, app.owner)),
    html_url: `${world.origin}/apps/${app.slug}`,
    permissions: app.permissions,
    events: app.events,
  };
}

export function installationBody(world: World, repository: Repository): Body {
  const { app, origin } = world;
  return {
    id: repository.installation,
    account: userBody(world, userOf(world, repository.owner)),
    app_id: app.id,
    app_slug: app.slug,
    permissions: app.permissions,
    events: app.events,
    repository_selection: 'selected',
    html_url: `${origin}/settings/installations/${repository.installation}`,
  };
}

/** Where the API keeps a repository. */
export function apiUrl(world: World, repository: Repository): string {
  return `${world.origin}/api/v3/repos/${repository.fullName}`;
}
