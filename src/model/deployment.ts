import type { Evidence } from './health.ts';
import type { Json } from './json.ts';
import type { RepoRef } from './repo.ts';
import type { ResourceId } from './resource.ts';

/**
 * Where a deployment stands. `waiting`: for an environment before it, an approval, a command, a hold or a pause. `applying`: the
 * engine writes or triggers. `following`: everything is written, health is watched. `soaking`: healthy, and watched a little longer.
 * `unknown`: a deadline passed without a failure signal; still watched, never reverted. `superseded`: a newer one took its place.
 */
export type DeploymentState =
  | 'accepted'
  | 'waiting'
  | 'applying'
  | 'following'
  | 'soaking'
  | 'healthy'
  | 'failed'
  | 'unknown'
  | 'superseded';

/** The word with which a person confirms deletes of namespaces, CRDs and volumes; it stands in the mark as its reason. */
export const confirmDeletes = '--confirm-deletes';

/** States after which nothing happens any more. */
export const endStates: ReadonlySet<DeploymentState> = new Set(['healthy', 'failed', 'superseded']);

/** One change of state, for the timeline. */
export interface DeploymentStep {
  readonly state: DeploymentState;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** One short sentence: why, or what it waits for. */
  readonly note: string;
}

/** How many objects an engine handled. */
export interface ApplyCounts {
  readonly applied: number;
  readonly unchanged: number;
  readonly pruned: number;
  readonly total: number;
}

/** One commit carried out on one target. Holds no secret value. */
export interface Deployment {
  /** `D-17`, unique in this installation. */
  readonly id: string;
  readonly repo: RepoRef;
  /** Target id, and its parts. */
  readonly target: string;
  readonly application: string;
  readonly environment: string;
  readonly cluster: string;
  readonly engine: string;
  /** Full id of the commit that is deployed. */
  readonly commit: string;
  readonly branch: string;
  /** The commit of the last healthy deployment before; null when there was none. */
  readonly previous: string | null;
  /** Pulls whose merge is in it, oldest first; the last one's comment is kept up to date. */
  readonly pulls: readonly number[];
  /** What asked for it. */
  readonly trigger: 'merge' | 'command' | 'rollback' | 'revert';
  /** Login of who merged or commanded. */
  readonly actor: string;
  /** Whether a person confirmed that namespaces, CRDs and volumes of the plan are deleted too. */
  readonly confirmed: boolean;
  readonly state: DeploymentState;
  /** Why it stands where it stands, one sentence; '' when the state says it all. */
  readonly reason: string;
  readonly steps: readonly DeploymentStep[];
  /** The engine's own notes between steps; null before the first. */
  readonly journal: Json;
  readonly counts: ApplyCounts | null;
  /** `4/6`, for people. */
  readonly pods: { readonly ready: number; readonly wanted: number } | null;
  readonly evidence: readonly Evidence[];
  /** Objects that failed already before this deployment wrote anything: never a reason to revert. Resource keys. */
  readonly failedBefore: readonly string[];
  /** Objects left in the cluster although Git has them no more, and why. */
  readonly kept: readonly { readonly resource: ResourceId; readonly why: string }[];
  /** Keyed digest of what was applied; null before it is known. */
  readonly digest: string | null;
  /** Pull that reverts it; null when there is none. */
  readonly revertPull: number | null;
  /** Why there is no such pull, one sentence; null while that was not looked at, or when there is one. */
  readonly revertNote: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly appliedAt: string | null;
  readonly healthyAt: string | null;
  readonly endedAt: string | null;
}

/** Whether one was accepted after the other: their numbers rise. */
export function isLater({ id }: Pick<Deployment, 'id'>, than: Pick<Deployment, 'id'>): boolean {
  return numberOf(id) > numberOf(than.id);
}

function numberOf(id: string): number {
  return Number(id.replace(/^D-/, ''));
}

/** Whether its engine was let loose, so that something of it may have been written. */
export function hasBegun({ steps }: Pick<Deployment, 'steps'>): boolean {
  return steps.some(({ state }) => state === 'applying');
}

/** Whether a person asked for it, rather than a merge. */
export function isAsked({ trigger }: Pick<Deployment, 'trigger'>): boolean {
  return trigger === 'command' || trigger === 'rollback';
}

/** The newest healthy commit of a target that is not the one deployed last, of its deployments newest first; null when there is none. */
export function lastGood(history: readonly Pick<Deployment, 'state' | 'commit'>[]): string | null {
  const newest = history.find(({ state }) => state !== 'superseded' && state !== 'waiting' && state !== 'accepted');
  return history.find(({ state, commit }) => state === 'healthy' && commit !== newest?.commit)?.commit ?? null;
}
