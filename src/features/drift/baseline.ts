import { confined } from '../../engines/confined.ts';
import type { Engine } from '../../engines/engine.ts';
import { clustersForApplication } from '../../model/cluster-map.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Deployment } from '../../model/deployment.ts';
import { FairleadError } from '../../model/error.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { Resource } from '../../model/resource.ts';
import { engineOf, type SettingsInForce } from '../../model/settings.ts';
import { type Application, targetId } from '../../model/target.ts';
import { accountsOf, type Reach, reachOf } from '../../model/tenancy.ts';
import type { Tree } from '../../model/tree.ts';
import { type Place, placeAs } from '../../world/cluster/place.ts';
import type { DriftTools } from './tools.ts';

/** A target as the newest commit of its branch has it. */
export interface KnownTarget {
  readonly id: string;
  readonly application: string;
  readonly environment: string;
  readonly cluster: string;
  readonly branch: string;
}

/** Every target of a repository that has a cluster. */
export async function targetsOf(
  repo: RepoRef,
  tools: DriftTools,
  signal: AbortSignal,
): Promise<{ readonly inForce: SettingsInForce; readonly targets: readonly KnownTarget[] }> {
  const inForce = await tools.settings(repo, signal);
  const repository = await tools.mirror(repo);
  const tree = await repository.tree(inForce.commit, signal);
  const { all } = await tools.applications({ tree, repo, branch: null }, inForce.settings, signal);
  const targets = all.flatMap((one) => {
    const { name: application, environment } = one;
    return environment === null
      ? []
      : clustersForApplication(inForce.clusters, one).map((cluster) => ({
          id: targetId({ application, environment, cluster }),
          application,
          environment,
          cluster,
          branch: inForce.settings.environments.get(environment)?.branch ?? inForce.branch,
        }));
  });
  return { inForce, targets };
}

/** What a target is compared with. */
export interface Baseline {
  readonly target: KnownTarget;
  readonly inForce: SettingsInForce;
  /** The commit that was written there last; the branch's head where nothing was deployed by Fairlead. */
  readonly commit: string;
  /** Whether that commit stands: what drifts from one that failed is told, and not put right by itself. */
  readonly isDeployed: boolean;
  readonly tree: Tree;
  readonly application: Application;
  /** The object that declares it; null for what is found by its files alone. */
  readonly declared: DeclaredApplication | null;
  readonly place: Place;
  readonly engine: Engine;
  readonly desired: readonly Resource[];
  /** What of that may be looked at and written. */
  readonly reach: Reach;
}

/**
 * Reads what a target should be: the last accepted plan as it was written, healthy or not, for what a failed one changed is no
 * drift. null while a deployment of it is under way (its end asks again), before the first one, or when the target is gone. Throws
 * what Git, the renderer and the cluster throw.
 */
export async function baselineOf(
  repo: RepoRef,
  id: string,
  tools: DriftTools,
  signal: AbortSignal,
): Promise<Baseline | null> {
  const { inForce, targets } = await targetsOf(repo, tools, signal);
  const target = targets.find((one) => one.id === id);
  if (target === undefined || (await isUnderWay(repo, id, tools))) return null;
  const { written, isWhole } = await lastWritten(repo, id, tools);
  if (written === undefined && isDeployedByUs(target, inForce)) return null;
  const isDeployed = written !== undefined && written.state !== 'failed' && isWhole;
  const commit = written?.commit ?? (await headOf(repo, target.branch, inForce, tools, signal));
  const repository = await tools.mirror(repo);
  const tree = await repository.tree(commit, signal);
  const { all } = await tools.applications({ tree, repo, branch: target.branch }, inForce.settings, signal);
  const application = all.find(
    ({ name, environment }) => name === target.application && environment === target.environment,
  );
  if (application === undefined) return null;
  const reach = reachOf(inForce.settings.tenancy, application, target.cluster);
  const place = placeAs(await tools.place(target.cluster, signal), accountsOf(reach));
  const desired = await tools.render(application, tree, place, signal);
  const declared = application.declared?.application ?? null;
  const engineName = engineOf(inForce.settings, target.environment, declared);
  const engine = confined(await tools.engine(engineName, place, repo), reach);
  return { target, inForce, commit, isDeployed, tree, application, declared, place, engine, desired, reach };
}

/** Whether Fairlead is to deploy a target and has not written anything there yet: so there is nothing to compare it with. */
export async function awaitsFirstDeployment(
  repo: RepoRef,
  target: KnownTarget,
  { inForce, tools }: { readonly inForce: SettingsInForce; readonly tools: DriftTools },
): Promise<boolean> {
  return isDeployedByUs(target, inForce) && (await lastWritten(repo, target.id, tools)).written === undefined;
}

/** What Fairlead itself is to deploy did not drift before it was there. */
function isDeployedByUs({ environment }: KnownTarget, { settings }: SettingsInForce): boolean {
  const on = settings.environments.get(environment)?.deploy.on ?? 'never';
  return settings.mode === 'enforce' && on !== 'never';
}

/** Whether a deployment of the target is being written or watched. */
export async function isUnderWay(repo: RepoRef, target: string, { store }: DriftTools): Promise<boolean> {
  const states = ['applying', 'following', 'soaking'] as const;
  return (await store.deployments.find({ repo, target, states, limit: 1 })).length > 0;
}

/** The newest deployment that was written in full, and whether no later one began to write: part of that may stand. */
async function lastWritten(
  repo: RepoRef,
  target: string,
  { store }: DriftTools,
): Promise<{ readonly written: Deployment | undefined; readonly isWhole: boolean }> {
  const all = await store.deployments.find({ repo, target, limit: 100 });
  const written = all.find(({ appliedAt }) => appliedAt !== null);
  const later = written === undefined ? [] : all.slice(0, all.indexOf(written));
  return { written, isWhole: later.every(({ journal }) => journal === null) };
}

async function headOf(
  repo: RepoRef,
  branch: string,
  inForce: SettingsInForce,
  tools: DriftTools,
  signal: AbortSignal,
): Promise<string> {
  if (branch === inForce.branch) return inForce.commit;
  const port = await tools.forge(repo.forge).repo(repo);
  const repository = await tools.mirror(repo);
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [`refs/heads/${branch}`] }, signal);
  return repository.resolve(`refs/heads/${branch}`, signal);
}

/** Why a target could not be compared, in one sentence. */
export function faultText(error: unknown): string | null {
  return error instanceof FairleadError ? error.message : null;
}
