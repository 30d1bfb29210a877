/**
 * What the API server's own OpenAPI documents say about built-in types and the client library's classes do not: keyed
 * lists, sets, atomic maps, quantities. Taken from `/openapi/v3` of Kubernetes 1.36; a test compares it with a real
 * server. A word is `Type.field`, the type without its group and version, so that it serves beta versions too.
 */

/** Key fields, joined with a comma -> the fields whose list they key. */
export const keyedLists: Readonly<Record<string, string>> = {
  'containerPort,protocol': `
    Container.ports EphemeralContainer.ports`,
  devicePath: `
    Container.volumeDevices EphemeralContainer.volumeDevices`,
  'driver,device,pool,shareID': `
    ResourceClaimStatus.devices`,
  ip: `
    PodSpec.hostAliases PodStatus.podIPs`,
  mountPath: `
    Container.volumeMounts ContainerStatus.volumeMounts EphemeralContainer.volumeMounts`,
  name: `
    CSINodeSpec.drivers Container.env ContainerStatus.allocatedResourcesStatus EphemeralContainer.env
    MutatingAdmissionPolicySpec.matchConditions MutatingWebhook.matchConditions
    MutatingWebhookConfiguration.webhooks PodSpec.containers PodSpec.ephemeralContainers
    PodSpec.imagePullSecrets PodSpec.initContainers PodSpec.resourceClaims PodSpec.schedulingGates
    PodSpec.volumes PodStatus.resourceClaimStatuses ResourceRequirements.claims ServiceAccount.secrets
    ValidatingAdmissionPolicySpec.matchConditions ValidatingAdmissionPolicySpec.variables
    ValidatingWebhook.matchConditions ValidatingWebhookConfiguration.webhooks`,
  'port,protocol': `
    ServiceSpec.ports`,
  resourceID: `
    ResourceStatus.resources`,
  rule: `
    JSONSchemaProps.x-kubernetes-validations`,
  'topologyKey,whenUnsatisfiable': `
    PodSpec.topologySpreadConstraints`,
  type: `
    APIServiceStatus.conditions AllocatedDeviceStatus.conditions CertificateSigningRequestStatus.conditions
    ComponentStatus.conditions CustomResourceDefinitionStatus.conditions DaemonSetStatus.conditions
    DeploymentStatus.conditions FlowSchemaStatus.conditions HorizontalPodAutoscalerStatus.conditions
    NamespaceStatus.conditions NodeStatus.addresses NodeStatus.conditions PersistentVolumeClaimStatus.conditions
    PodDisruptionBudgetStatus.conditions PodStatus.conditions PriorityLevelConfigurationStatus.conditions
    ReplicaSetStatus.conditions ReplicationControllerStatus.conditions ServiceCIDRStatus.conditions
    ServiceStatus.conditions StatefulSetStatus.conditions ValidatingAdmissionPolicyStatus.conditions`,
  uid: `
    ObjectMeta.ownerReferences ResourceClaimStatus.reservedFor`,
};

/** Fields whose list is a set of scalars. */
export const setLists = `
  CSIDriverSpec.volumeLifecycleModes ContainerRestartRuleOnExitCodes.values Endpoint.addresses
  NodeAllocatableResourceClaimStatus.containers NodeSpec.podCIDRs NonResourcePolicyRule.nonResourceURLs
  NonResourcePolicyRule.verbs ObjectMeta.finalizers PodFailurePolicyOnExitCodesRequirement.values
  ResourcePolicyRule.apiGroups ResourcePolicyRule.namespaces ResourcePolicyRule.resources
  ResourcePolicyRule.verbs UncountedTerminatedPods.failed UncountedTerminatedPods.succeeded
  ValidatingAdmissionPolicyBindingSpec.validationActions`;

/** Types, and fields, whose value is replaced as a whole. */
export const atomicMaps = `
  ConfigMapKeySelector CrossVersionObjectReference EndpointAddress EndpointPort FileKeySelector LabelSelector
  LocalObjectReference MatchResources NamedRuleWithOperations NodeSelector NodeSelectorTerm ObjectFieldSelector
  ObjectReference OwnerReference ParamKind ParamRef
  PodSpec.nodeSelector ReplicationControllerSpec.selector ResourceFieldSelector
  RoleRef Scheduling.nodeSelector ScopeSelector SecretKeySelector SecretReference ServiceBackendPort
  ServiceSpec.selector Subject TopologySelectorTerm TypedLocalObjectReference Variable`;

/** Fields that hold a quantity, or a map of quantities. */
export const quantities = `
  CSIStorageCapacity.capacity CSIStorageCapacity.maximumVolumeSize CapacityRequestPolicy.default
  CapacityRequestPolicy.validValues CapacityRequestPolicyRange.max CapacityRequestPolicyRange.min
  CapacityRequestPolicyRange.step CapacityRequirements.requests ContainerStatus.allocatedResources Counter.value
  DeviceCapacity.value DeviceRequestAllocationResult.consumedCapacity EmptyDirVolumeSource.sizeLimit
  HPAScalingRules.tolerance LimitRangeItem.default LimitRangeItem.defaultRequest LimitRangeItem.max
  LimitRangeItem.maxLimitRequestRatio LimitRangeItem.min MetricTarget.averageValue MetricTarget.value
  MetricValueStatus.averageValue MetricValueStatus.value NodeAllocatableResourceClaimStatus.resources
  NodeAllocatableResourceMapping.allocationMultiplier NodeStatus.allocatable NodeStatus.capacity
  Overhead.podFixed PersistentVolumeClaimStatus.allocatedResources PersistentVolumeClaimStatus.capacity
  PersistentVolumeSpec.capacity PodSpec.overhead PodStatus.allocatedResources ResourceFieldSelector.divisor
  ResourceQuotaSpec.hard ResourceQuotaStatus.hard ResourceQuotaStatus.used ResourceRequirements.limits
  ResourceRequirements.requests VolumeResourceRequirements.limits VolumeResourceRequirements.requests`;

/** Fields whose value merges although its type is replaced as a whole everywhere else. */
export const granularMaps = 'PersistentVolumeSpec.claimRef';

/** Defaults of fields that are part of a list's key. */
export const keyDefaults: Readonly<Record<string, string>> = {
  'ContainerPort.protocol': 'TCP',
  'ServicePort.protocol': 'TCP',
};

/**
 * Fields the documents call required and the server takes when they are missing (found by leaving them out against a real
 * server). A required boolean is never demanded either: missing is false.
 */
export const unenforced = `
  CSIDriver.spec ControllerRevision.revision HTTPHeader.value ISCSIPersistentVolumeSource.lun ISCSIVolumeSource.lun
  LimitRangeSpec.limits PreferredSchedulingTerm.preference ScaleIOPersistentVolumeSource.secretRef
  ScaleIOVolumeSource.secretRef SleepAction.seconds Sysctl.value TypedLocalObjectReference.kind`;
