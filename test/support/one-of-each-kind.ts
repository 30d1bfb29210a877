import { isJsonObject, type Json, type JsonObject } from '../../src/model/json.ts';

/** `GROUP/PLURAL` -> the least that an object of the kind says beside its name, for every kind that can be written. */
export function oneOfEachKind(namespace: string): ReadonlyMap<string, JsonObject> {
  const all = {
    ...core(namespace),
    ...workloads,
    ...access(namespace),
    ...network(namespace),
    ...storage,
    ...rest,
    ...admission,
  };
  return new Map(Object.entries(all).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1])));
}

/** Names of objects whose kind wants one of its own. */
export const namesOfKinds: Readonly<Record<string, string>> = {
  'apiregistration.k8s.io/apiservices': 'v1.held.example.com',
  'apiextensions.k8s.io/customresourcedefinitions': 'things.held.example.com',
  'networking.k8s.io/ipaddresses': '192.0.2.77',
};

type Samples = Readonly<Record<string, Json>>;

const container = { name: 'a', image: 'a:1' };
const selector = { matchLabels: { app: 'held' } };
const template = { metadata: { labels: { app: 'held' } }, spec: { containers: [container] } };
const once = { template: { spec: { restartPolicy: 'Never', containers: [container] } } };
const rbac = 'rbac.authorization.k8s.io';

function core(namespace: string): Samples {
  return {
    '/configmaps': {},
    '/endpoints': {},
    '/events': { involvedObject: { namespace, kind: 'Pod', name: 'a' }, reason: 'a', message: 'a' },
    'events.k8s.io/events': {
      ...{ eventTime: '2026-01-01T00:00:00.000000Z', reportingController: 'example.com/held', reportingInstance: 'a' },
      ...{ action: 'a', reason: 'a', type: 'Normal' },
      regarding: { namespace, kind: 'Pod', name: 'a' },
    },
    '/limitranges': { spec: { limits: [] } },
    '/namespaces': {},
    '/nodes': {},
    '/persistentvolumeclaims': {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    '/persistentvolumes': {
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/held' } },
    },
    '/pods': { spec: { containers: [container] } },
    '/podtemplates': { template },
    '/replicationcontrollers': { spec: { replicas: 0, selector: { app: 'held' }, template } },
    '/resourcequotas': { spec: {} },
    '/secrets': {},
    '/serviceaccounts': {},
    '/services': { spec: { ports: [{ port: 80 }] } },
  };
}

const workloads: Samples = {
  'apps/controllerrevisions': { revision: 1, data: {} },
  'apps/daemonsets': { spec: { selector, template } },
  'apps/deployments': { spec: { selector, template } },
  'apps/replicasets': { spec: { selector, template } },
  'apps/statefulsets': { spec: { selector, template, serviceName: 'held' } },
  'batch/cronjobs': { spec: { schedule: '0 3 * * *', jobTemplate: { spec: once } } },
  'batch/jobs': { spec: once },
  'autoscaling/horizontalpodautoscalers': {
    spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'held' } },
  },
  'policy/poddisruptionbudgets': { spec: { minAvailable: 1, selector } },
};

function access(namespace: string): Samples {
  const subjects = [{ kind: 'ServiceAccount', name: 'held', namespace }];
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name: 'view' };
  return {
    [`${rbac}/clusterroles`]: { rules: [] },
    [`${rbac}/roles`]: { rules: [] },
    [`${rbac}/clusterrolebindings`]: { roleRef, subjects },
    [`${rbac}/rolebindings`]: { roleRef, subjects },
    'certificates.k8s.io/certificatesigningrequests': {
      spec: { signerName: 'example.com/held', usages: ['digital signature'], request: signingRequest },
    },
  };
}

