import { deployComment } from '../../gitops/report/deploy.ts';
import { newestByTarget } from '../../gitops/report/deployment-words.ts';
import { type FailureView, failureComment } from '../../gitops/report/failure.ts';
import type { Deployment, DeploymentState } from '../../model/deployment.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { repoKey } from '../../model/repo.ts';
import { tryAll } from '../../tools/try-all.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import type { DeployTools } from './tools.ts';

/** Key of the deploy comment. */
export const deployCommentKey = 'deploy';

/**
 * Writes what stands of a pull's deployments: the one deploy comment, a comment of its own for each failure (so that people are
 * told), and the forge's own deployments. Everything is found again and edited in place: it may run twice.
 */
export async function tellPull(
  { repo, pull }: JobPayloads['tell'],
  tools: DeployTools,
  signal: AbortSignal,
): Promise<void> {
  const all = await tools.store.deployments.find({ repo, pull, limit: 200 });
  if (all.length === 0) return;
  const forge = tools.forge(repo.forge);
  const port = await forge.repo(repo);
  const { settings, problem } = await tools.settings(repo, signal);
  // Only the newest of each target is told apart; the comment has the others in its timeline.
  const deployments = newestByTarget(all);
  const [newest] = all;
  const options = { limit: forge.limits.comment, pullUrl: null };
  const told = { commit: newest?.commit ?? '', pull, deployments: all, mode: settings.mode, problem };
  const body = deployComment(told, options);
  const failures = deployments.filter(({ state }) => state === 'failed');
  // The comments of two pulls may be written at the same time: the forge hears of each deployment from its last pull alone.
  const own = deployments.filter(({ pulls }) => pulls.at(-1) === pull);
  // One that is refused keeps none of the others back.
  await tryAll([
    () => port.ensureComment(pull, deployCommentKey, tools.redact(body), null),
    ...failures.map((failed) => () => tellFailure(failed, pull, { port, tools, limit: options.limit })),
    ...own.map((deployment) => () => tellForge(deployment, port, tools)),
  ]);
}

async function tellFailure(
  deployment: Deployment,
  pull: number,
  { port, tools, limit }: { readonly port: RepoPort; readonly tools: DeployTools; readonly limit: number },
): Promise<void> {
  const { repo, previous, target } = deployment;
  const plan = await tools.store.plans.of(repo, pull, null);
  const changes = plan?.targets.find(({ id }) => id === target)?.changes ?? [];
  const revert = await revertOf(deployment, port);
  const body = failureComment({ deployment, changes, revert, lastGood: previous }, { limit });
  await port.ensureComment(pull, `failure-${deployment.id}`, tools.redact(body), null);
}

async function revertOf({ revertPull, revertNote }: Deployment, port: RepoPort): Promise<FailureView['revert']> {
  if (revertPull === null) return { none: revertNote ?? 'Whether a revert helps is being worked out.' };
  const { url, state } = await port.pull(revertPull);
  return { pull: revertPull, url, state, none: revertNote };
}

const forgeStates: Readonly<Record<DeploymentState, 'running' | 'success' | 'failure' | 'inactive' | null>> = {
  accepted: null,
  waiting: null,
  applying: 'running',
  following: 'running',
  soaking: 'running',
  unknown: 'running',
  healthy: 'success',
  failed: 'failure',
  superseded: 'inactive',
};

/** The forge's own list of deployments, one per target. What never began is not in it. */
async function tellForge(deployment: Deployment, port: RepoPort, tools: DeployTools): Promise<void> {
  const { id, repo, environment, commit, branch, target, state, reason } = deployment;
  const said = forgeStates[state];
  if (said === null || (state === 'superseded' && deployment.appliedAt === null)) return;
  const key = `forge-deployment:${repoKey(repo)}:${id}`;
  const description = tools.redact(`${target}: ${state}${reason === '' ? '' : `, ${reason}`}`);
  const begun = await tools.store.outbox.begin({ key: `${key}:${state}`, operation: 'deployment', subject: id });
  if (begun.done) return;
  const ref = await port.startDeployment({ key, environment, sha: commit, branch, description });
  await port.finishDeployment(ref, said, description);
  await tools.store.outbox.finish(`${key}:${state}`, ref.id);
  await settleEarlier(`${key}:`, { but: state, ref: ref.id }, tools);
}

/** What a process that died had begun to tell of an earlier state is out of date: the newer word stands in its place. */
async function settleEarlier(
  prefix: string,
  { but, ref }: { readonly but: DeploymentState; readonly ref: number },
  { store: { outbox } }: DeployTools,
): Promise<void> {
  for (const { key } of await outbox.open()) {
    if (key.startsWith(prefix) && key !== `${prefix}${but}`) await outbox.finish(key, ref);
  }
}
