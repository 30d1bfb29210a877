import { pick } from '../../model/json.ts';
import { formatPath } from '../../model/path.ts';
import { pulledPaths, type Risk, type RiskRule, type Subject } from './rule.ts';

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

function immutable(subject: Subject): readonly Risk[] {
  const { group, kind } = subject.change.resource;
  const pattern = fixed[`${group}/${kind}`];
  const isSealed =
    ['Secret', 'ConfigMap'].includes(kind) &&
    group === '' &&
    pick(subject.live ?? subject.base?.object, 'immutable') === true;
  const paths = pulledPaths(subject).map(({ path }) => formatPath(path));
  const wrong = paths.filter(
    (path) => pattern?.test(path) === true || (isSealed && /^(?:data|binaryData|immutable)/.test(path)),
  );
  return wrong.map((path) => ({
    message: `${path} cannot be changed, only by deleting the object and making it anew`,
  }));
}

/** What the API server will not do to an object that is there. */
export const immutableRules: readonly RiskRule[] = [
  {
    ...{ id: 'immutable-recreate', severity: 'block', judge: immutable },
    when: 'A field changes that the API server lets nobody change.',
    why: 'Applying it fails; deleting the object first stops what it runs, and takes what belongs to it.',
    fix: 'Give the new object another name, or delete the old one by hand when that is safe.',
  },
];