/** For the name `x`, with a key nobody kept. */
const signingRequest =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIR01HNENBUUF3RERFS01BZ0dBMVVFQXd3QmVEQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQQpCSVdaTEpUanEzK1RlZzdPQ3JGSGlKNHhnckdTQ3U4R3RMbHdRWTYyOEZKSkNNTjk3RVlmQkd4N3lUWmh1SUhuCm9DYkhpTVB6VmQ4clJBWHRmWEc1cmJ1Z0FEQUtCZ2dxaGtqT1BRUURBZ05JQURCRkFpQjIxNmJVRDRCZkVzckYKL3hwU1J6RWVrNW5FMm1ybnlNSTkxN0VvclRjME93SWhBT0NTTnJXZjJyTDVROHc5R3EvZTVZS3QxQ1dhUENnRQp2RVk2VEIxNXRvUU8KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';

function network(namespace: string): Samples {
  return {
    'networking.k8s.io/ingressclasses': { spec: { controller: 'example.com/held' } },
    'networking.k8s.io/ingresses': { spec: { defaultBackend: { service: { name: 'held', port: { number: 80 } } } } },
    'networking.k8s.io/ipaddresses': {
      spec: { parentRef: { group: '', resource: 'services', namespace, name: 'held' } },
    },
    'networking.k8s.io/networkpolicies': { spec: { podSelector: {} } },
    'networking.k8s.io/servicecidrs': { spec: { cidrs: ['198.51.100.0/24'] } },
    'discovery.k8s.io/endpointslices': { addressType: 'IPv4', endpoints: [] },
  };
}

const storage: Samples = {
  'storage.k8s.io/csidrivers': { spec: {} },
  'storage.k8s.io/csinodes': { spec: { drivers: [] } },
  'storage.k8s.io/csistoragecapacities': { storageClassName: 'held' },
  'storage.k8s.io/storageclasses': { provisioner: 'example.com/held' },
  'storage.k8s.io/volumeattachments': {
    spec: { attacher: 'example.com', nodeName: 'held', source: { persistentVolumeName: 'held' } },
  },
  'storage.k8s.io/volumeattributesclasses': { driverName: 'example.com', parameters: { a: 'b' } },
};

const rest: Samples = {
  'apiregistration.k8s.io/apiservices': {
    spec: { group: 'held.example.com', version: 'v1', groupPriorityMinimum: 10, versionPriority: 10 },
  },
  'scheduling.k8s.io/priorityclasses': { value: 1 },
  'coordination.k8s.io/leases': { spec: {} },
  'node.k8s.io/runtimeclasses': { handler: 'held' },
  'resource.k8s.io/deviceclasses': { spec: {} },
  'resource.k8s.io/resourceclaims': { spec: {} },
  'resource.k8s.io/resourceclaimtemplates': { spec: { spec: {} } },
  'resource.k8s.io/resourceslices': {
    spec: { driver: 'example.com', nodeName: 'held', pool: { name: 'held', generation: 1, resourceSliceCount: 1 } },
  },
  'flowcontrol.apiserver.k8s.io/flowschemas': {
    spec: { matchingPrecedence: 9000, priorityLevelConfiguration: { name: 'held' } },
  },
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': {
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  },
  'apiextensions.k8s.io/customresourcedefinitions': {
    spec: {
      ...{ group: 'held.example.com', scope: 'Namespaced', names: { kind: 'Thing', plural: 'things' } },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  },
};

const matchConstraints = {
  resourceRules: [{ apiGroups: ['held.example.com'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }],
};

const admission: Samples = {
  'admissionregistration.k8s.io/mutatingadmissionpolicies': {
    spec: {
      ...{ matchConstraints, reinvocationPolicy: 'Never' },
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
    },
  },
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': { spec: { policyName: 'held' } },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': {},
  'admissionregistration.k8s.io/validatingadmissionpolicies': {
    spec: { matchConstraints, validations: [{ expression: 'true' }] },
  },
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': {
    spec: { policyName: 'held', validationActions: ['Deny'] },
  },
  'admissionregistration.k8s.io/validatingwebhookconfigurations': {},
};
