import type { Json } from '../../../src/model/json.ts';
import { container, core, type DifferentialStep } from './differential-step.ts';
import { applying } from './support.ts';

/** Configuration and storage. */
export function configuration(ns: string): readonly DifferentialStep[] {
  const object = (kind: string, name: string, more: Readonly<Record<string, Json>>) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name },
    ...more,
  });
  return [
    {
      title: 'a config map',
      ...applying(core(ns, 'configmaps/c'), object('ConfigMap', 'c', { data: { a: '1', b: '<&>' } })),
    },
    {
      title: 'a key leaves the config map',
      ...applying(core(ns, 'configmaps/c'), object('ConfigMap', 'c', { data: { a: '1' } })),
    },
    {
      title: 'a secret from stringData',
      ...applying(
        core(ns, 'secrets/s'),
        object('Secret', 's', { stringData: { password: 'x' }, data: { user: 'dQ==' } }),
      ),
    },
    {
      title: 'a TLS secret without its keys',
      ...applying(core(ns, 'secrets/t'), object('Secret', 't', { type: 'kubernetes.io/tls', data: {} })),
    },
    {
      title: 'a service account',
      ...applying(
        core(ns, 'serviceaccounts/runner'),
        object('ServiceAccount', 'runner', { imagePullSecrets: [{ name: 'pull' }] }),
      ),
    },
    {
      title: 'an immutable config map',
      ...applying(core(ns, 'configmaps/i'), object('ConfigMap', 'i', { immutable: true, data: { a: '1' } })),
    },
    {
      title: 'is not changed',
      ...applying(core(ns, 'configmaps/i'), object('ConfigMap', 'i', { immutable: true, data: { a: '2' } })),
    },
    {
      title: 'a claim',
      ...applying(
        core(ns, 'persistentvolumeclaims/d'),
        object('PersistentVolumeClaim', 'd', {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
        }),
      ),
    },
    {
      title: 'a pod',
      method: 'POST',
      path: `${core(ns, 'pods')}?fieldManager=creator`,
      body: object('Pod', 'p', {
        spec: { serviceAccountName: 'runner', automountServiceAccountToken: false, containers: [container()] },
      }),
    },
  ];
}

/** Services and what leads to them. */
export function networking(ns: string): readonly DifferentialStep[] {
  const service = (more: Readonly<Record<string, Json>>, name = 'web') => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, name: 'http' }], ...more },
  });
  const path = core(ns, 'services/web');
  const nets = `/apis/networking.k8s.io/v1/namespaces/${ns}`;
  return [
    { title: 'a service', ...applying(path, service({})) },
    {
      title: 'a second port',
      ...applying(
        path,
        service({
          ports: [
            { port: 80, name: 'http' },
            { port: 443, name: 'https', targetPort: 'tls' },
          ],
        }),
      ),
    },
    {
      title: 'a headless service',
      ...applying(core(ns, 'services/headless'), service({ clusterIP: 'None' }, 'headless')),
    },
    {
      title: 'an external name',
      ...applying(core(ns, 'services/far'), {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'far' },
        spec: { type: 'ExternalName', externalName: 'example.com' },
      }),
    },
    {
      title: 'a port without a name beside another',
      ...applying(path, service({ ports: [{ port: 80 }, { port: 81 }] })),
    },
    {
      title: 'an ingress',
      ...applying(`${nets}/ingresses/web`, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'web' },
        spec: {
          rules: [
            {
              host: 'a.example.com',
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
              },
            },
          ],
        },
      }),
    },
    {
      title: 'a network policy',
      ...applying(`${nets}/networkpolicies/deny`, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'deny' },
        spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
      }),
    },
  ];
}

/** Limits and rights. */
export function policies(ns: string): readonly DifferentialStep[] {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}`;
  const binding = (role: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'b' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: 'runner' }],
  });
  return [
    {
      title: 'an autoscaler',
      ...applying(`/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers/web`, {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          maxReplicas: 5,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
          ],
        },
      }),
    },
    {
      title: 'a disruption budget',
      ...applying(`/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets/web`, {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } },
      }),
    },
    {
      title: 'a role',
      ...applying(`${rbac}/roles/r`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'r' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }),
    },
    { title: 'a role binding', ...applying(`${rbac}/rolebindings/b`, binding('r')) },
    { title: 'its role is immutable', ...applying(`${rbac}/rolebindings/b`, binding('other')) },
    {
      title: 'a quota',
      ...applying(core(ns, 'resourcequotas/q'), {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'q' },
        spec: { hard: { pods: '10' } },
      }),
    },
    {
      title: 'a limit range',
      ...applying(core(ns, 'limitranges/l'), {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'l' },
        spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '100Gi' } }] },
      }),
    },
  ];
}
