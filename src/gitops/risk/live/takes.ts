import type { Change } from '../../../model/change.ts';
import { isJsonList, type JsonObject, pick, pickText } from '../../../model/json.ts';
import type { ResourceId } from '../../../model/resource.ts';
import { countOf, type Kind, kindsIn, type Listed, type Lister, namesOf } from './lister.ts';

/**
 * What goes with an object that is deleted or made anew, one clause each: what is in a namespace, the instances of a definition, the
 * volume of a claim, and what the object owns, as the garbage collector follows it (metadata.ownerReferences). Empty: nothing is known
 * to go.
 */
export async function takesOf(change: Change, live: JsonObject | null, lister: Lister): Promise<readonly string[]> {
  const { group, kind } = change.resource;
  if (live === null) return [];
  if (change.action === 'delete' && group === '' && kind === 'Namespace')
    return contentOf(change.resource.name, lister);
  if (group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition') return instancesOf(live, lister);
  if (group === '' && kind === 'PersistentVolumeClaim') return volumeOf(change.resource, live, lister);
  if (group === '' && kind === 'PersistentVolume') return claimOf(live);
  return ownedBy(change.resource, live, lister);
}

/** What the system itself puts into every namespace, and records that come and go. */
const ofItself: ReadonlySet<string> = new Set(['ConfigMap kube-root-ca.crt', 'ServiceAccount default']);
const passing: ReadonlySet<string> = new Set(['Event', 'Endpoints', 'EndpointSlice', 'Lease', 'PodMetrics']);

/** Kinds that are named; the rest is counted. */
const mostKinds = 6;

async function contentOf(namespace: string, lister: Lister): Promise<readonly string[]> {
  const kinds = kindsIn(
    lister.discovery,
    ({ namespaced, verbs, kind }) => namespaced && verbs.includes('delete') && !passing.has(kind),
  );
  const found = await Promise.all(
    kinds.map(async (type) => ({ kind: type.kind, listed: await lister.list(type, namespace) })),
  );
  const counted = found.flatMap(({ kind, listed }) => {
    const items = (listed?.items ?? []).filter(
      (item) => !ofItself.has(`${kind} ${pickText(item, 'metadata', 'name')}`),
    );
    return items.length === 0 ? [] : [{ kind, listed: { items, isWhole: listed?.isWhole ?? true } }];
  });
  const sorted = counted.toSorted((one, other) => rankOf(other) - rankOf(one));
  const told = sorted.slice(0, mostKinds).map(({ kind, listed }) => countOf(kind, listed));
  const more = sorted.slice(mostKinds).reduce((sum, { listed }) => sum + listed.items.length, 0);
  const unread = found.filter(({ listed }) => listed === null).map(({ kind }) => kind);
  return [
    ...told,
    ...(more === 0 ? [] : [`${more} objects of other kinds`]),
    ...(unread.length === 0 ? [] : [`and what may not be listed (${unread.slice(0, mostKinds).join(', ')})`]),
  ];
}

/** Data first, then by number. */
function rankOf({ kind, listed }: { readonly kind: string; readonly listed: Listed }): number {
  return (kind === 'PersistentVolumeClaim' ? 1_000_000 : 0) + listed.items.length;
}

async function instancesOf(definition: JsonObject, lister: Lister): Promise<readonly string[]> {
  const group = pickText(definition, 'spec', 'group') ?? '';
  const kind = pickText(definition, 'spec', 'names', 'kind') ?? '';
  const served = lister.discovery.resources.find((type) => type.group === group && type.kind === kind);
  if (served === undefined) return [];
  const listed = await lister.list(served, null);
  if (listed === null) return [`every ${kind}, which may not be listed here`];
  if (listed.items.length === 0) return [];
  const spaces = new Set(listed.items.flatMap((item) => pickText(item, 'metadata', 'namespace') ?? []));
  const where = spaces.size === 0 ? '' : ` in ${spaces.size} ${spaces.size === 1 ? 'namespace' : 'namespaces'}`;
  return [`${countOf(kind, listed)}${where}`];
}

async function volumeOf(id: ResourceId, claim: JsonObject, lister: Lister): Promise<readonly string[]> {
  const pods = await lister.list(pod, id.namespace, 'whole');
  const users = (pods?.items ?? []).filter((item) => usesClaim(item, id.name));
  const used = users.length === 0 ? [] : [`it is used by Pod ${namesOf(users)}`];
  const name = pickText(claim, 'spec', 'volumeName');
  if (name === undefined || name === '') return used;
  const volume = await lister.get({ group: '', version: 'v1', kind: 'PersistentVolume', namespace: null, name });
  const policy = pickText(volume ?? {}, 'spec', 'persistentVolumeReclaimPolicy');
  if (policy === undefined) return [`PersistentVolume ${name} (its reclaim policy may not be read)`, ...used];
  const fate = policy === 'Retain' ? 'stays, released: reclaim policy Retain' : `reclaim policy ${policy}`;
  return [`PersistentVolume ${name} (${fate})`, ...used];
}

function usesClaim(item: JsonObject, claim: string): boolean {
  const volumes = pick(item, 'spec', 'volumes');
  return (isJsonList(volumes) ? volumes : []).some(
    (volume) => pickText(volume, 'persistentVolumeClaim', 'claimName') === claim,
  );
}

function claimOf(volume: JsonObject): readonly string[] {
  const name = pickText(volume, 'spec', 'claimRef', 'name');
  const namespace = pickText(volume, 'spec', 'claimRef', 'namespace');
  return name === undefined ? [] : [`PersistentVolumeClaim ${namespace ?? ''}/${name} loses its volume`];
}

const pod: Kind = { group: '', version: 'v1', kind: 'Pod' };
/** What the workloads of Kubernetes own. */
const ofWorkloads: readonly Kind[] = [
  { group: 'apps', version: 'v1', kind: 'ReplicaSet' },
  { group: 'batch', version: 'v1', kind: 'Job' },
  pod,
];
/** What operators make for their objects. */
const ofOperators: readonly Kind[] = [
  ...ofWorkloads,
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => ({ group: 'apps', version: 'v1', kind })),
  ...['PersistentVolumeClaim', 'Service', 'ConfigMap', 'Secret'].map((kind) => ({ group: '', version: 'v1', kind })),
];
const workloads: ReadonlySet<string> = new Set([
  ...['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet'],
  ...['batch/Job', 'batch/CronJob', '/ReplicationController'],
]);

