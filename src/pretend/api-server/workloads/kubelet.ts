import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { type Controls, kinds, managers, report } from './controls.ts';
import { failureOf } from './failure.ts';
import { objectsAt, uidOf } from './fields.ts';
import { type PodFate, podStatus } from './pod-status.ts';

/** Starts a pod that is new, and some time later lets it run, fail or end. Pods that have come that far are left alone. */
export async function runPod(controls: Controls, pod: JsonObject): Promise<void> {
  const { due, options, wake } = controls;
  const uid = uidOf(pod);
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  if (statuses.length === 0) {
    await tell(controls, pod, { kind: 'creating' });
    return wake(pod, options.podMs, () => due.add(uid));
  }
  if (!due.has(uid)) return;
  const fate = fateOf(controls, pod);
  await tell(controls, pod, fate);
  due.delete(uid);
  // What belongs to a job runs for a while before it is done.
  if (fate.kind === 'running' && endsByItself(pod)) wake(pod, options.podMs, () => due.add(uid));
}

function fateOf(controls: Controls, pod: JsonObject): PodFate {
  const failure = failureOf(pod, controls.options);
  if (failure !== null) {
    const container = failure.container ?? pickText(objectsAt(pod, 'spec', 'containers')[0], 'name') ?? '';
    controls.api.logs.set(uidOf(pod), new Map([[container, failure.logs]]));
    const isOver = failure.reason === 'CrashLoopBackOff' && endsByItself(pod);
    return { kind: isOver ? 'failed' : 'failing', failure, container };
  }
  return { kind: endsByItself(pod) && pickText(pod, 'status', 'phase') === 'Running' ? 'done' : 'running' };
}

function endsByItself(pod: JsonObject): boolean {
  return (pick(pod, 'spec', 'restartPolicy') ?? 'Always') !== 'Always';
}

async function tell(controls: Controls, pod: JsonObject, fate: PodFate): Promise<void> {
  const object = { ...pod, status: podStatus(pod, fate, controls.now()) };
  await report(controls, kinds.pods, { object, before: pod, manager: managers.kubelet });
}
