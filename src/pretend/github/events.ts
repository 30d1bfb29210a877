import { pullBody, repositoryBody, userBody } from './bodies.ts';
import { commentBody, issueBody } from './issue-bodies.ts';
import type { Comment, Issue, Place, PullRequest, User } from './state.ts';

/** Sends a webhook as GitHub would: only where the app subscribed to the event. */
export function emit(place: Place, sender: User, event: string, payload: object): Promise<void> {
  const { world, repository } = place;
  if (!world.app.events.includes(event)) return Promise.resolve();
  return world.hooks.emit(event, {
    ...payload,
    repository: world.contract.completeSchema('repository', repositoryBody(world, repository)),
    installation: { id: repository.installation, node_id: '' },
    sender: world.contract.completeSchema('simple-user', userBody(world, sender)),
  });
}

/** A `pull_request` event of an action. */
export function emitPull(
  place: Place,
  sender: User,
  what: { readonly pull: PullRequest; readonly action: string; readonly extra?: object },
): Promise<void> {
  const { world, repository } = place;
  const body = world.contract.completeSchema('pull-request', pullBody(world, repository, what.pull));
  const payload = { action: what.action, number: what.pull.number, pull_request: body, ...what.extra };
  return emit(place, sender, 'pull_request', payload);
}

/** An `issue_comment` event, which pulls and issues share. */
export function emitComment(
  place: Place,
  sender: User,
  what: { readonly comment: Comment; readonly action: string; readonly extra?: object },
): Promise<void> {
  const { world, repository } = place;
  const { contract } = world;
  const { comment, action, extra } = what;
  const thread = threadOf(place, comment.issue);
  return emit(place, sender, 'issue_comment', {
    action,
    issue: contract.completeSchema('issue', issueBody(world, repository, thread)),
    comment: contract.completeSchema('issue-comment', commentBody(world, repository, comment)),
    ...extra,
  });
}

function threadOf({ repository }: Place, number: number): Issue | PullRequest {
  const thread = repository.pulls.get(number) ?? repository.issues.get(number);
  if (thread === undefined) throw new Error(`${repository.fullName} has neither pull nor issue ${number}`);
  return thread;
}
