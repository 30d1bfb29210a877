import { emitIssue } from './payloads.ts';
import type { Here, Issue, User } from './state.ts';
import { runQuickActions } from './text-actions.ts';

/** Opens an issue. */
export async function openIssue(
  here: Here,
  author: User,
  spec: { readonly title: string; readonly description: string },
): Promise<Issue> {
  const { world, project } = here;
  const at = world.now();
  const issue: Issue = {
    id: world.nextId(),
    iid: project.issues.size + 1,
    author,
    title: spec.title,
    description: runQuickActions(here, author, spec.description).text,
    state: 'opened',
    createdAt: at,
    updatedAt: at,
  };
  project.issues.set(issue.iid, issue);
  await emitIssue(here, author, { issue, action: 'open' });
  return issue;
}

/** Changes an issue. */
export async function editIssue(
  here: Here,
  actor: User,
  what: {
    readonly issue: Issue;
    readonly title?: string;
    readonly description?: string;
    readonly state?: Issue['state'];
  },
): Promise<void> {
  const { issue, title = issue.title, state = issue.state } = what;
  const given = what.description;
  const description = given === undefined ? issue.description : runQuickActions(here, actor, given).text;
  const isMoved = state !== issue.state;
  Object.assign(issue, { title, description, state, updatedAt: here.world.now() });
  await emitIssue(here, actor, { issue, action: isMoved ? (state === 'closed' ? 'close' : 'reopen') : 'update' });
}
