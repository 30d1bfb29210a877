import type { ForgeEvent, RepoRef } from '../../world/forge/forge.ts';
import type { Queue } from '../../world/store/queue.ts';
import { type PullJob, type PullTools, reviewPull } from './pull.ts';

/** Most pulls looked at again when their base branch moves. */
const pullsPerBranch = 500;

/**
 * Turns an event into jobs on the queue and returns; nothing is read while the forge waits. Wanted: pulls that changed, branches
 * that moved (open pulls into them may be outdated), checks that someone asked to run again.
 */
export function routeEvent(event: ForgeEvent, queue: Queue): void {
  const payload = { repo: event.repo };
  switch (event.kind) {
    case 'pull-changed':
      queue.add(pullJob({ repo: event.repo, pull: event.pull, reason: 'pull' }), {
        key: pullKey(event.repo, event.pull),
        replace: true,
      });
      return;
    case 'branch-moved':
      queue.add(
        { kind: 'branch', payload: { ...payload, branch: event.branch } },
        { key: `branch:${event.repo.id}:${event.branch}`, replace: true },
      );
      return;
    case 'check-rerequested':
      queue.add(
        { kind: 'check', payload: { ...payload, head: event.head } },
        { key: `check:${event.repo.id}:${event.head}`, replace: true },
      );
      return;
    case 'pull-closed':
      return;
    default:
      event satisfies never;
  }
}

/** Does the jobs that events become. `onReviewed` is told of every review, for logs and figures. */
export function workReviews(
  queue: Queue,
  tools: PullTools,
  onReviewed: (job: PullJob, verdict: string | null, milliseconds: number) => void,
): void {
  queue.work('review', async (job, signal) => {
    const pull = job.payload as unknown as PullJob; // written by pullJob below
    const started = tools.review.now().getTime();
    const result = await reviewPull(pull, tools, signal);
    onReviewed(pull, result?.verdict ?? null, tools.review.now().getTime() - started);
  });
  queue.work('branch', async (job) => {
    const { repo, branch } = job.payload as unknown as { repo: RepoRef; branch: string }; // written by routeEvent
    const port = await tools.forge.repo(repo);
    const pulls = (await port.openPulls(null)).filter((pull) => pull.base.ref === branch).slice(0, pullsPerBranch);
    // Never in place of a waiting review of the pull itself: that one reads the new base anyway.
    for (const pull of pulls)
      queue.add(pullJob({ repo, pull: pull.number, reason: 'base' }), {
        key: pullKey(repo, pull.number),
        replace: false,
      });
  });
  queue.work('check', async (job) => {
    const { repo, head } = job.payload as unknown as { repo: RepoRef; head: string }; // written by routeEvent
    const port = await tools.forge.repo(repo);
    const pulls = (await port.openPulls(null)).filter((pull) => pull.head.sha === head);
    for (const pull of pulls)
      queue.add(pullJob({ repo, pull: pull.number, reason: 'pull' }), {
        key: pullKey(repo, pull.number),
        replace: true,
      });
  });
}

function pullJob(job: PullJob): { readonly kind: string; readonly payload: Readonly<Record<string, unknown>> } {
  return { kind: 'review', payload: { ...job } };
}

function pullKey(repo: RepoRef, pull: number): string {
  return `review:${repo.id}#${pull}`;
}
