import type { QueuedJob } from '../model/jobs.ts';
import {
  beginJob,
  branchJob,
  branchSweepJob,
  commandJob,
  endedJob,
  mergedJob,
  pullJob,
  pullMergedJob,
  sweepJob,
} from '../model/queued.ts';
import { repoKey } from '../model/repo.ts';
import type { ForgeEvent } from '../world/forge/receiver.ts';

/** What an event means as work: a pull is reviewed, a branch that moved is deployed and compared, a comment is obeyed. Pure. */
export function routeEvent(event: ForgeEvent): readonly QueuedJob[] {
  const { repo } = event;
  switch (event.kind) {
    case 'pull-changed':
      return [beginJob(repo, event.pull, { head: event.head, before: event.before ?? null })];
    case 'pull-merged':
      return [pullMergedJob(repo, event.branch, event.pull), endedJob(repo, event.pull)];
    case 'branch-moved': {
      const { branch } = event;
      return [branchJob(repo, branch), mergedJob(repo, branch, event.before), branchSweepJob(repo, branch)];
    }
    case 'group-changed': {
      const { kind: _kind, ...group } = event;
      const key = `group:${repoKey(repo)}:${event.head}`;
      return [{ job: { kind: 'group', payload: group }, key, replace: true, runAt: null }];
    }
    case 'check-rerequested': {
      const { head } = event;
      const check = { job: { kind: 'check', payload: { repo, head } }, key: `check:${repoKey(repo)}:${head}` } as const;
      return [{ ...check, replace: true, runAt: null }];
    }
    case 'comment-created':
      return [commandJob(repo, event)];
    case 'repo-seen':
      return event.isBack ? [sweepJob(repo)] : [];
    case 'pull-closed':
      // The review ends what its check says of a pull that is open no more.
      return [endedJob(repo, event.pull), pullJob(repo, event.pull, 'pull')];
    default:
      return event satisfies never;
  }
}

/**
 * Of jobs that are added at once, those that the queue would hold in the end: of two with one kind and key the later one takes the
 * place of the other, or is not added. Jobs for a later time are left to the queue. Pure.
 */
export function lastingJobs(jobs: readonly QueuedJob[]): ReadonlySet<QueuedJob> {
  const lasting = new Map<string | QueuedJob, QueuedJob>();
  for (const queued of jobs) {
    const { job, key, replace, runAt } = queued;
    const place = runAt === null ? `${job.kind} ${key}` : queued;
    if (replace !== false || !lasting.has(place)) lasting.set(place, queued);
  }
  return new Set(lasting.values());
}
