import type { Deployment } from '../../model/deployment.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import type { Application } from '../../model/target.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { Repository } from '../../world/git/git.ts';
import type { ApplicationsOf, DeployTools } from './tools.ts';

/** What the pulls of a deployment by command are worked out from. */
export interface PullGround {
  readonly request: JobPayloads['redeploy'];
  readonly commit: string;
  readonly application: Application;
  readonly reached: ApplicationsOf['reached'];
  readonly repository: Repository;
  /** Deployments of the target, newest first. */
  readonly history: readonly Deployment[];
}

/**
 * The pulls that a commit brings to a target by command: the one it was asked on, those it was deployed with before, or those
 * merged since it was last healthy; and those of what waits there and is in the commit, for it takes their place. Without any,
 * nobody could approve it.
 */
export async function pullsOf(
  ground: PullGround,
  tools: Pick<DeployTools, 'forge'>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { request, commit, history } = ground;
  const earlier = history.find((one) => one.commit === commit)?.pulls ?? [];
  const known = request.pull === null ? earlier : [request.pull];
  const own = known.length > 0 ? known : await pullsSince(ground, tools, signal);
  return [...new Set([...(await pullsWaiting(ground, signal)), ...own])];
}

async function pullsWaiting(
  { commit, repository, history }: PullGround,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const waiting = history.filter(
    ({ state, trigger }) => (state === 'accepted' || state === 'waiting') && trigger !== 'rollback',
  );
  const pulls = await mapConcurrently(waiting.toReversed(), 4, async (one) =>
    (await repository.isAncestor(one.commit, commit, signal)) ? one.pulls : [],
  );
  return pulls.flat();
}

/** Where nothing reached the target since, the commit is what it was last healthy with, by another name. */
async function pullsSince(
  { request, commit, application, reached, repository, history }: PullGround,
  { forge }: Pick<DeployTools, 'forge'>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const healthy = history.find(({ state }) => state === 'healthy') ?? null;
  if (healthy !== null && !(await repository.isAncestor(healthy.commit, commit, signal))) return [];
  const commits = await repository.firstParents(healthy?.commit ?? null, commit, signal);
  const port = await forge(request.repo.forge).repo(request.repo);
  const merges = await mapConcurrently(commits, 4, async ({ id, parents: [parent] }) => {
    const files = parent === undefined ? [] : await repository.changedFiles(parent, id, signal);
    return reached(files).includes(application) ? [(await port.pullsForCommit(id))[0]?.number ?? null] : [];
  });
  if (merges.flat().length === 0) return healthy?.pulls ?? [];
  return merges.flat().filter((pull) => pull !== null);
}
