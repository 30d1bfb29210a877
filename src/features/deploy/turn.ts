import { type Deployment, endStates, isAsked, isLater } from '../../model/deployment.ts';
import { repoKey } from '../../model/repo.ts';
import type { Repository } from '../../world/git/git.ts';
import { type Move, record } from './record.ts';
import type { DeployTools } from './tools.ts';

/** How long a target is ours without a word from us, in milliseconds. */
const leaseTime = 120_000;

/** Why a deployment waits that passed its gate: whoever waits with these words is made way for. */
export const waitsForTurn = 'for another deployment of this target to finish a step';

/** Reads history: which of two commits is the older one. */
type Histories = Pick<Repository, 'isAncestor'>;

/**
 * The deployment that takes the place of one that has not begun: whatever was accepted for its target later, but no older commit
 * that somebody asked for again. What that leaves out was merged, and still waits.
 */
export async function successorOf(
  deployment: Deployment,
  git: Histories,
  tools: DeployTools,
  signal: AbortSignal,
): Promise<Deployment | null> {
  for (const later of await laterThan(deployment, tools))
    if (later.state !== 'failed' && !(await isSetBack(later, deployment, git, signal))) return later;
  return null;
}

/** The newest deployment that took the target back to before a merge that waits; null when none did. */
export async function setBackOf(
  deployment: Deployment,
  git: Histories,
  tools: DeployTools,
  signal: AbortSignal,
): Promise<Deployment | null> {
  for (const later of await laterThan(deployment, tools))
    if (await isSetBack(later, deployment, git, signal)) return later;
  return null;
}

async function isSetBack(
  later: Deployment,
  deployment: Deployment,
  git: Histories,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isAsked(later) || isAsked(deployment) || later.commit === deployment.commit) return false;
  return git.isAncestor(later.commit, deployment.commit, signal);
}

/** Deployments of the same target that were accepted later, newest first. */
async function laterThan(deployment: Deployment, { store }: DeployTools): Promise<readonly Deployment[]> {
  const { repo, target } = deployment;
  const all = await store.deployments.find({ repo, target, limit: 20 });
  return all.filter((other) => isLater(other, deployment));
}

/**
 * Ends a deployment that is being written, between two of its steps, when a newer one of the target has passed its gate: what is
 * stuck must not keep its own fix out. The newer one carries its pulls, so that their comments tell what becomes of them. False
 * when nobody waits.
 */
export async function makeWay(deployment: Deployment, tools: DeployTools): Promise<boolean> {
  if (deployment.state !== 'applying') return false;
  const newer = (await laterThan(deployment, tools)).find(({ state }) => state !== 'failed');
  if (newer?.state !== 'waiting' || newer.reason !== waitsForTurn) return false;
  const pulls = [...new Set([...deployment.pulls, ...newer.pulls])];
  await tools.store.deployments.update(null, newer.id, { pulls }, ['waiting']);
  const isOver = await record(deployment, superseded(newer.id, tools), tools);
  if (isOver) await freeTarget(deployment, tools);
  return isOver;
}

/** Another deployment does what this one was to do. */
export function superseded(by: string, tools: DeployTools): Move {
  return overtaken(`${by} takes its place`, tools);
}

/** It will not be done any more, for this reason. */
export function overtaken(reason: string, tools: DeployTools): Move {
  return { state: 'superseded', reason, change: { endedAt: tools.now().toISOString() }, jobs: [] };
}

/** Holds the target for this deployment, whichever process does its steps; an older one that is only watched gives way. */
export async function holdTarget(deployment: Deployment, tools: DeployTools): Promise<boolean> {
  for (const older of await activeOf(deployment, tools)) {
    if (older.state === 'applying') return false;
    if (!(await record(older, superseded(deployment.id, tools), tools))) return false;
  }
  return (await keepTarget(deployment, tools)) || takeFromEnded(deployment, tools);
}

/** Takes the target, or says that it is still ours while it is watched; false while somebody else holds it. */
export async function keepTarget(deployment: Deployment, { store }: DeployTools): Promise<boolean> {
  return (await store.leases.take(leaseKey(deployment), deployment.id, leaseTime)) !== null;
}

/** Lets go of a target whose deployment has ended: whoever heals or deploys next need not wait for the lease to run out. */
export async function freeTarget(deployment: Deployment, { store }: DeployTools): Promise<void> {
  const lease = await store.leases.take(leaseKey(deployment), deployment.id, 1);
  if (lease !== null) await store.leases.release(lease);
}

/** A lease whose holder has ended is free, though its time is not over yet. */
async function takeFromEnded(deployment: Deployment, tools: DeployTools): Promise<boolean> {
  const { store } = tools;
  const others = await store.deployments.find({ repo: deployment.repo, target: deployment.target, limit: 20 });
  for (const other of others.filter(({ id, state }) => id !== deployment.id && endStates.has(state))) {
    const lease = await store.leases.take(leaseKey(deployment), other.id, 1);
    if (lease === null) continue;
    await store.leases.release(lease);
    return keepTarget(deployment, tools);
  }
  return false;
}

async function activeOf({ id, repo, target }: Deployment, { store }: DeployTools): Promise<readonly Deployment[]> {
  const states = ['applying', 'following', 'soaking', 'unknown'] as const;
  return (await store.deployments.find({ repo, target, states })).filter((other) => other.id !== id);
}

function leaseKey({ repo, target }: Deployment): string {
  return `target:${repoKey(repo)}:${target}`;
}
