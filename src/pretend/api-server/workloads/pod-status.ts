import { createHash } from 'node:crypto';
import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { objectAt, objectsAt, timeText, turned, uidOf } from './fields.ts';
import type { PodFailure } from './options.ts';

/** What becomes of a pod. */
export type PodFate =
  | { readonly kind: 'creating' | 'running' | 'done' }
  | { readonly kind: 'failing' | 'failed'; readonly failure: PodFailure; readonly container: string };

/** How often a crashing container has been started again when it is first seen. */
const restarts = 3;

/** The status of a pod as the kubelet writes it. */
export function podStatus(pod: JsonObject, fate: PodFate, now: number): JsonObject {
  const isReady = fate.kind === 'running';
  const isOver = fate.kind === 'done' || fate.kind === 'failed';
  const why = isOver ? (fate.kind === 'done' ? 'PodCompleted' : 'PodFailed') : 'ContainersNotReady';
  const ready = isReady ? { status: 'True' } : { status: 'False', reason: why };
  const begun = fate.kind === 'creating' ? 'False' : 'True';
  const conditions: readonly JsonObject[] = [
    { type: 'PodReadyToStartContainers', status: begun },
    { type: 'Initialized', status: begun },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...ready },
    { type: 'PodScheduled', status: 'True' },
  ];
  const main = objectsAt(pod, 'spec', 'containers').map((container) => containerStatus(pod, container, fate, now));
  const init = objectsAt(pod, 'spec', 'initContainers').map((container) => initStatus(pod, container, fate, now));
  return {
    ...objectAt(pod, 'status'),
    phase: phaseOf(fate),
    startTime: pick(pod, 'status', 'startTime') ?? timeText(now),
    conditions: conditions.map((condition) => turned(pod, condition, now)),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: main,
  };
}

function phaseOf(fate: PodFate): string {
  switch (fate.kind) {
    case 'creating':
      return 'Pending';
    case 'running':
      return 'Running';
    case 'done':
      return 'Succeeded';
    case 'failed':
      return 'Failed';
    case 'failing':
      return fate.failure.reason === 'ImagePullBackOff' ? 'Pending' : 'Running';
    default:
      return fate satisfies never;
  }
}

function containerStatus(pod: JsonObject, container: JsonObject, fate: PodFate, now: number): JsonObject {
  const name = pickText(container, 'name') ?? '';
  const image = pickText(container, 'image') ?? '';
  const common = { name, image, imageID: '', ready: false, started: false, restartCount: 0, lastState: {} };
  const ran = { ...common, imageID: image, containerID: runId(pod, name, 0) };
  if (fate.kind === 'creating') return { ...common, state: { waiting: { reason: 'ContainerCreating' } } };
  const isCause = 'container' in fate && fate.container === name;
  if (fate.kind === 'failing' && isCause) return failing(pod, common, fate.failure, now);
  if (fate.kind === 'running' || fate.kind === 'failing') {
    return { ...ran, ready: true, started: true, state: { running: { startedAt: timeText(now) } } };
  }
  return { ...ran, state: { terminated: ended(pod, name, isCause ? fate.failure : null, now) } };
}

function failing(pod: JsonObject, common: JsonObject, failure: PodFailure, now: number): JsonObject {
  const name = String(common['name']);
  const { reason } = failure;
  if (reason === 'ImagePullBackOff') {
    const image = String(common['image']);
    const why = `ErrImagePull: rpc error: code = NotFound desc = ${image}: not found`;
    const message = failure.message ?? `Back-off pulling image "${image}": ${why}`;
    return { ...common, state: { waiting: { reason, message } } };
  }
  const place = `pod=${pickText(pod, 'metadata', 'name')}_${pickText(pod, 'metadata', 'namespace')}(${uidOf(pod)})`;
  const message = failure.message ?? `back-off 40s restarting failed container=${name} ${place}`;
  const last = ended(pod, name, failure, now);
  return {
    ...common,
    imageID: String(common['image']),
    containerID: runId(pod, name, restarts),
    restartCount: restarts,
    state: { waiting: { reason, message } },
    lastState: { terminated: last },
  };
}

/** How a container's last run ended: badly with a failure, else well. */
function ended(pod: JsonObject, name: string, failure: PodFailure | null, now: number): JsonObject {
  const time = timeText(now);
  return {
    exitCode: failure === null ? 0 : (failure.exitCode ?? 1),
    reason: failure === null ? 'Completed' : 'Error',
    startedAt: time,
    finishedAt: time,
    containerID: runId(pod, name, failure === null ? 0 : restarts),
  };
}

/** An init container has done its work once the pod has begun; one that restarts always is a sidecar and runs on. */
function initStatus(pod: JsonObject, container: JsonObject, fate: PodFate, now: number): JsonObject {
  const isSidecar = container['restartPolicy'] === 'Always';
  if (fate.kind === 'creating' || isSidecar) return containerStatus(pod, container, fate, now);
  const status = containerStatus(pod, container, { kind: 'done' }, now);
  return { ...status, ready: true };
}

function runId(pod: JsonObject, container: string, run: number): string {
  return `containerd://${createHash('sha256')
    .update(`${uidOf(pod)}/${container}/${run}`)
    .digest('hex')}`;
}
