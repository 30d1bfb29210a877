import type { ResourceId } from '../../model/resource.ts';

/**
 * The stages in which a target is applied, in order: what others live in or are read by comes first, what could refuse the others
 * comes last. Pruning goes the other way. Kinds nobody knows (custom ones) stand with the workloads.
 */
export const stages = [
  'namespaces',
  'definitions',
  'configuration',
  'role bindings',
  'storage',
  'services',
  'workloads',
  'traffic and scaling',
  'API services',
  'admission',
] as const;

/** The stage of CustomResourceDefinitions. */
export const definitionStage = stages.indexOf('definitions');

/** The last stage. */
export const lastStage = stages.length - 1;

/** `group/Kind` to the name of its stage. Bindings follow their roles: the server looks a role up before it lets others have it. */
const places: Readonly<Record<string, readonly string[]>> = {
  namespaces: ['/Namespace'],
  definitions: ['apiextensions.k8s.io/CustomResourceDefinition'],
  configuration: [
    '/ServiceAccount',
    '/ConfigMap',
    '/Secret',
    '/ResourceQuota',
    '/LimitRange',
    'rbac.authorization.k8s.io/Role',
    'rbac.authorization.k8s.io/ClusterRole',
    'scheduling.k8s.io/PriorityClass',
    'storage.k8s.io/StorageClass',
    'storage.k8s.io/VolumeAttributesClass',
    'snapshot.storage.k8s.io/VolumeSnapshotClass',
    'storage.k8s.io/CSIDriver',
    'networking.k8s.io/IngressClass',
    'networking.k8s.io/NetworkPolicy',
    'gateway.networking.k8s.io/GatewayClass',
    'node.k8s.io/RuntimeClass',
    'flowcontrol.apiserver.k8s.io/FlowSchema',
    'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  ],
  'role bindings': ['rbac.authorization.k8s.io/RoleBinding', 'rbac.authorization.k8s.io/ClusterRoleBinding'],
  storage: ['/PersistentVolume', '/PersistentVolumeClaim'],
  services: ['/Service', '/Endpoints', 'discovery.k8s.io/EndpointSlice'],
  'traffic and scaling': [
    'autoscaling/HorizontalPodAutoscaler',
    'autoscaling.k8s.io/VerticalPodAutoscaler',
    'policy/PodDisruptionBudget',
    'networking.k8s.io/Ingress',
    'batch/CronJob',
  ],
  'API services': ['apiregistration.k8s.io/APIService'],
  admission: [
    'admissionregistration.k8s.io/MutatingWebhookConfiguration',
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
    'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
    'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
    'admissionregistration.k8s.io/MutatingAdmissionPolicy',
    'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  ],
};

const byKind: ReadonlyMap<string, number> = new Map(
  stages.flatMap((name, index) => (places[name] ?? []).map((kind) => [kind, index] as const)),
);

/** The stage of an object, from 0. */
export function stageOf(id: Pick<ResourceId, 'group' | 'kind'>): number {
  return byKind.get(`${id.group}/${id.kind}`) ?? stages.indexOf('workloads');
}
