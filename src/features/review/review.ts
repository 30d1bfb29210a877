import type { Finding } from '../../model/finding.ts';
import type { PlanTarget } from '../../model/plan.ts';
import type { Review } from '../../model/review.ts';
import { decide } from './decide.ts';
import { type Facts, type GatheredUser, gather } from './gather.ts';
import { joinUsers, type UserReview } from './join-users.ts';
import { planTargets } from './plan.ts';
import { previewApplications, previewFindings } from './preview-settings.ts';
import type { ReviewRequest, ReviewTools, UnreadUser } from './request.ts';

/** Reviews the merge of a head and its base: gather what the world says, then decide. Writes nothing anywhere. */
export async function review(request: ReviewRequest, tools: ReviewTools, signal: AbortSignal): Promise<Review> {
  return (await reviewToPlan(request, tools, signal)).review;
}

/** A review and what a deploy of it is held to. */
export async function reviewToPlan(
  request: ReviewRequest,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<{ readonly review: Review; readonly targets: readonly PlanTarget[] }> {
  const { own, users } = await gather(request, tools, signal);
  const targets = planTargets(own.targets);
  const { rulings } = request;
  const others = (await request.alsoOpen?.(targets)) ?? [];
  const preview = await previewOf(request, own, tools, signal);
  const decided = decide(own, { ...rulings, findings: [...rulings.findings, ...others, ...preview] });
  // What others deploy is carried out where it is declared.
  return { review: joinUsers(decided, users.map(decideUser)), targets };
}

/** What the settings that a pull proposes would make of it. Nothing else rests on them. */
async function previewOf(
  request: ReviewRequest,
  own: Facts,
  tools: ReviewTools,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { proposed, rulings, merged, baseTree: base, changedFiles, origin, settings } = request;
  if (proposed === undefined || merged.kind === 'conflict') return [];
  const question = { base, head: merged.tree, changedFiles, origin };
  const [now, later] = await Promise.all(
    [settings, proposed].map((one) => tools.affected({ ...question, settings: one }, signal)),
  );
  const rules = proposed.policy.rules;
  return [
    ...previewApplications(now?.applications ?? [], later?.applications ?? []),
    ...previewFindings({ now: decide(own, rulings), proposed: decide(own, { ...rulings, rules }) }),
  ];
}

function decideUser(user: GatheredUser): UserReview | UnreadUser {
  if (user.kind === 'unread') return user;
  const { name, lender, facts, request } = user;
  return { kind: 'reviewed', name, lender, review: decide(facts, request.rulings) };
}
