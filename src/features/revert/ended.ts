import { mendedText } from '../../gitops/report/revert.ts';
import { type Deployment, isLater } from '../../model/deployment.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { tellJob } from '../../model/queued.ts';
import type { RevertTools } from './tools.ts';

/** A revert that was closed or merged is not open any more: the failures that name it are told again. May run twice. */
export async function tellReverted(
  { repo, pull }: JobPayloads['ended'],
  { store, queue }: Pick<RevertTools, 'store' | 'queue'>,
): Promise<void> {
  const failed = await store.deployments.find({ repo, states: ['failed'], limit: 200 });
  const told = new Set(failed.flatMap(({ pulls, revertPull }) => (revertPull === pull ? pulls : [])));
  if (told.size === 0) return;
  await store.transaction(async (tx) => {
    for (const next of [...told].map((number) => tellJob(repo, number))) await queue.add(tx, next.job, next);
  });
}

/**
 * Closes an open revert once nothing is left for it to mend: wherever it was opened for, a later deployment that holds the failed
 * commit (a retry, a fix, a revert by hand) is healthy. Left open it would keep later failures from theirs. May run twice.
 */
export async function closeMended(
  { repo, revertPull }: Deployment,
  tools: RevertTools,
  signal: AbortSignal,
): Promise<void> {
  if (revertPull === null) return;
  const { store } = tools;
  const failed = await store.deployments.find({ repo, states: ['failed'], limit: 200 });
  const named = failed.filter((one) => one.revertPull === revertPull);
  const healthy = await Promise.all(named.map((one) => mendedBy(one, tools, signal)));
  const mended = healthy.flatMap((one) => one ?? []);
  if (mended.length < named.length || mended.length === 0) return;
  const port = await tools.forge(repo.forge).repo(repo);
  if ((await port.pull(revertPull)).state !== 'open') return;
  await port.closePull(revertPull, tools.redact(mendedText(mended)));
  const data = { pull: revertPull, by: mended.map(({ id }) => id) };
  const subject = named[0]?.id ?? '';
  await store.audit.append(null, { actor: 'fairlead', action: 'revert-closed', subject, data });
}

/** A later deployment of the target that is healthy with the failed commit in it; null when there is none. */
async function mendedBy(
  failed: Deployment,
  { store, mirror }: RevertTools,
  signal: AbortSignal,
): Promise<Deployment | null> {
  const { repo, target, commit } = failed;
  const repository = await mirror(repo);
  for (const one of await store.deployments.find({ repo, target, states: ['healthy'], limit: 20 })) {
    if (isLater(one, failed) && (await repository.isAncestor(commit, one.commit, signal))) return one;
  }
  return null;
}
