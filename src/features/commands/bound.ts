import { closedUnmerged, notReviewed, onlyOpen, pushedAfter } from '../../gitops/report/command-phrases.ts';
import type { Plan } from '../../model/plan.ts';
import type { Pull } from '../../world/forge/forge.ts';
import type { CommandFacts } from './command.ts';

/** What a command was said about, or why that cannot be told. */
export type Bound =
  | { readonly ok: true; readonly pull: Pull; readonly head: string; readonly plan: Plan | null }
  | { readonly ok: false; readonly why: string };

/**
 * The head a command was typed for. While the pull is open that is the head whose plan was shown there when the comment was written:
 * a push in between makes it another. A head that is merged does not move; a comment from before the merge is held to its plan too.
 */
export function boundHead(facts: Pick<CommandFacts, 'pull' | 'plan' | 'askedAt'>): Bound {
  const { pull, plan, askedAt } = facts;
  if (pull === null) return { ok: false, why: onlyOpen() };
  if (pull.state === 'closed') return { ok: false, why: closedUnmerged() };
  const isShown = plan !== null && plan.head === pull.head.sha && isBefore(plan.shownAt, askedAt);
  if (isShown) return { ok: true, pull, head: pull.head.sha, plan };
  const isFixed = isBefore(pull.mergedAt, askedAt);
  if (isFixed) return { ok: true, pull, head: pull.head.sha, plan: null };
  return { ok: false, why: plan === null ? notReviewed() : pushedAfter() };
}

function isBefore(moment: string | null, askedAt: string): boolean {
  return moment !== null && Date.parse(moment) <= Date.parse(askedAt);
}

/** The same for what makes sense only before a merge. */
export function boundOpenHead(facts: Pick<CommandFacts, 'pull' | 'plan' | 'askedAt'>): Bound {
  return facts.pull?.state === 'open' ? boundHead(facts) : { ok: false, why: onlyOpen() };
}
