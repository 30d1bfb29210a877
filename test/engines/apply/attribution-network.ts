import type { Json, JsonObject } from '../../../src/model/json.ts';
import { type AttributionCase, applied, global, merged, object, ours, pulls, quiet } from './attribution.ts';

const service = (spec: JsonObject): JsonObject =>
  object('v1', 'Service', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec } });
const path = (at: string): JsonObject => ({
  ...{ path: at, pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
});
const ingress = (...paths: readonly string[]): JsonObject =>
  object('networking.k8s.io/v1', 'Ingress', {
    spec: { rules: [{ host: 'NAME.example.com', http: { paths: paths.map(path) } }] },
  });
const scaler = (cpu: number): JsonObject =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1024Mi' } } },
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } },
      ],
    },
  });
const budget = (minAvailable: Json): JsonObject =>
  object('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable, selector: { matchLabels: { app: 'web' } } } });
const policy = (ports: readonly JsonObject[]): JsonObject =>
  object('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }], ports }] },
  });
const slice = (...addresses: readonly string[]): JsonObject =>
  object('discovery.k8s.io/v1', 'EndpointSlice', {
    ...{ addressType: 'IPv4', ports: [{ name: 'http', port: 80 }] },
    endpoints: addresses.map((address) => ({ addresses: [address] })),
  });
const claim = (storage: string): JsonObject =>
  object('v1', 'PersistentVolumeClaim', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
const hook: JsonObject = {
  ...{ name: 'hook.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore' },
  clientConfig: { service: { name: 'none', namespace: 'none' } },
  namespaceSelector: { matchLabels: { none: 'none' } },
  rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] }],
};
const hooks: JsonObject = global('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
  webhooks: [hook],
});
const bundle = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==';

/** Services, ingress, storage, scalers, and what is injected into webhooks. */
export const networkCases: readonly AttributionCase[] = [
  quiet('addresses and ports the cluster picked', service({ type: 'NodePort' })),
  quiet(
    'a load balancer has its address',
    service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }),
    merged('cloud-controller-manager', { metadata: { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] } }),
    merged('cloud-controller-manager', { status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } }, 'status'),
  ),
  pulls(
    'a service gets ports on nodes',
    [service({}), service({ type: 'NodePort' })],
    'pull update spec.externalTrafficPolicy: null -> "Cluster" (admission)',
    'pull update spec.ports[port=80,protocol=TCP].nodePort: null -> "(assigned by the cluster)" (admission)',
    'pull update spec.type: "ClusterIP" -> "NodePort" (git)',
  ),
  pulls(
    'a port goes elsewhere',
    [service({}), service({ ports: [{ port: 80, targetPort: 8080 }] })],
    ...['pull update spec.ports[port=80,protocol=TCP].targetPort: 80 -> 8080 (git)'],
  ),
  pulls(
    'a selector of a service changes',
    [service({}), service({ selector: { app: 'other' } })],
    ...['pull update spec.selector.app: "web" -> "other" (git)'],
  ),
  pulls(
    'a second port comes',
    [
      service({ ports: [{ name: 'a', port: 80 }] }),
      service({
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      }),
    ],
    'pull update spec.ports[port=81,protocol=TCP]: null -> {"name":"b","protocol":"TCP","port":81,"targetPort":81} (git)',
  ),
  quiet(
    'an ingress that was admitted',
    ingress('/'),
    merged(
      'ingress-nginx',
      {
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.8' }] } },
      },
      'status',
    ),
  ),
  pulls(
    'a path comes in a list that is one whole',
    [ingress('/'), ingress('/', '/api')],
    'pull update spec.rules[0].http.paths[1]: null -> {"path":"/api","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":80}}}} (git)',
  ),
  quiet('metrics of a scaler', scaler(80)),
  pulls(
    'a metric of a scaler changes',
    [scaler(80), scaler(60)],
    ...['pull update spec.metrics[1].resource.target.averageUtilization: 80 -> 60 (git)'],
  ),
  pulls(
    'a count becomes a percentage',
    [budget(1), budget('50%')],
    ...['pull update spec.minAvailable: 1 -> "50%" (git)'],
  ),
  quiet('the default protocol of a policy', policy([{ port: 80 }])),
  pulls(
    'a port of a policy comes',
    [policy([{ port: 80 }]), policy([{ port: 80 }, { port: 81 }])],
    ...['pull update spec.ingress[0].ports[1]: null -> {"protocol":"TCP","port":81} (git)'],
  ),
  pulls(
    'an endpoint comes',
    [slice('10.1.2.3'), slice('10.1.2.3', '10.1.2.4')],
    ...['pull update endpoints[1]: null -> {"addresses":["10.1.2.4"],"conditions":{}} (git)'],
  ),
  quiet(
    'a claim that was bound',
    claim('1Gi'),
    merged('kube-controller-manager', {
      spec: { volumeName: 'pv-NAME' },
      metadata: {
        annotations: { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' },
      },
    }),
    merged('kube-controller-manager', { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, 'status'),
  ),
  pulls('a claim is written otherwise', [claim('1024Mi'), claim('1Gi')]),
  quiet(
    'a bundle of authorities that was injected into a webhook',
    hooks,
    applied(
      'cainjector',
      global('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
        webhooks: [{ name: 'hook.example.com', clientConfig: { caBundle: bundle } }],
      }),
    ),
  ),
  {
    title: 'an injected bundle that Git says otherwise is taken over',
    live: [
      ours(hooks),
      applied(
        'cainjector',
        global('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
          webhooks: [{ name: 'hook.example.com', clientConfig: { caBundle: bundle } }],
        }),
      ),
    ],
    base: hooks,
    head: {
      ...hooks,
      webhooks: [{ ...hook, clientConfig: { service: { name: 'none', namespace: 'none' }, caBundle: btoa('x') } }],
    },
    says: [`pull update webhooks[name=hook.example.com].clientConfig.caBundle: "${bundle}" -> "eA==" (takeover)`],
  },
];
