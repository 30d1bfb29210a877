import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { groupOf, numberAt, objectsAt } from './fields.ts';

/** Objects in one page and pages of one list: a workload with more pods than this is judged by the first ones. */
const pages = { limit: 250, most: 8 };

const types = {
  pods: { group: '', version: 'v1', kind: 'Pod' },
  replicaSets: { group: 'apps', version: 'v1', kind: 'ReplicaSet' },
  controllerRevisions: { group: 'apps', version: 'v1', kind: 'ControllerRevision' },
} as const;

interface Reading {
  readonly cluster: Cluster;
  readonly object: JsonObject;
  readonly signal: AbortSignal;
}

type Finder = (reading: Reading) => Promise<readonly JsonObject[]>;

const finders: Readonly<Record<string, Finder>> = {
  'apps/Deployment': ofDeployment,
  'apps/StatefulSet': (reading) =>
    ownedPods(reading, hashSelector('controller-revision-hash', pickText(reading.object, 'status', 'updateRevision'))),
  'apps/DaemonSet': ofDaemonSet,
  'apps/ReplicaSet': (reading) => ownedPods(reading, []),
  'batch/Job': (reading) => ownedPods(reading, []),
  // Its pods belong to ReplicaSets; the hash of the newest template is unique among what the selector finds.
  'argoproj.io/Rollout': (reading) =>
    list(
      reading,
      types.pods,
      hashSelector('rollouts-pod-template-hash', pickText(reading.object, 'status', 'currentPodHash')),
    ),
};

/** Whether objects of this kind run pods that belong to them. */
export function runsPods(object: JsonObject): boolean {
  return finderOf(object) !== undefined;
}

/**
 * The pods of the newest revision of a workload; none when the controller has not made that revision yet. Pods of older
 * revisions are left out: what they do says nothing about the change. Throws `BorderError`.
 */
export async function newestPods(
  cluster: Cluster,
  object: JsonObject,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const find = finderOf(object);
  return find === undefined ? [] : await find({ cluster, object, signal });
}

function finderOf(object: JsonObject): Finder | undefined {
  return finders[`${groupOf(object)}/${pickText(object, 'kind') ?? ''}`];
}

/** The newest ReplicaSet has the highest revision: going back to an older template gives that one a new number. */
async function ofDeployment(reading: Reading): Promise<readonly JsonObject[]> {
  const sets = ownedBy(reading.object, await list(reading, types.replicaSets, []));
  const newest = highest(sets, (set) =>
    Number(pickText(set, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') ?? 0),
  );
  if (newest === undefined) return [];
  const hash = pickText(newest, 'metadata', 'labels', 'pod-template-hash');
  return ownedBy(newest, await list(reading, types.pods, hashSelector('pod-template-hash', hash)));
}

async function ofDaemonSet(reading: Reading): Promise<readonly JsonObject[]> {
  const revisions = ownedBy(reading.object, await list(reading, types.controllerRevisions, []));
  const newest = highest(revisions, (revision) => numberAt(revision, 'revision'));
  if (newest === undefined) return [];
  const hash = pickText(newest, 'metadata', 'labels', 'controller-revision-hash');
  return ownedPods(reading, hashSelector('controller-revision-hash', hash));
}

async function ownedPods(reading: Reading, more: readonly string[]): Promise<readonly JsonObject[]> {
  return ownedBy(reading.object, await list(reading, types.pods, more));
}

function ownedBy(owner: JsonObject, objects: readonly JsonObject[]): readonly JsonObject[] {
  const uid = pickText(owner, 'metadata', 'uid');
  return objects.filter((object) =>
    objectsAt(object, 'metadata', 'ownerReferences').some((each) => each['controller'] === true && each['uid'] === uid),
  );
}

function highest(objects: readonly JsonObject[], rank: (object: JsonObject) => number): JsonObject | undefined {
  return objects.toSorted((one, two) => rank(two) - rank(one))[0];
}

async function list(
  { cluster, object, signal }: Reading,
  type: (typeof types)[keyof typeof types],
  more: readonly string[],
): Promise<readonly JsonObject[]> {
  const selector = selectorOf(pick(object, 'spec', 'selector'));
  if (selector.length === 0) return []; // an empty selector would find everything there is
  const labelSelector = [...selector, ...more].join(',');
  const namespace = pickText(object, 'metadata', 'namespace') ?? null;
  const found: JsonObject[] = [];
  let page: string | null = null;
  for (let read = 0; read < pages.most; read += 1) {
    const options = { namespace, labelSelector, metadataOnly: false, page, limit: pages.limit };
    const { items, next } = await cluster.list(type, options, signal);
    found.push(...items);
    if (next === null) break;
    page = next;
  }
  return found;
}

/** Selects the revision; without a hash there is no such revision yet, which no label value can be. */
function hashSelector(label: string, hash: string | undefined): readonly string[] {
  return hash === undefined ? [`${label}=none-yet`] : [`${label}=${hash}`];
}

function selectorOf(selector: Json | undefined): readonly string[] {
  const labels = pick(selector, 'matchLabels');
  const equal = isJsonObject(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`) : [];
  return [...equal, ...objectsAt(selector ?? null, 'matchExpressions').flatMap(expressionOf)];
}

function expressionOf(expression: JsonObject): readonly string[] {
  const key = pickText(expression, 'key') ?? '';
  const values = expression['values'];
  const all = isJsonList(values) ? values.join(',') : '';
  switch (pickText(expression, 'operator')) {
    case 'In':
      return [`${key} in (${all})`];
    case 'NotIn':
      return [`${key} notin (${all})`];
    case 'Exists':
      return [key];
    case 'DoesNotExist':
      return [`!${key}`];
    default:
      return [];
  }
}
