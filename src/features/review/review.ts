import type { Review } from '../../model/review.ts';
import { decide } from './decide.ts';
import { gather } from './gather.ts';
import type { ReviewRequest, ReviewTools } from './request.ts';

/** Reviews the merge of a head and its base: gather what the world says, then decide. Writes nothing anywhere. */
export async function review(request: ReviewRequest, tools: ReviewTools, signal: AbortSignal): Promise<Review> {
  return decide(await gather(request, tools, signal));
}
