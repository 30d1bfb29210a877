import type { JobPayloads } from '../../model/jobs.ts';
import { lookJob, resyncJob } from '../../model/queued.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import type { Forge } from '../../world/forge/forge.ts';
import { dueRepositories } from './due.ts';
import { askForMissed } from './missed.ts';
import type { ResyncTools } from './tools.ts';

/**
 * Looks at a forge without waiting for its webhooks, and again after a while, whatever comes of this look: which repositories there
 * are, which webhooks it could not bring. What is due is compared by jobs of its own. A part that fails keeps no other from its turn.
 */
export async function lookAtForge(
  { forge: name }: JobPayloads['look'],
  tools: ResyncTools,
  signal: AbortSignal,
): Promise<void> {
  const { queue, poll, now, looked } = tools;
  const next = lookJob(name, new Date(now().getTime() + poll));
  await queue.add(null, next.job, next);
  const forge = tools.forge(name);
  const listed = await attempt('list repositories', () => forge.repositories(), tools);
  const repositories = await remember(name, listed ?? [], tools);
  for (const repo of dueRepositories(repositories, looked.changes, poll)) {
    const { job, ...options } = resyncJob(repo);
    await queue.add(null, job, options);
  }
  signal.throwIfAborted();
  await attempt('switch webhooks on', () => forge.reviveHooks(), tools);
  await attempt('ask for missed webhooks', () => askForMissed(forge, tools), tools);
}

/** Keeps what is new or has another name; gives all that are known. */
async function remember(
  forge: Forge['name'],
  listed: readonly RepoRef[],
  { store }: ResyncTools,
): Promise<readonly RepoRef[]> {
  const known = new Map((await store.repos.list()).map((repo) => [repoKey(repo), repo]));
  for (const repo of listed) {
    const before = known.get(repoKey(repo));
    if (before?.fullName !== repo.fullName || before.installation !== repo.installation)
      await store.repos.see(null, repo);
    known.set(repoKey(repo), repo);
  }
  return [...known.values()].filter((repo) => repo.forge === forge);
}

async function attempt<T>(what: string, work: () => Promise<T>, { onTrouble }: ResyncTools): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    onTrouble(what, error);
    return null;
  }
}
