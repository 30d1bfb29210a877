import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { conditionOf, secondsSince } from '../fields.ts';
import { isPassing } from '../passing.ts';
import { type Assessment, failed, type HealthContext, progressing } from '../rule.ts';
import { containerFacts, containerStatuses, hindrancesOf, type Trouble, troublesOf } from '../trouble.ts';

/** Seconds after which pods that cannot be created (quota, admission) are a failure: the controller tries again meanwhile. */
const replicaFailureAfter = 30;

/** A failure of the newest pods, before any deadline of the workload passes; null when none fails. */
export function failingPods(context: HealthContext): Assessment | null {
  const [first] = workloadTroubles(context.pods ?? [], context.now);
  if (first === undefined) return null;
  const said = first.message ?? `exit code ${first.exitCode ?? 'unknown'} after ${first.restarts ?? 0} restarts`;
  return failed(first.reason, `${whereOf(first)}: ${said}`);
}

/**
 * What is under way, with what holds the newest pods up. However long that lasts it is no failure: it may pass without anybody's
 * doing, and says nothing of the change.
 */
export function withHindrance(assessment: Assessment, { pods = [] }: HealthContext): Assessment {
  const [first] = pods.filter(isAlive).flatMap(hindrancesOf);
  if (assessment.state !== 'progressing' || first === undefined) return assessment;
  const said = `${whereOf(first)}: ${first.message ?? first.reason}`;
  return progressing(first.reason, assessment.message === null ? said : `${assessment.message} ${said}`);
}

/** A container of the newest pods that was started and is not ready; null when there is none. */
export function notReady({ pods = [] }: HealthContext): string | null {
  const facts = pods.filter(isAlive).flatMap((pod) =>
    containerStatuses(pod)
      .filter((status) => status['ready'] === false)
      .map((status) => containerFacts(pod, status)),
  );
  const found = facts.find(({ hasRun }) => hasRun);
  return found === undefined ? null : `${whereOf(found)} is not ready.`;
}

/** What fails in pods that a workload keeps running. One that ended (evicted, say) is replaced by the controller. */
export function workloadTroubles(pods: readonly JsonObject[], now: Date): readonly Trouble[] {
  return pods.filter(isAlive).flatMap((pod) => troublesOf(pod, now));
}

/** The ReplicaFailure condition, once it has lasted. A webhook that does not answer refuses nothing. */
export function replicaFailure(object: JsonObject, now: Date): Assessment | null {
  const failure = conditionOf(object, 'ReplicaFailure');
  if (failure?.status !== 'True' || secondsSince(failure.since, now) <= replicaFailureAfter) return null;
  return isPassing(failure.message) ? null : failed(failure.reason, failure.message);
}

function whereOf({ pod, container }: Pick<Trouble, 'pod' | 'container'>): string {
  return container === null ? `Pod ${pod}` : `Pod ${pod}, container ${container}`;
}

function isAlive(pod: JsonObject): boolean {
  if (pick(pod, 'metadata', 'deletionTimestamp') !== undefined) return false;
  const phase = pickText(pod, 'status', 'phase') ?? '';
  return phase !== 'Failed' && phase !== 'Succeeded';
}
