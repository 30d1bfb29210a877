import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { type Controls, create, kinds, managers, podsOf, remove, report } from './controls.ts';
import { hashWord, holds, nameOf, numberAt, objectAt, objectsAt, withoutZeros } from './fields.ts';
import { isOver, podFrom } from './pod.ts';
import { availableOf } from './replica-set.ts';

const revisionLabel = 'controller-revision-hash';

/**
 * Does the next step towards a StatefulSet's pods: they come in order, each when those before are ready, and are replaced from
 * the last to the first. As in a real cluster, one that never gets ready holds up all others until somebody deletes it.
 */
export async function keepOrdinals(controls: Controls, set: JsonObject): Promise<void> {
  const revision = `${nameOf(set)}-${hashWord(pick(set, 'spec', 'template') ?? null, 10)}`;
  await stepOn(controls, set, revision);
  await reportSet(controls, set, revision);
}

async function stepOn(controls: Controls, set: JsonObject, revision: string): Promise<void> {
  const pods = podsOf(controls, set);
  if (!(await hasAll(controls, set, { pods, revision }))) return;
  const wanted = numberAt(set, ['spec', 'replicas'], 1);
  const [surplus] = pods.filter((pod) => ordinalOf(pod) >= wanted).toSorted(lastFirst);
  const goes = surplus ?? nextToReplace(set, { pods, revision });
  if (goes !== undefined) remove(controls, kinds.pods, goes);
}

interface Revised {
  readonly pods: readonly JsonObject[];
  readonly revision: string;
}

/** Makes the pods that are missing; whether all are there and, where they come in order, ready. */
async function hasAll(controls: Controls, set: JsonObject, { pods, revision }: Revised): Promise<boolean> {
  const wanted = numberAt(set, ['spec', 'replicas'], 1);
  const isOrdered = pickText(set, 'spec', 'podManagementPolicy') !== 'Parallel';
  for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
    const pod = pods.find((each) => ordinalOf(each) === ordinal);
    if (pod === undefined) await create(controls, kinds.pods, podOf(set, ordinal, revisionFor(set, ordinal, revision)));
    else if (isOver(pod)) remove(controls, kinds.pods, pod);
    if (isOrdered && (pod === undefined || !holds(pod, 'Ready'))) return false;
  }
  return true;
}

function nextToReplace(set: JsonObject, { pods, revision }: Revised): JsonObject | undefined {
  if (pickText(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return undefined;
  const partition = partitionOf(set);
  const isDone = (pod: JsonObject) =>
    pickText(pod, 'metadata', 'labels', revisionLabel) === revision && holds(pod, 'Ready');
  const next = pods.toSorted(lastFirst).find((pod) => ordinalOf(pod) >= partition && !isDone(pod));
  return pickText(next, 'metadata', 'labels', revisionLabel) === revision ? undefined : next;
}

/** A pod below the partition comes back as it was. */
function revisionFor(set: JsonObject, ordinal: number, revision: string): string {
  const before = pickText(set, 'status', 'currentRevision');
  return ordinal < partitionOf(set) && before !== undefined ? before : revision;
}

function partitionOf(set: JsonObject): number {
  return numberAt(set, ['spec', 'updateStrategy', 'rollingUpdate', 'partition']);
}

function ordinalOf(pod: JsonObject): number {
  return Number(nameOf(pod).split('-').at(-1));
}

function lastFirst(one: JsonObject, other: JsonObject): number {
  return ordinalOf(other) - ordinalOf(one);
}

function podOf(set: JsonObject, ordinal: number, revision: string): JsonObject {
  const name = `${nameOf(set)}-${ordinal}`;
  const claims = objectsAt(set, 'spec', 'volumeClaimTemplates').map(nameOf);
  const volumes = [
    ...objectsAt(set, 'spec', 'template', 'spec', 'volumes').filter((volume) => !claims.includes(nameIn(volume))),
    ...claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}` } })),
  ];
  const labels = {
    [revisionLabel]: revision,
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
  const spec = { hostname: name, subdomain: pick(set, 'spec', 'serviceName') ?? '', volumes };
  return podFrom(set, kinds.statefulsets, { name, labels, spec });
}

function nameIn(volume: JsonObject): string {
  return pickText(volume, 'name') ?? '';
}

async function reportSet(controls: Controls, before: JsonObject, revision: string): Promise<void> {
  const pods = podsOf(controls, before).filter((pod) => !isOver(pod));
  const updated = pods.filter((pod) => pickText(pod, 'metadata', 'labels', revisionLabel) === revision);
  const isDone = updated.length === numberAt(before, ['spec', 'replicas'], 1) && updated.length === pods.length;
  const currentRevision = isDone ? revision : (pickText(before, 'status', 'currentRevision') ?? revision);
  const current = pods.filter((pod) => pickText(pod, 'metadata', 'labels', revisionLabel) === currentRevision);
  const status = {
    ...withoutZeros({
      observedGeneration: numberAt(before, ['metadata', 'generation']),
      readyReplicas: pods.filter((pod) => holds(pod, 'Ready')).length,
      currentReplicas: current.length,
      updatedReplicas: updated.length,
    }),
    replicas: pods.length,
    availableReplicas: availableOf(controls, before, pods).length,
    currentRevision,
    updateRevision: revision,
    collisionCount: 0,
    ...(objectsAt(before, 'status', 'conditions').length > 0 && {
      conditions: objectAt(before, 'status')['conditions'],
    }),
  };
  await report(controls, kinds.statefulsets, {
    object: { ...before, status },
    before,
    manager: managers.controller,
  });
}
