import { type Deployment, isAsked } from '../../model/deployment.ts';
import { deployJob, tellJob } from '../../model/queued.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { Pull } from '../../world/forge/forge.ts';
import type { DeployTools } from './tools.ts';

/** What the merge of a pull is to a deployment. */
export function triggerOf({ head }: Pick<Pull, 'head'>): 'merge' | 'revert' {
  return head.ref.startsWith('fairlead/revert-') ? 'revert' : 'merge';
}

/**
 * Makes a merged pull known to deployments that wait with its merge and were taken for a push: forges tell of the push before they
 * list the pull for its commit. May run twice.
 */
export async function joinPull(repo: RepoRef, number: number, tools: DeployTools, signal: AbortSignal): Promise<void> {
  const port = await tools.forge(repo.forge).repo(repo);
  const pull = await port.pull(number);
  if (pull.state !== 'merged' || pull.mergeSha === null) return;
  const found = await tools.store.deployments.find({ repo, states: ['accepted', 'waiting'], limit: 1_000 });
  const open = found.filter((one) => !isAsked(one) && one.branch === pull.base.ref && !one.pulls.includes(number));
  if (open.length === 0) return;
  const files = await port.changedFiles(number);
  for (const deployment of open)
    if (await isLacking(deployment, { number, merge: pull.mergeSha, files }, tools, signal))
      await join(deployment, pull, tools);
}

/** Whether a deployment brings a merge to its target for the first time. */
async function isLacking(
  { repo, target, application, environment, commit, previous }: Deployment,
  { number, merge, files }: { readonly number: number; readonly merge: string; readonly files: readonly string[] },
  tools: DeployTools,
  signal: AbortSignal,
): Promise<boolean> {
  const repository = await tools.mirror(repo);
  if (!(await repository.isAncestor(merge, commit, signal))) return false;
  if (previous !== null && (await repository.isAncestor(merge, previous, signal))) return false;
  if ((await tools.store.deployments.find({ repo, target, pull: number, limit: 1 })).length > 0) return false;
  const { settings } = await tools.settings(repo, signal);
  const where = { tree: await repository.tree(commit, signal), repo, branch: null };
  const { reached } = await tools.applications(where, settings, signal);
  return reached(files).some((one) => one.name === application && one.environment === environment);
}

/** The pull of its own commit is its newest, and says what asked for it; any other came before. */
async function join(deployment: Deployment, pull: Pull, { store, queue }: DeployTools): Promise<void> {
  const { id, repo, pulls, actor, commit } = deployment;
  const change =
    commit === pull.mergeSha
      ? { pulls: [...pulls, pull.number], trigger: triggerOf(pull), actor: pull.mergedBy ?? actor }
      : { pulls: [pull.number, ...pulls] };
  await store.transaction(async (tx) => {
    if (!(await store.deployments.update(tx, id, change, ['accepted', 'waiting']))) return;
    const data = { pull: pull.number, target: deployment.target };
    await store.audit.append(tx, { actor: 'fairlead', action: 'deploy-pull-joined', subject: id, data });
    for (const next of [deployJob(id), tellJob(repo, pull.number)]) await queue.add(tx, next.job, next);
  });
}
