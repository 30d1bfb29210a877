import type { PlanTarget } from '../../model/plan.ts';
import type { Review } from '../../model/review.ts';
import { decide } from './decide.ts';
import { gather } from './gather.ts';
import { planTargets } from './plan.ts';
import type { ReviewRequest, ReviewTools } from './request.ts';

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
  const facts = await gather(request, tools, signal);
  return { review: decide(facts, request.rulings), targets: planTargets(facts.targets) };
}
