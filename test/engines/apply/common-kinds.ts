import type { Json, JsonObject } from '../../../src/model/json.ts';
import { podTemplate } from './pod-template.ts';

/** One object of every kind people keep in Git, in one namespace; cluster-scoped names carry the namespace's. */
export function commonKinds(namespace: string): readonly JsonObject[] {
  const at = (name: string): JsonObject => ({ name, namespace });
  const global = (name: string): JsonObject => ({ name: `${namespace}-${name}` });
  return [
    ...workloads(at),
    ...network(at),
    ...access(at, global, namespace),
    ...storage(at, global),
    ...rest(at, global),
  ];
}

type At = (name: string) => JsonObject;

function workloads(at: At): readonly JsonObject[] {
  const selector = (app: string): Json => ({ matchLabels: { app } });
  const job = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'shop/run:1' }] } } };
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...at('web'), labels: { app: 'web' }, creationTimestamp: null },
      spec: {
        replicas: 2,
        selector: selector('web'),
        template: podTemplate('web'),
        strategy: { type: 'RollingUpdate' },
      },
      status: {},
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: at('db'),
      spec: {
        serviceName: 'db',
        selector: selector('db'),
        template: podTemplate('db'),
        volumeClaimTemplates: [claim],
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: at('agent'),
      spec: { selector: selector('agent'), template: podTemplate('agent') },
    },
    { apiVersion: 'batch/v1', kind: 'Job', metadata: at('once'), spec: { backoffLimit: 2, ...job } },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: at('nightly'),
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: job } },
    },
  ];
}

function network(at: At): readonly JsonObject[] {
  const backend = { service: { name: 'web', port: { name: 'http' } } };
  const service = (name: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: at(name),
    spec,
  });
  return [
    service('web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] }),
    service('node', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] }),
    service('edge', {
      type: 'LoadBalancer',
      selector: { app: 'web' },
      ports: [
        { name: 'a', port: 443 },
        { name: 'b', port: 53, protocol: 'UDP' },
      ],
    }),
    service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] }),
    service('outside', { type: 'ExternalName', externalName: 'api.example.com' }),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: at('web'),
      spec: {
        tls: [{ hosts: ['shop.example.com'], secretName: 'tls' }],
        rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: at('only-web'),
      spec: {
        podSelector: { matchLabels: { app: 'db' } },
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5432 }] }],
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: at('web'),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1024Mi' } } },
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: at('web'),
      spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } },
    },
  ];
}

function access(at: At, global: At, namespace: string): readonly JsonObject[] {
  const group = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get', 'list'] }];
  const subjects = [{ kind: 'ServiceAccount', name: 'runner', namespace }];
  const reference = (kind: string, name: string): JsonObject => ({ apiGroup: group, kind, name });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: at('runner'), automountServiceAccountToken: false },
    { apiVersion: `${group}/v1`, kind: 'Role', metadata: at('reader'), rules },
    { apiVersion: `${group}/v1`, kind: 'Role', metadata: at('nothing'), rules: [] },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: at('reader'),
      roleRef: reference('Role', 'reader'),
      subjects,
    },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: global('View:All'), rules },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: global('sum'),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.com/sum': 'true' } }] },
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: global('view'),
      roleRef: reference('ClusterRole', `${namespace}-View:All`),
      subjects,
    },
  ];
}

function storage(at: At, global: At): readonly JsonObject[] {
  const resources = { requests: { storage: '1024Mi' } };
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: global('fast'),
      provisioner: 'example.com/none',
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: at('data'),
      spec: { accessModes: ['ReadWriteOnce'], resources },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: global('disk'),
      spec: { capacity: { storage: '1024Mi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/none' } },
    },
  ];
}

function rest(at: At, global: At): readonly JsonObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...at('settings'), annotations: {} },
      data: { colour: 'green', 'app.yaml': 'a: 1\nb: [x, y]\n', empty: '' },
      binaryData: { blob: 'AAEC' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: at('login'),
      type: 'Opaque',
      data: { user: 'YWRtaW4tdXNlcg==' },
      stringData: { password: 'correct horse battery staple' },
    },
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: global('high'), value: 1000 },
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: at('limits'), spec: { hard: { 'requests.cpu': '1000000m' } } },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: at('limits'),
      spec: { limits: [{ type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '0.1' } }] },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: global('hooks'),
      webhooks: [
        {
          name: 'none.example.com',
          clientConfig: { url: 'https://127.0.0.1:1/none' },
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Ignore',
          namespaceSelector: { matchLabels: { 'example.com/none': 'none' } },
          rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] }],
        },
      ],
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: at('fixed'),
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 80 }],
      endpoints: [{ addresses: ['10.9.8.7'] }],
    },
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: at('lock'), spec: { holderIdentity: 'nobody' } },
  ];
}
