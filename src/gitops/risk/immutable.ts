import { type JsonObject, pick, pickText } from '../../model/json.ts';
import { formatPath, type Path } from '../../model/path.ts';
import type { ResourceId } from '../../model/resource.ts';
import { pulledPaths, type RiskRule, type Subject } from './rule.ts';

/** Fields that the API server does not let anybody change, by group and kind (kubernetes/pkg/apis: the validations of updates). */
const fixed: Readonly<Record<string, RegExp>> = {
  'apps/Deployment': /^spec\.selector(?![A-Za-z])/,
  'apps/DaemonSet': /^spec\.selector(?![A-Za-z])/,
  'apps/StatefulSet':
    /^spec\.(?!replicas$|ordinals|template|updateStrategy|persistentVolumeClaimRetentionPolicy|minReadySeconds$|revisionHistoryLimit$)/,
  'batch/Job': /^spec\.(?:selector|template|completionMode)(?![A-Za-z])/,
  '/PersistentVolumeClaim': /^spec\.(?!resources|volumeAttributesClassName)/,
  '/PersistentVolume':
    /^spec\.(?:awsElasticBlockStore|azureDisk|azureFile|csi|gcePersistentDisk|hostPath|iscsi|local|nfs|volumeMode)/,
  '/Service': /^spec\.(?:clusterIP$|clusterIPs)/,
  'rbac.authorization.k8s.io/RoleBinding': /^roleRef/,
  'rbac.authorization.k8s.io/ClusterRoleBinding': /^roleRef/,
  'storage.k8s.io/StorageClass': /^(?:provisioner|parameters|reclaimPolicy|volumeBindingMode)/,
  'scheduling.k8s.io/PriorityClass': /^(?:value$|preemptionPolicy)/,
  'apiextensions.k8s.io/CustomResourceDefinition': /^spec\.(?:scope$|group$|names\.(?:kind|plural)$)/,
};

/** Kinds that are fixed once they say `immutable: true`. */
const sealedKinds: ReadonlySet<string> = new Set(['/Secret', '/ConfigMap']);

/** Whether the API server lets nobody change a field of a kind, as far as that is known without asking it. */
export function isFixedField({ group, kind }: Pick<ResourceId, 'group' | 'kind'>, path: Path): boolean {
  const text = formatPath(path);
  const name = `${group}/${kind}`;
  if (sealedKinds.has(name)) return /^(?:data|binaryData|immutable|type)(?![A-Za-z])/.test(text);
  return Object.hasOwn(fixed, name) && fixed[name]?.test(text) === true;
}

/** What goes when an object is deleted to be made anew, to be read after "and". */
const losses: Readonly<Record<string, string>> = {
  'apps/Deployment': 'all of its Pods stop until new ones run',
  'apps/ReplicaSet': 'all of its Pods stop until new ones run',
  'apps/DaemonSet': 'its Pods stop on every node until new ones run',
  'apps/StatefulSet': 'all of its Pods stop until new ones run, one after the other',
  'batch/Job': 'its Pods and their logs go, and it runs again from the start',
  '/Pod': 'it stops until a new one runs',
  '/Service': 'its addresses and ports change, and connections break',
  '/Secret': 'Pods that start in between do not find it',
  '/ConfigMap': 'Pods that start in between do not find it',
  'rbac.authorization.k8s.io/RoleBinding': 'its subjects have none of its rights in between',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'its subjects have none of its rights in between',
  'storage.k8s.io/StorageClass': 'no volume of it can be made in between',
  'scheduling.k8s.io/PriorityClass': 'Pods that name it cannot be created in between',
};

/** Kinds with which too much goes to make them anew by itself: data, or all that is in them. */
const kept: ReadonlySet<string> = new Set([
  '/Namespace',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/**
 * Whether an object may be deleted to be made anew at all, and what goes with it; where it may not, `takes` is what it is called. A
 * Service with a load balancer would lose its address in the world.
 */
export function recreation(
  { group, kind }: Pick<ResourceId, 'group' | 'kind'>,
  { live, head }: { readonly live: JsonObject | null; readonly head: JsonObject },
): { readonly isAllowed: boolean; readonly takes: string } {
  const name = `${group}/${kind}`;
  if (kept.has(name)) return { isAllowed: false, takes: kind };
  const isBalancer = [live, head].some((side) => pickText(side ?? {}, 'spec', 'type') === 'LoadBalancer');
  if (name === '/Service' && isBalancer) return { isAllowed: false, takes: 'Service with a load balancer' };
  const known = Object.hasOwn(losses, name) ? losses[name] : undefined;
  return { isAllowed: true, takes: known ?? 'whatever belongs to it goes' };
}

/** The fixed fields that the pull changes, where the server was not asked or could not say: it knows better. */
function fixedPaths(subject: Subject): readonly string[] {
  const { change, live, base } = subject;
  const { group, kind } = change.resource;
  const isAsked = live !== null && change.offline === undefined;
  if (change.action === 'recreate' || isAsked) return [];
  const isSealed = pick(live ?? base?.object, 'immutable') === true;
  if (sealedKinds.has(`${group}/${kind}`) && !isSealed) return [];
  return pulledPaths(subject)
    .filter(({ path }) => isFixedField(change.resource, path))
    .map(({ path }) => formatPath(path));
}

function judged(isAllowed: boolean): RiskRule['judge'] {
  return (subject) => {
    const { change, live, head } = subject;
    const how = recreation(change.resource, { live, head: head?.object ?? {} });
    if (how.isAllowed !== isAllowed) return [];
    return fixedPaths(subject).map((path) => ({
      message: isAllowed
        ? `${path} cannot be changed, only by deleting the object and making it anew`
        : `${path} cannot be changed, and a ${how.takes} is never deleted to be made anew`,
    }));
  };
}

/** What the API server will not do to an object that is there. */
export const immutableRules: readonly RiskRule[] = [
  {
    ...{ id: 'immutable-recreate', severity: 'block', judge: judged(true) },
    when: 'A field changes that the API server lets nobody change.',
    why: 'Applying it fails; deleting the object first stops what it runs, and takes what belongs to it.',
    fix: 'Give the new object another name, or delete the old one by hand when that is safe.',
  },
  {
    ...{ id: 'immutable-refused', severity: 'block', judge: judged(false) },
    when: 'A field changes that the API server lets nobody change, of an object that is never deleted to be made anew: a Namespace, a definition, a volume, a claim, a Service with a load balancer.',
    why: 'Applying it fails, and with the object would go data, an address in the world, or all that is in it.',
    fix: 'Put the old value back, or give the new object another name.',
  },
];
