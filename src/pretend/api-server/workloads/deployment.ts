import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { type Controls, controllerReference, create, kinds, ownedBy, remove, update } from './controls.ts';
import { revisionAnnotation, revisionOf, wishOf } from './deployment-spec.ts';
import { reportDeployment } from './deployment-status.ts';
import { hashWord, nameOf, numberAt, objectAt } from './fields.ts';
import { planReplicas, type SetCount } from './rolling.ts';

/** The label that tells the pods of one template from those of another. */
const hashLabel = 'pod-template-hash';
/** Does the next step of a rollout: makes or resizes ReplicaSets, forgets old ones, and says how far it is. */
export async function rollOut(controls: Controls, deployment: JsonObject): Promise<void> {
  const hash = hashWord(pick(deployment, 'spec', 'template') ?? null, 10);
  const sets = setsOf(controls, deployment);
  const newest = sets.find((set) => hashOf(set) === hash);
  const old = sets.filter((set) => set !== newest);
  const isPaused = pick(deployment, 'spec', 'paused') === true;
  const isNew = isPaused ? false : await stepOn(controls, { deployment, hash, newest, old });
  forgetOld(controls, deployment, old);
  const now = setsOf(controls, deployment);
  await reportDeployment(controls, deployment, { sets: now, newest: now.find((set) => hashOf(set) === hash), isNew });
}

interface Rollout {
  readonly deployment: JsonObject;
  readonly hash: string;
  readonly newest: JsonObject | undefined;
  readonly old: readonly JsonObject[];
}

/** Whether a ReplicaSet was made. */
async function stepOn(controls: Controls, rollout: Rollout): Promise<boolean> {
  const { deployment, newest, old } = rollout;
  const wish = wishOf(deployment);
  const counts = old.map(countOf);
  const plan = planReplicas(wish, newest === undefined ? unborn : countOf(newest), counts);
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  for (const set of old) await resize(controls, set, plan);
  if (newest !== undefined) await resize(controls, withRevision(newest, revision), plan);
  const mustWait = wish.recreates && counts.some(({ replicas, pods }) => replicas + pods > 0);
  if (newest !== undefined || mustWait) return false;
  await create(controls, kinds.replicasets, newSet(rollout, revision, plan.get(unborn.name) ?? 0));
  return true;
}

/** The ReplicaSets of a Deployment, the oldest first. */
function setsOf(controls: Controls, deployment: JsonObject): readonly JsonObject[] {
  const sets = ownedBy(controls, deployment, kinds.replicasets);
  return sets.toSorted((one, other) => revisionOf(one) - revisionOf(other));
}

function hashOf(set: JsonObject): string | undefined {
  return pickText(set, 'metadata', 'labels', hashLabel);
}

/** The ReplicaSet that is still to be made. */
const unborn: SetCount = { name: '', replicas: 0, pods: 0, available: 0 };

function countOf(set: JsonObject): SetCount {
  return {
    name: nameOf(set),
    replicas: numberAt(set, ['spec', 'replicas'], 1),
    pods: numberAt(set, ['status', 'replicas']),
    available: numberAt(set, ['status', 'availableReplicas']),
  };
}

function newSet({ deployment, hash }: Rollout, revision: number, replicas: number): JsonObject {
  const template = objectAt(deployment, 'spec', 'template');
  const labels = { ...objectAt(template, 'metadata', 'labels'), [hashLabel]: hash };
  const selector = objectAt(deployment, 'spec', 'selector');
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: pick(deployment, 'metadata', 'namespace') ?? null,
      labels,
      annotations: { [revisionAnnotation]: String(revision) },
      ownerReferences: [controllerReference(kinds.deployments, deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: pick(deployment, 'spec', 'minReadySeconds') ?? 0,
      selector: { ...selector, matchLabels: { ...objectAt(selector, 'matchLabels'), [hashLabel]: hash } },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  };
}

/** The set as the newest: it gets the highest revision, unless it has that already. */
function withRevision(set: JsonObject, revision: number): JsonObject {
  if (revisionOf(set) >= revision) return set;
  const metadata = objectAt(set, 'metadata');
  const annotations = { ...objectAt(metadata, 'annotations'), [revisionAnnotation]: String(revision) };
  return { ...set, metadata: { ...metadata, annotations } };
}

async function resize(controls: Controls, set: JsonObject, plan: ReadonlyMap<string, number>): Promise<void> {
  const spec = objectAt(set, 'spec');
  const replicas = plan.get(nameOf(set)) ?? numberAt(spec, ['replicas'], 1);
  await update(controls, kinds.replicasets, { ...set, spec: { ...spec, replicas } });
}

function forgetOld(controls: Controls, deployment: JsonObject, old: readonly JsonObject[]): void {
  const limit = numberAt(deployment, ['spec', 'revisionHistoryLimit'], 10);
  const empty = old.map(countOf).filter(({ replicas, pods }) => replicas + pods === 0);
  const forgotten = new Set(empty.slice(0, Math.max(0, empty.length - limit)).map(({ name }) => name));
  for (const set of old) if (forgotten.has(nameOf(set))) remove(controls, kinds.replicasets, set);
}
