import { beginJob, pullJob } from '../../model/queued.ts';
import type { Review } from '../../model/review.ts';
import type { Queue } from '../../world/store/queue.ts';
import { beginReview } from './begin.ts';
import { createClassic } from './classic.ts';
import { beginGroup, reviewGroup } from './group.ts';
import { reviewPull } from './pull.ts';
import type { PullJob, PullTools } from './pull-tools.ts';
import { createQuiet, type QuietPace } from './quiet.ts';

/** Most pulls looked at again when their base branch moves. */
const pullsPerBranch = 500;

/** Does the jobs that events become. `onReviewed` is told of every review, for logs and figures. */
export function workReviews(
  queue: Queue,
  given: PullTools & { readonly quietPace?: QuietPace },
  onReviewed: (job: PullJob, review: Review | null, milliseconds: number) => void,
): void {
  const tools = { ...given, asksStatus: createClassic(given.review.now) };
  const quiet = createQuiet(given.quietPace);
  queue.work('begin', ({ payload }, signal) => beginReview(payload, { ...tools, queue, quiet }, signal));
  queue.work('review', async ({ payload }, signal) => {
    const started = tools.review.now().getTime();
    const result = await reviewPull(payload, tools, signal);
    onReviewed(payload, result, tools.review.now().getTime() - started);
  });
  queue.work('group', ({ payload }) => beginGroup(payload, queue, tools));
  queue.work('group-review', async ({ payload }, signal) => {
    await reviewGroup(payload, tools, signal);
  });
  queue.work('branch', async ({ payload: { repo, branch } }) => {
    const port = await tools.forge(repo.forge).repo(repo);
    const pulls = (await port.openPulls(null)).filter((pull) => pull.base.ref === branch).slice(0, pullsPerBranch);
    // Never in place of a waiting review of the pull itself: that one reads the new base anyway.
    for (const { number } of pulls) {
      const { job, ...options } = pullJob(repo, number, 'base');
      await queue.add(null, job, options);
    }
  });
  queue.work('check', async ({ payload: { repo, head } }) => {
    const port = await tools.forge(repo.forge).repo(repo);
    const pulls = (await port.openPulls(null)).filter((pull) => pull.head.sha === head);
    for (const { number } of pulls) {
      const { job, ...options } = beginJob(repo, number, { head: null, before: null });
      await queue.add(null, job, options);
    }
  });
}
