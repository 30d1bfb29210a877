import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { RenderInputs } from '../../model/renderer.ts';
import type { Resource, ResourceId } from '../../model/resource.ts';

/** A rendered object before it has an identity. */
export type Loose = Omit<Resource, 'id'>;

/**
 * Gives rendered objects their identity: lists become their items, and a namespaced object that names no namespace gets
 * the target's. Kinds of unknown scope count as namespaced, except those that a definition among the objects says.
 */
export function assign(
  objects: readonly Loose[],
  inputs: Pick<RenderInputs, 'namespace' | 'namespaced'>,
): readonly Resource[] {
  const flat = objects.flatMap(flatten);
  const scopes: Scopes = new Map([
    ...builtInClusterKinds.map((kind) => [kind, false] as const),
    ...definedScopes(flat),
  ]);
  for (const [kind, isNamespaced] of Object.entries(inputs.namespaced)) scopes.set(kind, isNamespaced);
  return flat.map((loose) => place(loose, inputs.namespace, scopes));
}

/** The identity an object itself states; '' where it states none. */
export function identify(object: JsonObject): ResourceId {
  const apiVersion = pickText(object, 'apiVersion') ?? '';
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: pickText(object, 'kind') ?? '',
    namespace: pickText(object, 'metadata', 'namespace') || null,
    name: textOf(pick(object, 'metadata', 'name')),
  };
}

/** `group/Kind` -> whether it is namespaced. */
type Scopes = Map<string, boolean>;

function flatten(loose: Loose): readonly Loose[] {
  const { object } = loose;
  const items = object['items'];
  if (!(pickText(object, 'kind') ?? '').endsWith('List') || !isJsonList(items)) return [loose];
  return items.filter(isJsonObject).map((item) => ({ ...loose, object: item, lines: new Map() }));
}

function definedScopes(objects: readonly Loose[]): readonly (readonly [string, boolean])[] {
  return objects.flatMap(({ object }) => {
    if (pickText(object, 'kind') !== 'CustomResourceDefinition') return [];
    const group = pickText(object, 'spec', 'group') ?? '';
    const kind = pickText(object, 'spec', 'names', 'kind') ?? '';
    return [[`${group}/${kind}`, pickText(object, 'spec', 'scope') !== 'Cluster'] as const];
  });
}

function place(loose: Loose, namespace: string, scopes: Scopes): Resource {
  const id = identify(loose.object);
  const isNamespaced = scopes.get(`${id.group}/${id.kind}`) ?? true;
  if (!isNamespaced) return { ...loose, id: { ...id, namespace: null } };
  if (id.namespace !== null) return { ...loose, id };
  const metadata = pick(loose.object, 'metadata');
  const object = { ...loose.object, metadata: { ...(isJsonObject(metadata) ? metadata : {}), namespace } };
  return { ...loose, object, id: { ...id, namespace } };
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

/** Kubernetes' own cluster-scoped kinds, for when no cluster says so (`kubectl api-resources --namespaced=false`, 1.36). */
const builtInClusterKinds: readonly string[] = [
  '/ComponentStatus',
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'authentication.k8s.io/SelfSubjectReview',
  'authentication.k8s.io/TokenReview',
  'authorization.k8s.io/SelfSubjectAccessReview',
  'authorization.k8s.io/SelfSubjectRulesReview',
  'authorization.k8s.io/SubjectAccessReview',
  'certificates.k8s.io/CertificateSigningRequest',
  'certificates.k8s.io/ClusterTrustBundle',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/DeviceTaintRule',
  'resource.k8s.io/ResourceSlice',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
  'storagemigration.k8s.io/StorageVersionMigration',
];
