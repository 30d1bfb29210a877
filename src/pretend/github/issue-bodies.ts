import { apiUrl, appBody, labelBody, userBody } from './bodies.ts';
import type { Comment, Issue, PullRequest, Reaction, Repository, Review, World } from './state.ts';

type Body = Record<string, unknown>;

/** An issue or, as GitHub keeps them in one row, a pull seen as one. */
export function issueBody(world: World, repository: Repository, issue: Issue | PullRequest): Body {
  const isPull = 'headRef' in issue;
  const web = `${world.origin}/${repository.fullName}/${isPull ? 'pull' : 'issues'}/${issue.number}`;
  return {
    id: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    labels: issue.labels.map(labelBody),
    user: userBody(world, issue.author),
    html_url: web,
    url: `${apiUrl(world, repository)}/issues/${issue.number}`,
    created_at: issue.createdAt.toISOString(),
    updated_at: issue.updatedAt.toISOString(),
    closed_at: issue.state === 'closed' ? issue.updatedAt.toISOString() : null,
    ...(isPull ? { pull_request: pullLinks(world, repository, issue) } : {}),
  };
}

function pullLinks(world: World, repository: Repository, pull: PullRequest): Body {
  const web = `${world.origin}/${repository.fullName}/pull/${pull.number}`;
  return {
    url: `${apiUrl(world, repository)}/pulls/${pull.number}`,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    merged_at: pull.mergedAt?.toISOString() ?? null,
  };
}

export function commentBody(world: World, repository: Repository, comment: Comment): Body {
  const kind = repository.pulls.has(comment.issue) ? 'pull' : 'issues';
  return {
    id: comment.id,
    body: comment.body,
    user: userBody(world, comment.author),
    url: `${apiUrl(world, repository)}/issues/comments/${comment.id}`,
    html_url: `${world.origin}/${repository.fullName}/${kind}/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl(world, repository)}/issues/${comment.issue}`,
    created_at: comment.createdAt.toISOString(),
    updated_at: comment.updatedAt.toISOString(),
    performed_via_github_app: comment.byApp ? appBody(world, world.app) : null,
  };
}

export function reactionBody(world: World, { id, content, user, createdAt }: Reaction): Body {
  return { id, content, user: userBody(world, user), created_at: createdAt.toISOString() };
}

export function reviewBody(world: World, repository: Repository, review: Review): Body {
  const web = `${world.origin}/${repository.fullName}/pull/${review.pull}`;
  return {
    id: review.id,
    user: userBody(world, review.user),
    body: '',
    state: review.state,
    commit_id: review.commitId,
    submitted_at: review.submittedAt.toISOString(),
    html_url: `${web}#pullrequestreview-${review.id}`,
    pull_request_url: `${apiUrl(world, repository)}/pulls/${review.pull}`,
  };
}
