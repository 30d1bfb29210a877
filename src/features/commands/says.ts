import { accepted, refused } from '../../gitops/report/answers.ts';
import type { CommandAction, CommandFacts } from './command.ts';

/** It is not done: why. Comes alone. */
export function refuse(facts: Pick<CommandFacts, 'command'>, why: string): readonly CommandAction[] {
  return [{ kind: 'refuse', text: refused(facts.command, why) }];
}

/** It is done: what follows. */
export function answer(facts: Pick<CommandFacts, 'command'>, what: string): CommandAction {
  return { kind: 'answer', text: accepted(facts.command, what) };
}

/** Jobs to be queued. */
export function enqueue(
  ...jobs: readonly Extract<CommandAction, { kind: 'enqueue' }>['queued'][]
): readonly CommandAction[] {
  return jobs.map((queued) => ({ kind: 'enqueue', queued }));
}
