import { blockedSinceText } from '../../gitops/report/blocked-since.ts';
import type { Review } from '../../model/review.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Pull, RepoPort } from '../../world/forge/forge.ts';
import type { PullTools } from './pull-tools.ts';

const key = 'blocked-since';

/**
 * Says in a comment of its own that a pull is blocked since somebody approved it: the sticky comment is only edited, which notifies
 * nobody. It goes once the pull is not blocked. `before` is what people saw last; null when they saw nothing, and the review itself is new.
 */
export async function tellApprovers(
  { verdict, findings }: Pick<Review, 'verdict' | 'findings'>,
  of: { readonly pull: Pull; readonly port: RepoPort; readonly before: Verdict | null },
  { redact }: Pick<PullTools, 'redact'>,
): Promise<void> {
  const { pull, port, before } = of;
  if (before === null || (verdict === 'blocked') === (before === 'blocked')) return;
  if (verdict !== 'blocked') return port.retireComment(pull.number, key);
  const approvers = (await port.approvals(pull.number)).map(({ user }) => user);
  if (approvers.length === 0) return;
  const blockers = findings.filter(({ severity }) => severity === 'block');
  const text = blockedSinceText({ head: pull.head.sha, approvers, blockers, mask: redact });
  await port.ensureComment(pull.number, key, redact(text), null);
}
