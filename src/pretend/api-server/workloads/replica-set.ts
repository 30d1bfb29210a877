import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { type Controls, create, kinds, managers, podsOf, remove, report } from './controls.ts';
import { conditionOf, hashWord, holds, nameOf, namespaceOf, numberAt, objectsAt, withoutZeros } from './fields.ts';
import { isOver, podFrom } from './pod.ts';

/** Makes and removes pods until there are as many as a ReplicaSet is told to have, and says how many are ready. */
export async function keepPods(controls: Controls, set: JsonObject): Promise<void> {
  const wanted = numberAt(set, ['spec', 'replicas'], 1);
  const pods = podsOf(controls, set).filter((pod) => !isOver(pod));
  for (let missing = wanted - pods.length; missing > 0; missing -= 1) {
    await create(controls, kinds.pods, podFrom(set, kinds.replicasets, { name: freeName(controls, set) }));
  }
  const surplus = Math.max(0, pods.length - wanted);
  for (const pod of pods.toSorted(leastUsefulFirst).slice(0, surplus)) remove(controls, kinds.pods, pod);
  await reportSet(controls, set);
}

/** Such as `web-5d4f8c7b6-x7k2p`: a name that no pod has, the same whenever the same has happened before. */
function freeName(controls: Controls, set: JsonObject): string {
  for (let index = 0; ; index += 1) {
    const name = `${nameOf(set)}-${hashWord([nameOf(set), controls.api.store.version + index], 5)}`;
    if (controls.api.store.get(kinds.pods, namespaceOf(set), name) === undefined) return name;
  }
}

function leastUsefulFirst(one: JsonObject, other: JsonObject): number {
  const byUse = Number(holds(one, 'Ready')) - Number(holds(other, 'Ready'));
  return byUse === 0 ? versionOf(other) - versionOf(one) : byUse;
}

function versionOf(object: JsonObject): number {
  return Number(pickText(object, 'metadata', 'resourceVersion') ?? 0);
}

async function reportSet(controls: Controls, before: JsonObject): Promise<void> {
  const pods = podsOf(controls, before).filter((pod) => !isOver(pod));
  const status = {
    replicas: pods.length,
    ...withoutZeros({
      fullyLabeledReplicas: pods.length,
      readyReplicas: pods.filter((pod) => holds(pod, 'Ready')).length,
      availableReplicas: availableOf(controls, before, pods).length,
      observedGeneration: numberAt(before, ['metadata', 'generation']),
    }),
    ...(objectsAt(before, 'status', 'conditions').length > 0 && {
      conditions: pick(before, 'status', 'conditions') ?? [],
    }),
  };
  await report(controls, kinds.replicasets, { object: { ...before, status }, before, manager: managers.controller });
}

/** The pods that have been ready for `minReadySeconds`; the workload is looked at again when the next one will be. */
export function availableOf(controls: Controls, owner: JsonObject, pods: readonly JsonObject[]): readonly JsonObject[] {
  const patience = (numberAt(owner, ['spec', 'minReadySeconds']) * 1000) / controls.options.speed;
  return pods.filter((pod) => {
    if (!holds(pod, 'Ready')) return false;
    const since = Date.parse(pickText(conditionOf(pod, 'Ready'), 'lastTransitionTime') ?? '') || 0;
    const left = patience === 0 ? 0 : since + patience - controls.now();
    if (left > 0) controls.wake(owner, left);
    return left <= 0;
  });
}
