import type { KindId } from '../../formats/openapi/definition.ts';
import { apiVersionOf } from '../../model/resource.ts';

/** When Kubernetes stops to serve a kind in a version, and where it lives then. */
export interface Removal {
  /** The first minor version without it: 25 for 1.25. */
  readonly minor: number;
  /** `group/version`, or null when nothing takes its place. */
  readonly replacement: string | null;
}

/** What is known of the removal of a kind in a version; null when it is not going. */
export function removalOf(id: KindId): Removal | null {
  return removals.get(`${apiVersionOf(id)} ${id.kind}`) ?? null;
}

/**
 * The removals of Kubernetes' deprecated API migration guide and of the lifecycle marks in its API types (`APILifecycleRemoved`
 * as of 1.37, beta versions of kinds that are kept): version, first minor without it, replacement, kinds.
 */
const table: readonly (readonly [string, number, string | null, readonly string[]])[] = [
  ['apps/v1beta1', 16, 'apps/v1', ['ControllerRevision', 'Deployment', 'StatefulSet']],
  ['apps/v1beta2', 16, 'apps/v1', ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']],
  ['extensions/v1beta1', 16, 'apps/v1', ['DaemonSet', 'Deployment', 'ReplicaSet']],
  ['extensions/v1beta1', 16, 'networking.k8s.io/v1', ['NetworkPolicy']],
  [
    'admissionregistration.k8s.io/v1beta1',
    22,
    'admissionregistration.k8s.io/v1',
    ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  ],
  ['apiextensions.k8s.io/v1beta1', 22, 'apiextensions.k8s.io/v1', ['CustomResourceDefinition']],
  ['apiregistration.k8s.io/v1beta1', 22, 'apiregistration.k8s.io/v1', ['APIService']],
  ['certificates.k8s.io/v1beta1', 22, 'certificates.k8s.io/v1', ['CertificateSigningRequest']],
  ['coordination.k8s.io/v1beta1', 22, 'coordination.k8s.io/v1', ['Lease']],
  ['extensions/v1beta1', 22, 'networking.k8s.io/v1', ['Ingress']],
  ['networking.k8s.io/v1beta1', 22, 'networking.k8s.io/v1', ['Ingress', 'IngressClass']],
  [
    'rbac.authorization.k8s.io/v1beta1',
    22,
    'rbac.authorization.k8s.io/v1',
    ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ],
  ['scheduling.k8s.io/v1beta1', 22, 'scheduling.k8s.io/v1', ['PriorityClass']],
  ['storage.k8s.io/v1beta1', 22, 'storage.k8s.io/v1', ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment']],
  ['autoscaling/v2beta1', 25, 'autoscaling/v2', ['HorizontalPodAutoscaler']],
  ['batch/v1beta1', 25, 'batch/v1', ['CronJob']],
  ['discovery.k8s.io/v1beta1', 25, 'discovery.k8s.io/v1', ['EndpointSlice']],
  ['events.k8s.io/v1beta1', 25, 'events.k8s.io/v1', ['Event']],
  ['node.k8s.io/v1beta1', 25, 'node.k8s.io/v1', ['RuntimeClass']],
  ['policy/v1beta1', 25, 'policy/v1', ['PodDisruptionBudget']],
  ['policy/v1beta1', 25, null, ['PodSecurityPolicy']],
  ['autoscaling/v2beta2', 26, 'autoscaling/v2', ['HorizontalPodAutoscaler']],
  [
    'flowcontrol.apiserver.k8s.io/v1beta1',
    26,
    'flowcontrol.apiserver.k8s.io/v1',
    ['FlowSchema', 'PriorityLevelConfiguration'],
  ],
  ['storage.k8s.io/v1beta1', 27, 'storage.k8s.io/v1', ['CSIStorageCapacity']],
  [
    'flowcontrol.apiserver.k8s.io/v1beta2',
    29,
    'flowcontrol.apiserver.k8s.io/v1',
    ['FlowSchema', 'PriorityLevelConfiguration'],
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta3',
    32,
    'flowcontrol.apiserver.k8s.io/v1',
    ['FlowSchema', 'PriorityLevelConfiguration'],
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    34,
    'admissionregistration.k8s.io/v1',
    ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ],
  ['networking.k8s.io/v1beta1', 37, 'networking.k8s.io/v1', ['IPAddress', 'ServiceCIDR']],
  ['storage.k8s.io/v1beta1', 37, 'storage.k8s.io/v1', ['VolumeAttributesClass']],
  [
    'resource.k8s.io/v1beta1',
    38,
    'resource.k8s.io/v1',
    ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'],
  ],
  ['coordination.k8s.io/v1beta1', 39, null, ['LeaseCandidate']],
  [
    'resource.k8s.io/v1beta2',
    39,
    'resource.k8s.io/v1',
    ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'],
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    40,
    'admissionregistration.k8s.io/v1',
    ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
  ],
  ['certificates.k8s.io/v1beta1', 40, 'certificates.k8s.io/v1', ['ClusterTrustBundle', 'PodCertificateRequest']],
  ['storagemigration.k8s.io/v1beta1', 40, 'storagemigration.k8s.io/v1', ['StorageVersionMigration']],
];

const removals: ReadonlyMap<string, Removal> = new Map(
  table.flatMap(([version, minor, replacement, kinds]) => {
    return kinds.map((kind) => [`${version} ${kind}`, { minor, replacement }] as const);
  }),
);
