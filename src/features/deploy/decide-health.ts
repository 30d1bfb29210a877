import type { Deployment, DeploymentState } from '../../model/deployment.ts';
import type { Evidence, ObjectHealth, TargetHealth } from '../../model/health.ts';
import { formatResource, resourceKey } from '../../model/resource.ts';
import type { DeployPace } from './tools.ts';

/** What health is judged on. */
export interface HealthFacts {
  readonly deployment: Deployment;
  readonly health: TargetHealth;
  readonly now: Date;
  readonly pace: DeployPace;
}

/** What health means for a deployment that is written. */
export interface HealthDecision {
  readonly state: Extract<DeploymentState, 'following' | 'soaking' | 'healthy' | 'failed' | 'unknown'>;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** When it began to be watched, in milliseconds since the epoch. */
export function watchedSince({ appliedAt, createdAt }: Pick<Deployment, 'appliedAt' | 'createdAt'>): number {
  return Date.parse(appliedAt ?? createdAt);
}

/** Longest time between two looks at a deployment whose outcome is unknown, in milliseconds. */
const longestPause = 5 * 60_000;

/** Milliseconds until the next look at health: often while most rollouts end, then up to five times as rarely. */
export function watchPause(deployment: Deployment, now: Date, { look }: DeployPace): number {
  const minutes = Math.floor((now.getTime() - watchedSince(deployment)) / 60_000);
  return look * Math.min(5, 1 + Math.max(0, minutes));
}

/** What nobody knows for long is looked at less and less often: after a tenth of its age, in milliseconds. */
export function unknownPause(deployment: Deployment, now: Date, pace: DeployPace): number {
  const age = now.getTime() - watchedSince(deployment);
  return Math.min(Math.max(age / 10, pace.look * 10), longestPause);
}

/**
 * Only a positive failure signal of an object fails a deployment; time that runs out makes it unknown, and it is watched on. Healthy
 * counts after it lasted for the soak time. What failed already before is waited out until all others have come to their end: it
 * must not hide what fails anew. Pure.
 */
export function decideHealth(facts: HealthFacts): HealthDecision {
  const { deployment, health } = facts;
  const before = new Set(deployment.failedBefore);
  const failing = health.objects.filter(({ state }) => state === 'failed');
  const fresh = failing.filter(({ resource }) => !before.has(resourceKey(resource)));
  const [known] = fresh.length === 0 ? failing : [];
  if (health.state === 'failed' && known === undefined) return failed(fresh, health);
  const isSettled = health.objects.every(({ state }) => !isPending(state));
  if (health.state === 'healthy' || (known !== undefined && isSettled)) return soaked(facts, known);
  return pending(facts, known);
}

/** Something fails that did not before: it is told first, even where nothing more was read of it. */
function failed(fresh: readonly ObjectHealth[], { evidence }: TargetHealth): HealthDecision {
  const [first] = fresh;
  const keys = new Set(fresh.map(({ resource }) => resourceKey(resource)));
  const isFresh = ({ resource }: Evidence): boolean => keys.has(resourceKey(resource));
  const told = evidence.some(isFresh) ? evidence.filter(isFresh) : fresh.map(bareEvidence);
  return {
    state: 'failed',
    reason: first === undefined ? '' : sentence(first),
    evidence: [...told, ...evidence.filter((each) => !isFresh(each))],
  };
}

function bareEvidence({ resource, reason, message }: ObjectHealth): Evidence {
  const none = { pod: null, container: null, exitCode: null, restarts: null, logs: null };
  return { ...none, resource, reason: reason ?? 'Failed', message, logsMissing: 'its pods were not looked at' };
}

/** All but what failed already before is healthy; that ends it once it lasted, as what it is. */
function soaked({ deployment, health, now, pace }: HealthFacts, known: ObjectHealth | undefined): HealthDecision {
  const since = deployment.state === 'soaking' ? Date.parse(deployment.healthyAt ?? '') : now.getTime();
  const isSoaked = now.getTime() - since >= pace.soak;
  if (!isSoaked) return { state: 'soaking', reason: knownNote(known), evidence: [] };
  if (known === undefined) return { state: 'healthy', reason: '', evidence: [] };
  const reason = `${sentence(known)} (it failed already before this deployment)`;
  return { state: 'failed', reason, evidence: health.evidence };
}

function pending({ deployment, health, now, pace }: HealthFacts, known: ObjectHealth | undefined): HealthDecision {
  const waiting = [describeHealth(health.objects.filter(({ state }) => isPending(state))), knownNote(known)]
    .filter((part) => part !== '')
    .join('; ');
  const isLate = now.getTime() - watchedSince(deployment) > pace.healthDeadline;
  if (!isLate) return { state: 'following', reason: waiting, evidence: [] };
  const minutes = Math.round(pace.healthDeadline / 60_000);
  const word = minutes < 1 ? `${pace.healthDeadline / 1000} s` : `${minutes} min`;
  return { state: 'unknown', reason: `neither healthy nor failed after ${word}: ${waiting}`, evidence: [] };
}

function knownNote(known: ObjectHealth | undefined): string {
  return known === undefined ? '' : `${formatResource(known.resource)} failed already before this deployment`;
}

function sentence({ resource, reason, message }: ObjectHealth): string {
  const why = [reason, message].filter((part) => part !== null && part !== '').join(': ');
  return `${formatResource(resource)} failed${why === '' ? '' : `: ${why}`}`;
}

/** The first object that is not healthy and what is said of it, and how many more there are; '' when all are. */
export function describeHealth(objects: readonly ObjectHealth[]): string {
  const waited = objects.filter(({ state }) => state !== 'healthy' && state !== 'suspended');
  const [first] = waited;
  if (first === undefined) return '';
  const more = waited.length === 1 ? '' : ` and ${waited.length - 1} more`;
  const why = first.message ?? first.reason ?? first.state;
  return `${formatResource(first.resource)}${more}: ${why}`;
}

function isPending(state: ObjectHealth['state']): boolean {
  return state !== 'healthy' && state !== 'suspended' && state !== 'failed';
}
