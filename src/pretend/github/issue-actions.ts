import { emit, emitComment } from './events.ts';
import { issueBody } from './issue-bodies.ts';
import type { Comment, Issue, Place, PullRequest, Reaction, Repository, User } from './state.ts';

/** Who does something, and whether an app does it for them. */
export interface Actor {
  readonly user: User;
  readonly byApp: boolean;
}

/** Pulls and issues are numbered in one row. */
export function nextNumber(repository: Repository): number {
  return repository.pulls.size + repository.issues.size + 1;
}

/** Opens an issue. */
export async function openIssue(place: Place, actor: Actor, spec: { title: string; body: string }): Promise<Issue> {
  const { repository, world } = place;
  const at = world.now();
  const facts = { id: world.nextId(), number: nextNumber(repository), author: actor.user, byApp: actor.byApp };
  const issue: Issue = { ...facts, ...spec, labels: [], state: 'open', createdAt: at, updatedAt: at };
  repository.issues.set(issue.number, issue);
  await emitIssue(place, actor.user, issue, 'opened');
  return issue;
}

/** Changes title, body or state of an issue. */
export async function editIssue(
  place: Place,
  actor: Actor,
  changes: { issue: Issue; title?: string; body?: string; state?: 'open' | 'closed' },
): Promise<void> {
  const { issue, title = issue.title, body = issue.body, state = issue.state } = changes;
  const action = state === issue.state ? 'edited' : state === 'closed' ? 'closed' : 'reopened';
  Object.assign(issue, { title, body, state, updatedAt: place.world.now() });
  await emitIssue(place, actor.user, issue, action);
}

/** Writes a comment on a pull or issue. */
export async function addComment(place: Place, actor: Actor, spec: { issue: number; body: string }): Promise<Comment> {
  const { repository, world } = place;
  const { issue, body } = spec;
  const at = world.now();
  const facts = { id: world.nextId(), issue, author: actor.user, byApp: actor.byApp, createdAt: at, updatedAt: at };
  const comment: Comment = { ...facts, body, history: [body], reactions: [], deleted: false };
  repository.comments.set(comment.id, comment);
  await emitComment(place, actor.user, { comment, action: 'created' });
  return comment;
}

/** Gives a comment another text. */
export async function editComment(place: Place, actor: Actor, to: { comment: Comment; body: string }): Promise<void> {
  const { comment, body } = to;
  const extra = { changes: { body: { from: comment.body } } };
  comment.body = body;
  comment.updatedAt = later(place.world.now(), comment.updatedAt);
  comment.history.push(body);
  await emitComment(place, actor.user, { comment, action: 'edited', extra });
}

/** Takes a comment away. */
export async function deleteComment(place: Place, actor: Actor, comment: Comment): Promise<void> {
  comment.deleted = true;
  await emitComment(place, actor.user, { comment, action: 'deleted' });
}

/** A user's reaction; the one that stands already is left. GitHub sends no webhook for it. */
export function react(
  { world }: Place,
  user: User,
  to: { comment: Comment; content: string },
): { reaction: Reaction; isNew: boolean } {
  const { comment, content } = to;
  const standing = comment.reactions.find((entry) => entry.user.id === user.id && entry.content === content);
  if (standing !== undefined) return { reaction: standing, isNew: false };
  const reaction = { id: world.nextId(), user, content, createdAt: world.now() };
  comment.reactions.push(reaction);
  return { reaction, isNew: true };
}

/** Labels of a pull or issue; those that stand already are left. */
export function addLabels({ world }: Place, thread: Issue | PullRequest, labels: readonly string[]): void {
  thread.labels.push(...labels.filter((label) => !thread.labels.includes(label)));
  thread.updatedAt = world.now();
}

function emitIssue(place: Place, actor: User, issue: Issue, action: string): Promise<void> {
  const { world, repository } = place;
  const body = world.contract.completeSchema('issue', issueBody(world, repository, issue));
  return emit(place, actor, 'issues', { action, issue: body });
}

/** An edit is always seen to be later than what it edits, however fast the two follow each other. */
function later(now: Date, before: Date): Date {
  return now > before ? now : new Date(before.getTime() + 1);
}
