import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { type Controls, create, kinds, managers, ownedBy, remove, report } from './controls.ts';
import { conditionOf, hashWord, holds, nameOf, numberAt, timeText, turned, withoutZeros } from './fields.ts';
import { isOver, podFrom } from './pod.ts';

/** Runs the pods of a Job until enough have succeeded or too many have failed, and says how it stands. */
export async function runJob(controls: Controls, job: JsonObject): Promise<void> {
  if (isFinished(job)) return forgetLater(controls, job);
  const pods = ownedBy(controls, job, kinds.pods);
  const outcome = outcomeOf(job, tally(pods));
  if (outcome === 'suspended' || outcome === 'failed') {
    for (const pod of pods) if (!isOver(pod)) remove(controls, kinds.pods, pod);
  }
  if (outcome === 'running') await startPods(controls, job, pods);
  await reportJob(controls, job, outcome);
}

type Outcome = 'running' | 'suspended' | 'complete' | 'failed';

interface Tally {
  readonly active: number;
  readonly ready: number;
  readonly succeeded: number;
  readonly failed: number;
}

function tally(pods: readonly JsonObject[]): Tally {
  const inPhase = (phase: string) => pods.filter((pod) => pickText(pod, 'status', 'phase') === phase).length;
  const active = pods.filter((pod) => !isOver(pod));
  const ready = active.filter((pod) => holds(pod, 'Ready')).length;
  return { active: active.length, ready, succeeded: inPhase('Succeeded'), failed: inPhase('Failed') };
}

function outcomeOf(job: JsonObject, { succeeded, failed }: Tally): Outcome {
  if (failed > numberAt(job, ['spec', 'backoffLimit'], 6)) return 'failed';
  if (succeeded >= completionsOf(job)) return 'complete';
  return pick(job, 'spec', 'suspend') === true ? 'suspended' : 'running';
}

function completionsOf(job: JsonObject): number {
  return numberAt(job, ['spec', 'completions'], 1);
}

async function startPods(controls: Controls, job: JsonObject, pods: readonly JsonObject[]): Promise<void> {
  const { active, succeeded } = tally(pods);
  const most = Math.min(numberAt(job, ['spec', 'parallelism'], 1), completionsOf(job) - succeeded);
  for (let index = active; index < most; index += 1) {
    const name = `${nameOf(job)}-${hashWord([nameOf(job), controls.api.store.version], 5)}`;
    await create(controls, kinds.pods, podFrom(job, kinds.jobs, { name }));
  }
}

function isFinished(job: JsonObject): boolean {
  return holds(job, 'Complete') || holds(job, 'Failed');
}

async function reportJob(controls: Controls, before: JsonObject, outcome: Outcome): Promise<void> {
  const { active, ready, ...ended } = tally(ownedBy(controls, before, kinds.pods));
  const time = timeText(controls.now());
  const conditions = conditionsOf(before, outcome).map((condition) => turned(before, condition, controls.now()));
  const startTime = pick(before, 'status', 'startTime') ?? time;
  const status: JsonObject = {
    ...(outcome !== 'suspended' && { startTime }),
    ...withoutZeros({ active, ...ended }),
    ready,
    terminating: 0,
    uncountedTerminatedPods: {},
    ...(outcome === 'complete' && { completionTime: time }),
    ...(conditions.length > 0 && { conditions: conditions.map((each) => ({ ...each, lastProbeTime: time })) }),
  };
  await report(controls, kinds.jobs, { object: { ...before, status }, before, manager: managers.controller });
}

/** Since Kubernetes 1.31 the failure of a Job is announced by a condition of its own before the one that says it is over. */
function conditionsOf(job: JsonObject, outcome: Outcome): readonly JsonObject[] {
  const both = (types: readonly string[], reason: string, message: string) =>
    types.map((type) => ({ type, status: 'True', reason, message }));
  switch (outcome) {
    case 'complete':
      return both(['Complete'], 'CompletionsReached', 'Reached expected number of succeeded pods');
    case 'failed':
      return both(['FailureTarget', 'Failed'], 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    case 'suspended':
      return both(['Suspended'], 'JobSuspended', 'Job suspended');
    case 'running':
      return conditionOf(job, 'Suspended') === undefined
        ? []
        : [{ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' }];
    default:
      return outcome satisfies never;
  }
}

/** A finished Job goes when its time to live is over, if it has one. */
function forgetLater(controls: Controls, job: JsonObject): void {
  const seconds = pick(job, 'spec', 'ttlSecondsAfterFinished');
  if (typeof seconds !== 'number') return;
  const end = conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed');
  const since = Date.parse(pickText(end, 'lastTransitionTime') ?? '') || 0;
  const left = since + (seconds * 1000) / controls.options.speed - controls.now();
  if (left > 0) controls.wake(job, left);
  else remove(controls, kinds.jobs, job);
}
