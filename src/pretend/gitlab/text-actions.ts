import { type ExecutedAction, extractQuickActions } from './quick-actions.ts';
import type { Here, User } from './state.ts';

/** What is saved of a text that somebody wrote: GitLab carries its quick actions out with the writer's rights. */
export function runQuickActions({ world }: Here, actor: User, text: string): { text: string; ran: ExecutedAction[] } {
  const { text: rest, actions } = extractQuickActions(text);
  const ran = actions.map(({ name, argument }) => ({ user: actor.username, name, argument }));
  world.executed.push(...ran);
  return { text: rest, ran };
}
