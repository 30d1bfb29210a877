import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { type Controls, kinds, managers, report } from './controls.ts';
import { revisionAnnotation, revisionOf, wishOf } from './deployment-spec.ts';
import { conditionOf, nameOf, numberAt, objectAt, timeText, turned, withoutZeros } from './fields.ts';

/** The ReplicaSets of a Deployment as they are now. */
export interface RolloutState {
  readonly sets: readonly JsonObject[];
  readonly newest: JsonObject | undefined;
  /** Whether the newest one was made just now. */
  readonly isNew: boolean;
}

/**
 * Says in a Deployment's status how far its rollout is, by the controller's own rules (pkg/controller/deployment/progress.go):
 * it progresses while counts get better, and its deadline passes when they do not for `progressDeadlineSeconds`.
 */
export async function reportDeployment(controls: Controls, before: JsonObject, state: RolloutState): Promise<void> {
  const counts = countsOf(before, state);
  const progressing = progressOf(controls, before, { ...state, counts });
  const conditions = [availabilityOf(controls, before, counts), ...(progressing === undefined ? [] : [progressing])];
  const metadata = objectAt(before, 'metadata');
  const revision = state.newest === undefined ? {} : { [revisionAnnotation]: String(revisionOf(state.newest)) };
  const annotations = { ...objectAt(metadata, 'annotations'), ...revision };
  const status = {
    ...objectAt(before, 'status'),
    ...emptied,
    ...withoutZeros({ ...counts, observedGeneration: numberAt(before, ['metadata', 'generation']) }),
    conditions,
  };
  const object = { ...before, metadata: { ...metadata, annotations }, status: withoutNulls(status) };
  await report(controls, kinds.deployments, { object, before, manager: managers.controller });
}

const emptied = {
  replicas: null,
  updatedReplicas: null,
  readyReplicas: null,
  availableReplicas: null,
  unavailableReplicas: null,
};

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

type Counts = Readonly<Record<keyof typeof emptied, number>>;

function countsOf(deployment: JsonObject, { sets, newest }: RolloutState): Counts {
  const sum = (...keys: readonly string[]) => sets.reduce((total, set) => total + numberAt(set, keys), 0);
  const availableReplicas = sum('status', 'availableReplicas');
  const told = newest === undefined ? wishOf(deployment).replicas : sum('spec', 'replicas');
  return {
    replicas: sum('status', 'replicas'),
    updatedReplicas: newest === undefined ? 0 : numberAt(newest, ['status', 'replicas']),
    readyReplicas: sum('status', 'readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, told - availableReplicas),
  };
}

function availabilityOf(controls: Controls, deployment: JsonObject, counts: Counts): JsonObject {
  const { replicas, maxUnavailable } = wishOf(deployment);
  const isAvailable = counts.availableReplicas >= replicas - maxUnavailable;
  const has = isAvailable ? 'has' : 'does not have';
  return renewed(controls, deployment, {
    type: 'Available',
    status: isAvailable ? 'True' : 'False',
    reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${has} minimum availability.`,
  });
}

interface Progress extends RolloutState {
  readonly counts: Counts;
}

function progressOf(controls: Controls, deployment: JsonObject, progress: Progress): JsonObject | undefined {
  const { counts, newest, isNew } = progress;
  const before = conditionOf(deployment, 'Progressing');
  const say = (status: string, reason: string, message: string) =>
    renewed(controls, deployment, { type: 'Progressing', status, reason, message });
  if (pick(deployment, 'spec', 'paused') === true) return say('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (newest === undefined) return before;
  const name = `"${nameOf(newest)}"`;
  if (isNew) return say('True', 'NewReplicaSetCreated', `Created new replica set ${name}`);
  const isSettled = before?.['reason'] === 'NewReplicaSetAvailable' && counts.replicas === counts.updatedReplicas;
  if (isSettled) return before;
  if (isComplete(deployment, counts)) {
    return say('True', 'NewReplicaSetAvailable', `ReplicaSet ${name} has successfully progressed.`);
  }
  if (before === undefined || isBetter(deployment, counts)) {
    const message = `ReplicaSet ${name} is progressing.`;
    const moved = say('True', 'ReplicaSetUpdated', message);
    return { ...moved, lastUpdateTime: timeText(controls.now()) };
  }
  return isOverdue(controls, deployment, before)
    ? say('False', 'ProgressDeadlineExceeded', `ReplicaSet ${name} has timed out progressing.`)
    : before;
}

function isComplete(deployment: JsonObject, counts: Counts): boolean {
  const { replicas } = wishOf(deployment);
  return [counts.updatedReplicas, counts.replicas, counts.availableReplicas].every((count) => count === replicas);
}

function isBetter(deployment: JsonObject, counts: Counts): boolean {
  const before = (key: keyof Counts) => numberAt(deployment, ['status', key]);
  return (
    counts.updatedReplicas > before('updatedReplicas') ||
    counts.replicas - counts.updatedReplicas < before('replicas') - before('updatedReplicas') ||
    counts.readyReplicas > before('readyReplicas') ||
    counts.availableReplicas > before('availableReplicas')
  );
}

/** Whether nothing got better for too long; when not yet, the Deployment is looked at again at that moment. */
function isOverdue(controls: Controls, deployment: JsonObject, before: JsonObject): boolean {
  if (before['reason'] === 'ProgressDeadlineExceeded') return true;
  if (before['reason'] === 'NewReplicaSetAvailable') return false;
  const patience = (numberAt(deployment, ['spec', 'progressDeadlineSeconds'], 600) * 1000) / controls.options.speed;
  const since = Date.parse(pickText(before, 'lastUpdateTime') ?? '') || 0;
  const left = since + patience - controls.now();
  if (left > 0) controls.wake(deployment, left);
  return left <= 0;
}

/** A condition with its times: it was updated now unless it says what it said before. */
function renewed(controls: Controls, deployment: JsonObject, condition: JsonObject): JsonObject {
  const before = conditionOf(deployment, String(condition['type']));
  const isSame = before?.['status'] === condition['status'] && before?.['reason'] === condition['reason'];
  if (before !== undefined && isSame) return before;
  return { ...turned(deployment, condition, controls.now()), lastUpdateTime: timeText(controls.now()) };
}
