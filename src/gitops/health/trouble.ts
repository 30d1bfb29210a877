import { type JsonObject, pick, pickText } from '../../model/json.ts';
import { conditionOf, dateAt, numberAt, objectsAt, secondsSince } from './fields.ts';
import { isImageRefused } from './image-pull.ts';

/** A positive sign that a pod fails. */
export interface Trouble {
  readonly pod: string;
  /** Null when the whole pod is in trouble, such as one that fits on no node. */
  readonly container: string | null;
  /** Such as `CrashLoopBackOff`. */
  readonly reason: string;
  /** The cluster's own words, not yet masked. */
  readonly message: string | null;
  readonly exitCode: number | null;
  readonly restarts: number | null;
  /** Whether the container has run, so that there may be a log. */
  readonly hasRun: boolean;
}

/** A container that ended badly this often will not come right by itself, unless that was long ago (seconds). */
const repeated = { restarts: 2, withinSeconds: 900 };

/** Waiting reasons of a pull that failed once, or whose registry is out of reach. */
const pulling: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable']);

/**
 * What fails in a pod: its init containers, sidecars and containers that cannot start or keep ending badly. A container that is
 * merely not ready yet is none.
 */
export function troublesOf(pod: JsonObject, now: Date): readonly Trouble[] {
  return containerStatuses(pod).flatMap((status) => withReason(pod, status, reasonOf(pod, status, now)));
}

/**
 * What keeps a pod from starting and may pass without anybody's doing, whether or not it is a trouble by now: it fits on no node (an
 * autoscaler may add one), or an image was not to be had.
 */
export function hindrancesOf(pod: JsonObject): readonly Trouble[] {
  const held = containerStatuses(pod).flatMap((status) => {
    const waiting = waitingReason(status);
    return withReason(pod, status, pulling.has(waiting) ? waiting : null);
  });
  return [...unschedulable(pod), ...held];
}

/** Status of every container, init containers first. */
export function containerStatuses(pod: JsonObject): readonly JsonObject[] {
  return [...objectsAt(pod, 'status', 'initContainerStatuses'), ...objectsAt(pod, 'status', 'containerStatuses')];
}

/** What is seen of one container, whether or not it is in trouble. */
export function containerFacts(pod: JsonObject, status: JsonObject): Omit<Trouble, 'reason'> {
  const ended = pick(status, 'state', 'terminated') ?? pick(status, 'lastState', 'terminated');
  const exitCode = pick(ended, 'exitCode');
  const message = pickText(status, 'state', 'waiting', 'message') || pickText(ended, 'message');
  return {
    pod: nameOf(pod),
    container: pickText(status, 'name') ?? null,
    message: message || null,
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    restarts: numberAt(status, 'restartCount'),
    hasRun: ended !== undefined || pick(status, 'state', 'running') !== undefined,
  };
}

/** The name of an object. */
export function nameOf(object: JsonObject): string {
  return pickText(object, 'metadata', 'name') ?? '';
}

function withReason(pod: JsonObject, status: JsonObject, reason: string | null): readonly Trouble[] {
  return reason === null ? [] : [{ ...containerFacts(pod, status), reason }];
}

function waitingReason(status: JsonObject): string {
  return pickText(status, 'state', 'waiting', 'reason') ?? '';
}

function reasonOf(pod: JsonObject, status: JsonObject, now: Date): string | null {
  const waiting = waitingReason(status);
  if (waiting === 'ImagePullBackOff' && isImageRefused(pod, status, now)) return waiting;
  if (!pulling.has(waiting) && isBad(waiting)) return waiting;
  return keepsEnding(status, now);
}

function keepsEnding(status: JsonObject, now: Date): string | null {
  if (status['ready'] === true || numberAt(status, 'restartCount') < repeated.restarts) return null;
  const ended = pick(status, 'state', 'terminated') ?? pick(status, 'lastState', 'terminated') ?? null;
  const isOld = secondsSince(dateAt(ended, 'finishedAt'), now) > repeated.withinSeconds;
  return isOld || numberAt(ended, 'exitCode') === 0 ? null : (pickText(ended, 'reason') ?? 'Error');
}

/**
 * CrashLoopBackOff, CreateContainerConfigError, ErrImageNeverPull and their like; PodInitializing and ContainerCreating are not.
 * The words are the kubelet's (pkg/kubelet/images/types.go, pkg/kubelet/container/sync_result.go).
 */
function isBad(waiting: string): boolean {
  return /^Err|Error$|BackOff$/.test(waiting) || waiting === 'InvalidImageName';
}

function unschedulable(pod: JsonObject): readonly Trouble[] {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return [];
  const { reason, message } = scheduled;
  return [{ pod: nameOf(pod), container: null, reason, message, exitCode: null, restarts: null, hasRun: false }];
}