/** Kinds that the owner may own; null where it owns nothing. */
function ownableBy({ group, kind }: ResourceId): readonly Kind[] | null {
  if (workloads.has(`${group}/${kind}`)) return ofWorkloads;
  const isOperators = group.includes('.') && !group.endsWith('.k8s.io');
  return isOperators ? ofOperators : null;
}

async function ownedBy(id: ResourceId, live: JsonObject, lister: Lister): Promise<readonly string[]> {
  const kinds = ownableBy(id);
  const uid = pickText(live, 'metadata', 'uid');
  if (kinds === null || uid === undefined || id.namespace === null) return [];
  const found = await Promise.all(
    kinds.map(async (type) => ({ kind: type.kind, listed: await lister.list(type, id.namespace) })),
  );
  const all = found.flatMap(({ kind, listed }) => (listed?.items ?? []).map((item) => ({ kind, item })));
  const owned = followOwners(uid, all);
  return [...Map.groupBy(owned, ({ kind }) => kind)].map(([kind, items]) =>
    countOf(kind, { items: items.map(({ item }) => item), isWhole: true }),
  );
}

interface Candidate {
  readonly kind: string;
  readonly item: JsonObject;
}

/** Everything below an owner, however deep. */
function followOwners(uid: string, all: readonly Candidate[]): readonly Candidate[] {
  const byOwner = Map.groupBy(
    all.flatMap((candidate) => ownersIn(candidate.item).map((owner) => ({ owner, candidate }))),
    ({ owner }) => owner,
  );
  const found = new Set<Candidate>();
  const next = [uid];
  for (let owner = next.pop(); owner !== undefined; owner = next.pop()) {
    for (const { candidate } of byOwner.get(owner) ?? []) {
      if (found.has(candidate)) continue;
      found.add(candidate);
      next.push(pickText(candidate.item, 'metadata', 'uid') ?? '');
    }
  }
  return all.filter((candidate) => found.has(candidate));
}

function ownersIn(item: JsonObject): readonly string[] {
  const owners = pick(item, 'metadata', 'ownerReferences');
  return (isJsonList(owners) ? owners : []).flatMap((owner) => pickText(owner, 'uid') ?? []);
}
