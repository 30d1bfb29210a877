import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';

/** A kind the server serves. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Whether status is a resource of its own. */
  readonly status: boolean;
  /** The definition of a custom kind; null for a built-in one. */
  readonly definition: JsonObject | null;
}

/** The verbs every kind has. */
export const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The kinds a CustomResourceDefinition adds, one for each served version. */
export function customKindsOf(definition: JsonObject): readonly ServedKind[] {
  const versions = pick(definition, 'spec', 'versions');
  if (!isJsonList(versions)) return [];
  return versions
    .filter((version) => pick(version, 'served') !== false)
    .map((version) => customKind(definition, version));
}

function customKind(definition: JsonObject, version: Json): ServedKind {
  const names = (key: string) => pickText(definition, 'spec', 'names', key) ?? '';
  return {
    group: pickText(definition, 'spec', 'group') ?? '',
    version: pickText(version, 'name') ?? '',
    kind: names('kind'),
    plural: names('plural'),
    singular: names('singular') || names('kind').toLowerCase(),
    namespaced: pickText(definition, 'spec', 'scope') === 'Namespaced',
    shortNames: textsOf(pick(definition, 'spec', 'names', 'shortNames')),
    categories: textsOf(pick(definition, 'spec', 'names', 'categories')),
    status: isJsonObject(pick(version, 'subresources', 'status')),
    definition,
  };
}

function textsOf(value: Json | undefined): readonly string[] {
  return isJsonList(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** One line of the table: `GROUP/VERSION KIND PLURAL FLAGS [SHORT NAMES]`; flags n = namespaced, s = status, a = category all. */
const table = `
/v1 ConfigMap configmaps n cm
/v1 Endpoints endpoints n ep
/v1 LimitRange limitranges n limits
/v1 Namespace namespaces s ns
/v1 PersistentVolume persistentvolumes s pv
/v1 PersistentVolumeClaim persistentvolumeclaims ns pvc
/v1 Pod pods nsa po
/v1 ResourceQuota resourcequotas ns quota
/v1 Secret secrets n
/v1 Service services nsa svc
/v1 ServiceAccount serviceaccounts n sa
apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions s crd,crds
apps/v1 DaemonSet daemonsets nsa ds
apps/v1 Deployment deployments nsa deploy
apps/v1 ReplicaSet replicasets nsa rs
apps/v1 StatefulSet statefulsets nsa sts
autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers nsa hpa
batch/v1 CronJob cronjobs nsa cj
batch/v1 Job jobs nsa
coordination.k8s.io/v1 Lease leases n
networking.k8s.io/v1 Ingress ingresses ns ing
networking.k8s.io/v1 IngressClass ingressclasses -
networking.k8s.io/v1 NetworkPolicy networkpolicies n netpol
policy/v1 PodDisruptionBudget poddisruptionbudgets ns pdb
rbac.authorization.k8s.io/v1 ClusterRole clusterroles -
rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings -
rbac.authorization.k8s.io/v1 Role roles n
rbac.authorization.k8s.io/v1 RoleBinding rolebindings n
scheduling.k8s.io/v1 PriorityClass priorityclasses - pc
storage.k8s.io/v1 StorageClass storageclasses - sc
`;

/** The built-in kinds, those of one group in order of preference. */
export const builtinKinds: readonly ServedKind[] = table.trim().split('\n').map(readLine);

function readLine(line: string): ServedKind {
  const [type = '', kind = '', plural = '', flags = '', shortNames = ''] = line.split(' ');
  const [group = '', version = ''] = type.split('/');
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced: flags.includes('n'),
    shortNames: shortNames === '' ? [] : shortNames.split(','),
    categories: flags.includes('a') ? ['all'] : [],
    status: flags.includes('s'),
    definition: null,
  };
}
