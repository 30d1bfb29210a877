/**
 * Enums of built-in types, which the client library's classes lack (upstream generates them without). Taken from
 * `/openapi/v3` of Kubernetes 1.36; a test compares them with a real server. Values joined with `|` -> the fields, as
 * `Type.field`; for a list the values are those of its items.
 */
export const enums: Readonly<Record<string, string>> = {
  '*|CONNECT|CREATE|DELETE|UPDATE': `
    NamedRuleWithOperations.operations RuleWithOperations.operations`,
  '*|Cluster|Namespaced': `
    NamedRuleWithOperations.scope RuleWithOperations.scope`,
  'Allow|Forbid|Replace': `
    CronJobSpec.concurrencyPolicy`,
  'All|ExactCount': `
    DeviceSubRequest.allocationMode ExactDeviceRequest.allocationMode`,
  'AlwaysAllow|IfHealthyBudget': `
    PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy`,
  'Always|IfNotPresent|Never': `
    Container.imagePullPolicy EphemeralContainer.imagePullPolicy ImageVolumeSource.pullPolicy`,
  'Always|Never|OnFailure': `
    PodSpec.restartPolicy`,
  'Always|OnRootMismatch': `
    PodSecurityContext.fsGroupChangePolicy`,
  'ApplyConfiguration|JSONPatch': `
    Mutation.patchType`,
  'Audit|Deny|Warn': `
    ValidatingAdmissionPolicyBindingSpec.validationActions`,
  'BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|Terminating|VolumeAttributesClass': `
    ResourceQuotaSpec.scopes ScopedResourceSelectorRequirement.scopeName`,
  'Bidirectional|HostToContainer|None': `
    VolumeMount.mountPropagation`,
  'BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket': `
    HostPathVolumeSource.type`,
  'Block|Filesystem': `
    PersistentVolumeClaimSpec.volumeMode PersistentVolumeSpec.volumeMode`,
  'ClientIP|None': `
    ServiceSpec.sessionAffinity`,
  'ClusterFirst|ClusterFirstWithHostNet|Default|None': `
    PodSpec.dnsPolicy`,
  'ClusterIP|ExternalName|LoadBalancer|NodePort': `
    ServiceSpec.type`,
  'Cluster|Local': `
    ServiceSpec.externalTrafficPolicy ServiceSpec.internalTrafficPolicy`,
  'Count|FailIndex|FailJob|Ignore': `
    PodFailurePolicyRule.action`,
  'Dedicated|Managed|Shared': `
    AzureDiskVolumeSource.kind`,
  'Default|Unmasked': `
    SecurityContext.procMount`,
  'Delete|Recycle|Retain': `
    PersistentVolumeSpec.persistentVolumeReclaimPolicy StorageClass.reclaimPolicy`,
  'DoNotSchedule|ScheduleAnyway': `
    TopologySpreadConstraint.whenUnsatisfiable`,
  'DoesNotExist|Exists|Gt|In|Lt|NotIn': `
    NodeSelectorRequirement.operator`,
  'DoesNotExist|Exists|In|NotIn': `
    ScopedResourceSelectorRequirement.operator`,
  'Egress|Ingress': `
    NetworkPolicySpec.policyTypes`,
  'Equal|Exists': `
    DeviceToleration.operator`,
  'Equal|Exists|Gt|Lt': `
    Toleration.operator`,
  'Equivalent|Exact': `
    MatchResources.matchPolicy MutatingWebhook.matchPolicy ValidatingWebhook.matchPolicy`,
  'Exact|ImplementationSpecific|Prefix': `
    HTTPIngressPath.pathType`,
  'FQDN|IPv4|IPv6': `
    EndpointSlice.addressType`,
  'Failed|TerminatingOrFailed': `
    JobSpec.podReplacementPolicy`,
  'Fail|Ignore': `
    MutatingAdmissionPolicySpec.failurePolicy MutatingWebhook.failurePolicy
    ValidatingAdmissionPolicySpec.failurePolicy ValidatingWebhook.failurePolicy`,
  'FallbackToLogsOnError|File': `
    Container.terminationMessagePolicy EphemeralContainer.terminationMessagePolicy`,
  'FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired': `
    ValidationRule.reason`,
  'FromClaim|FromClass': `
    DeviceAllocationConfiguration.source`,
  'HTTP|HTTPS': `
    HTTPGetAction.scheme`,
  'Honor|Ignore': `
    TopologySpreadConstraint.nodeAffinityPolicy TopologySpreadConstraint.nodeTaintsPolicy`,
  'IPv4|IPv6': `
    ServiceSpec.ipFamilies`,
  'IfNeeded|Never': `
    MutatingAdmissionPolicySpec.reinvocationPolicy MutatingWebhook.reinvocationPolicy`,
  'Immediate|WaitForFirstConsumer': `
    StorageClass.volumeBindingMode`,
  'Indexed|NonIndexed': `
    JobSpec.completionMode`,
  'In|NotIn': `
    PodFailurePolicyOnExitCodesRequirement.operator`,
  'Localhost|RuntimeDefault|Unconfined': `
    AppArmorProfile.type SeccompProfile.type`,
  'Merge|Strict': `
    PodSecurityContext.supplementalGroupsPolicy`,
  'Never|PreemptLowerPriority': `
    PodSpec.preemptionPolicy PriorityClass.preemptionPolicy`,
  'NoExecute|NoSchedule|None': `
    DeviceTaint.effect DeviceToleration.effect`,
  'NoExecute|NoSchedule|PreferNoSchedule': `
    Taint.effect Toleration.effect`,
  'None|NoneOnDryRun|Some|Unknown': `
    MutatingWebhook.sideEffects ValidatingWebhook.sideEffects`,
  'None|ReadOnly|ReadWrite': `
    AzureDiskVolumeSource.cachingMode`,
  'OnDelete|RollingUpdate': `
    DaemonSetUpdateStrategy.type StatefulSetUpdateStrategy.type`,
  'OrderedReady|Parallel': `
    StatefulSetSpec.podManagementPolicy`,
  'PreferDualStack|RequireDualStack|SingleStack': `
    ServiceSpec.ipFamilyPolicy`,
  'ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod': `
    PersistentVolumeClaimSpec.accessModes PersistentVolumeSpec.accessModes`,
  'Recreate|RollingUpdate': `
    DeploymentStrategy.type`,
  'SCTP|TCP|UDP': `
    ContainerPort.protocol EndpointPort.protocol NetworkPolicyPort.protocol ServicePort.protocol`,
  'any|cert sign|client auth|code signing|content commitment|crl sign|data encipherment|decipher only|digital signature|email protection|encipher only|ipsec end system|ipsec tunnel|ipsec user|key agreement|key encipherment|microsoft sgc|netscape sgc|ocsp signing|s/mime|server auth|signing|timestamping': `
    CertificateSigningRequestSpec.usages`,
};
