import { clustersForApplication } from '../../model/cluster-map.ts';
import { type Deployment, lastGood } from '../../model/deployment.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { deployJob, tellJob } from '../../model/queued.ts';
import { targetId } from '../../model/target.ts';
import { blank } from './merged.ts';
import { pullsOf } from './pulls-of.ts';
import type { DeployTools } from './tools.ts';

/**
 * Deploys a commit again because somebody asked: the named one, or (null) the one each target was last healthy with before its
 * newest. A rollback does not touch Git: the comment says that Git and cluster differ until a revert is merged.
 */
export async function redeploy(
  request: JobPayloads['redeploy'],
  tools: DeployTools,
  signal: AbortSignal,
): Promise<void> {
  await write(await draftsOf(request, tools, signal), request, tools);
}

/** What a request would deploy, one draft for each target; none in observe mode. */
export async function draftsOf(
  request: JobPayloads['redeploy'],
  tools: DraftTools,
  signal: AbortSignal,
): Promise<readonly Omit<Deployment, 'id'>[]> {
  const { repo, environment: name, trigger, actor, confirmed } = request;
  const inForce = await tools.settings(repo, signal);
  const environment = inForce.settings.environments.get(name);
  if (environment === undefined || inForce.settings.mode === 'observe') return [];
  const own = {
    ...{ environment: name, engine: environment.deploy.engine, branch: environment.branch ?? inForce.branch },
    ...{ repo, trigger, actor, confirmed },
  };
  const places = await placesOf(request, tools, signal);
  const drafts = await Promise.all(
    places.map(async ({ pulls, ...place }) => {
      const history = await tools.store.deployments.find({ repo, target: place.target, limit: 100 });
      const commit = request.commit ?? lastGood(history);
      const previous = history.find(({ state }) => state === 'healthy')?.commit ?? null;
      if (commit === null) return [];
      return [{ ...blank(tools.now()), ...own, ...place, commit, previous, pulls: await pulls(commit, history) }];
    }),
  );
  return drafts.flat();
}

/** What drafts are worked out with. */
export type DraftTools = Pick<DeployTools, 'store' | 'settings' | 'mirror' | 'applications' | 'forge' | 'now'>;

interface Place {
  readonly target: string;
  readonly application: string;
  readonly cluster: string;
  /** The pulls that a commit brings there. */
  readonly pulls: (commit: string, history: readonly Deployment[]) => Promise<readonly number[]>;
}

function placesOf(request: JobPayloads['redeploy'], tools: DraftTools, signal: AbortSignal): Promise<readonly Place[]> {
  return request.commit === null
    ? knownPlaces(request, tools)
    : placesIn({ ...request, commit: request.commit }, tools, signal);
}

async function knownPlaces(request: JobPayloads['redeploy'], { store }: DraftTools): Promise<readonly Place[]> {
  const { repo, environment, pull } = request;
  const known = await store.deployments.find({ repo, environment, limit: 1000 });
  const pulls: Place['pulls'] = async (commit, history) =>
    pull === null ? (history.find((one) => one.commit === commit)?.pulls ?? []) : [pull];
  // Only where, not what became of it: a row is not a draft.
  const places = known
    .filter((one) => isMeant(one.application, request))
    .map(({ target, application, cluster }) => [target, { target, application, cluster, pulls }] as const);
  return [...new Map(places).values()];
}

async function placesIn(
  request: JobPayloads['redeploy'] & { readonly commit: string },
  tools: DraftTools,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const { repo, environment, commit } = request;
  const { settings, clusters } = await tools.settings(repo, signal);
  const repository = await tools.mirror(repo);
  const branch = settings.environments.get(environment)?.branch ?? null;
  const where = { tree: await repository.tree(commit, signal), repo, branch };
  const { all, reached } = await tools.applications(where, settings, signal);
  const meant = all.filter((one) => one.environment === environment && isMeant(one.name, request));
  return meant.flatMap((application) => {
    const pulls: Place['pulls'] = (_, history) =>
      pullsOf({ request, commit, application, reached, repository, history }, tools, signal);
    return clustersForApplication(clusters, application).map((cluster) => ({
      target: targetId({ application: application.name, environment, cluster }),
      ...{ application: application.name, cluster, pulls },
    }));
  });
}

function isMeant(name: string, { application }: JobPayloads['redeploy']): boolean {
  return application === null || application === name;
}

async function write(
  drafts: readonly Omit<Deployment, 'id'>[],
  { repo, actor, trigger }: JobPayloads['redeploy'],
  tools: DeployTools,
): Promise<void> {
  const { store, queue } = tools;
  await store.transaction(async (tx) => {
    for (const draft of drafts) {
      const { id, target, commit, pulls } = await store.deployments.create(tx, draft);
      const data = { target, commit, pulls: [...pulls] };
      await store.audit.append(tx, { actor, action: `deploy-${trigger}`, subject: id, data });
      for (const next of [deployJob(id), ...pulls.map((pull) => tellJob(repo, pull))])
        await queue.add(tx, next.job, next);
    }
  });
}
