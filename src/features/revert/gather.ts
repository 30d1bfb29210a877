import { type Deployment, isLater } from '../../model/deployment.ts';
import { isReached } from '../../model/inputs.ts';
import type { Application } from '../../model/target.ts';
import type { Pull, RepoPort } from '../../world/forge/forge.ts';
import type { Commit, Repository } from '../../world/git/git.ts';
import type { RevertFacts, Suspect } from './decide.ts';
import { firstFailure } from './first-failure.ts';
import type { RevertTools } from './tools.ts';

/** Branches of our reverts begin so. */
export const revertBranchPrefix = 'fairlead/revert-';

/** The branch that takes a merge back whole; the names of those that take back a part of it begin so. */
export function revertBranchOf({ commit, pull }: Suspect): string {
  return `${revertBranchPrefix}${pull?.number ?? 'push'}-${commit.id.slice(0, 7)}`;
}

/** What a revert works on. */
export interface RevertGround {
  readonly port: RepoPort;
  readonly repository: Repository;
  /** Head of the branch now. */
  readonly tip: string;
  /** What the application reads, at the failed commit and now. */
  readonly inputs: readonly string[];
  readonly facts: RevertFacts;
}

/** Reads what a failed deployment leaves to decide. */
export async function gatherRevert(
  deployment: Deployment,
  actor: string | null,
  tools: RevertTools,
  signal: AbortSignal,
): Promise<RevertGround> {
  const { repo, branch, environment } = deployment;
  const [inForce, port, repository] = await Promise.all([
    tools.settings(repo, signal),
    tools.forge(repo.forge).repo(repo),
    tools.mirror(repo),
  ]);
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [`refs/heads/${branch}`] }, signal);
  const tip = await repository.resolve(`refs/heads/${branch}`, signal);
  const tree = await repository.tree(deployment.commit, signal);
  const { all } = await tools.applications({ tree, repo, branch }, inForce.settings, signal);
  const inputs = inputsOf(all, deployment);
  const goodCommit = await lastGood(deployment, { actor, repository, tip, tools }, signal);
  // A person who asks means the deployment they name.
  const { commit } = actor === null ? await firstFailure(deployment, tools.store) : deployment;
  const suspects = await suspectsOf({ from: goodCommit, to: commit, inputs }, { port, repository }, signal);
  const facts: RevertFacts = {
    deployment,
    mode: inForce.settings.mode,
    environment: inForce.settings.environments.get(environment) ?? null,
    actor,
    goodCommit,
    suspects,
    ...(await othersOf(deployment, suspects, { port, store: tools.store })),
  };
  return { port, repository, tip, inputs, facts };
}

function inputsOf(all: readonly Application[], { application, environment }: Deployment): readonly string[] {
  return all.find((one) => one.name === application && one.environment === environment)?.inputs ?? [];
}

interface History {
  readonly actor: string | null;
  readonly repository: Repository;
  readonly tip: string;
  readonly tools: RevertTools;
}

/**
 * The commit of the newest healthy deployment before, if it is still in the branch's history. The failed commit itself may be it:
 * then Git did not break what fails now. A person who asks wants that very commit taken back, and it does not count.
 */
async function lastGood(
  { id, repo, target, commit }: Deployment,
  { actor, repository, tip, tools }: History,
  signal: AbortSignal,
): Promise<string | null> {
  const healthy = await tools.store.deployments.find({ repo, target, states: ['healthy'], limit: 50 });
  const earlier = healthy.filter((other) => other.id !== id && (actor === null || other.commit !== commit));
  for (const one of earlier) {
    if (await repository.isAncestor(one.commit, tip, signal)) return one.commit;
  }
  return null;
}

async function suspectsOf(
  { from, to, inputs }: { readonly from: string | null; readonly to: string; readonly inputs: readonly string[] },
  { port, repository }: Pick<RevertGround, 'port' | 'repository'>,
  signal: AbortSignal,
): Promise<readonly Suspect[]> {
  const commits = [...(await repository.firstParents(from, to, signal))].reverse();
  const suspects: Suspect[] = [];
  for (const commit of commits) {
    const [parent] = commit.parents;
    if (parent === undefined) continue;
    if (!isReached(inputs, await repository.changedFiles(parent, commit.id, signal))) continue;
    const [pull] = await port.pullsForCommit(commit.id);
    suspects.push(suspectOf(commit, pull ?? null, await repository.commitsBetween(parent, commit.id, signal)));
  }
  return suspects;
}

function suspectOf(commit: Commit, pull: Pull | null, merged: readonly Commit[]): Suspect {
  const isOurs = pull?.head.ref.startsWith(revertBranchPrefix) ?? false;
  // The merge commit of a revert made by hand on the forge names only its branch: the title of its pull tells, or its commits.
  const own = merged.filter(({ parents }) => parents.length === 1);
  const takesBackAll = own.length > 0 && own.every(({ message }) => takesBack(message));
  const isRevert = isOurs || takesBack(commit.message) || takesBack(pull?.title ?? '') || takesBackAll;
  return { commit, pull: pull === null ? null : { number: pull.number, title: pull.title }, isRevert };
}

/** Whether a message is that of a revert: ours, the forge's or git's own. A squashed list of commits may quote one. */
function takesBack(message: string): boolean {
  if (/^Revert "/.test(message) || /^Reverts: [0-9a-f]{40}/m.test(message)) return true;
  return /^This reverts commit [0-9a-f]{7,}/m.test(message) && !/^\* /m.test(message);
}

async function othersOf(
  deployment: Deployment,
  suspects: readonly Suspect[],
  { port, store }: { readonly port: RepoPort; readonly store: RevertTools['store'] },
): Promise<Pick<RevertFacts, 'openRevert' | 'newer'>> {
  const { id, repo, target } = deployment;
  const all = (await store.deployments.find({ repo, target, limit: 50 })).filter((other) => other.id !== id);
  const reverts = [...new Set(all.flatMap(({ revertPull }) => revertPull ?? []))];
  const pulls = await Promise.all(reverts.map((number) => port.pull(number)));
  const [own] = suspects.map(revertBranchOf);
  const open = pulls.find(({ state, head }) => state === 'open' && (own === undefined || !head.ref.startsWith(own)));
  const later = all.find(
    (other) => isLater(other, deployment) && !['superseded', 'waiting', 'accepted'].includes(other.state),
  );
  return { openRevert: open?.number ?? null, newer: later?.id ?? null };
}
