import { deployJob, mergedJob, revertJob } from '../../model/queued.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import { deployedBranches, type SettingsInForce } from '../../model/settings.ts';
import type { DriftTools } from './tools.ts';

const unfinished = ['accepted', 'waiting', 'applying', 'following', 'soaking', 'unknown'] as const;

/** Failures are looked back for as far, in milliseconds. */
const recent = 24 * 3_600_000;

/**
 * Asks again for what was begun and has no end: a job is set aside after its last try, and an event can be lost, but a deployment
 * never stands still for it, nor a failure without a word. What waits in the queue already stays.
 */
export async function wakeUnfinished(repo: RepoRef, tools: DriftTools): Promise<void> {
  const { deployments } = tools.store;
  const open = await deployments.find({ repo, states: unfinished, limit: 1_000 });
  const failed = await deployments.find({ repo, states: ['failed'], limit: 100 });
  const since = new Date(tools.now().getTime() - recent).toISOString();
  const silent = failed.filter(
    ({ revertPull, revertNote, endedAt }) => revertPull === null && revertNote === null && (endedAt ?? '') > since,
  );
  const jobs = [...open.map(({ id }) => deployJob(id)), ...silent.map(({ id }) => revertJob(id, null))];
  for (const { job, ...options } of jobs) await tools.queue.add(null, job, { ...options, replace: false });
}

/** Looks for merges whose event never came, on the branches of which merges were taken before. */
export async function wakeMerges(
  repo: RepoRef,
  { settings, branch }: SettingsInForce,
  tools: DriftTools,
): Promise<void> {
  const branches = new Set([...settings.environments.values()].map((environment) => environment.branch ?? branch));
  for (const name of branches) {
    if ((await tools.store.heads.get(repo, name)) === null) continue;
    const { job, ...options } = mergedJob(repo, name, null);
    await tools.queue.add(null, job, options);
  }
}

/** Looks for pulls whose event never came: those that were reviewed as they stand are left alone. */
export async function wakePulls(repo: RepoRef, inForce: SettingsInForce, { queue }: DriftTools): Promise<void> {
  for (const name of deployedBranches(inForce)) {
    const job = { kind: 'branch', payload: { repo, branch: name } } as const;
    await queue.add(null, job, { key: `branch:${repoKey(repo)}:${name}`, replace: true, runAt: null });
  }
}
