import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';

const image = 'registry.example/shop/web:1.4.2';

/** Pod specs around the edges of the shipped policies: each differs from a plain one in one way or two. */
const podSpecs: Readonly<Record<string, JsonObject>> = {
  'privileged-and-not': pod([web({ privileged: true }), { ...web({ privileged: false }), name: 'other' }]),
  'privileged-init': { ...pod([web()]), initContainers: [{ ...web({ privileged: true }), name: 'first' }] },
  'host-network-off': { ...pod([web()]), hostNetwork: false, hostPID: false },
  'host-network-port': { ...pod([{ ...web(), ports: [{ containerPort: 80 }] }]), hostNetwork: true },
  'host-all': { ...pod([web()]), hostNetwork: true, hostPID: true, hostIPC: true },
  'host-port-zero': pod([{ ...web(), ports: [{ containerPort: 80, hostPort: 0 }] }]),
  'host-port-second': pod([{ ...web(), ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }] }]),
  'no-volumes': { ...pod([web()]), volumes: [] },
  'host-paths': {
    ...pod([web()]),
    volumes: [volume('a', { hostPath: { path: '/' } }), volume('b', { hostPath: { path: '/etc' } })],
  },
  claims: { ...pod([web()]), volumes: [volume('a', { persistentVolumeClaim: { claimName: 'a' } })] },
  'caps-none': pod([web({ capabilities: {} })]),
  'caps-dropped': pod([web({ capabilities: { drop: ['ALL'] } })]),
  'caps-added': pod([web({ capabilities: { add: ['NET_RAW', 'CHOWN', 'SYS_TIME'] } })]),
  'caps-two': pod([
    web({ capabilities: { add: ['BPF'] } }),
    { ...web({ capabilities: { add: ['ALL'] } }), name: 'other' },
  ]),
  'root-by-pod': { ...pod([web()]), securityContext: { runAsUser: 0 } },
  'user-by-pod': { ...pod([web()]), securityContext: { runAsUser: 1000 } },
  'root-over-pod': { ...pod([web({ runAsUser: 0 })]), securityContext: { runAsUser: 1000 } },
  'non-root-over-pod': { ...pod([web({ runAsNonRoot: true })]), securityContext: { runAsNonRoot: false } },
  'root-over-non-root': { ...pod([web({ runAsNonRoot: false })]), securityContext: { runAsNonRoot: true } },
  'own-users': { ...pod([web()]), hostUsers: false },
  windows: { ...pod([web()]), os: { name: 'windows' } },
  linux: { ...pod([web({ allowPrivilegeEscalation: false })]), os: { name: 'linux' } },
  'escalation-on': pod([web({ allowPrivilegeEscalation: true })]),
  'image-port': pod([{ ...web(), image: 'registry.example:5000/web' }]),
  'image-digest-latest': pod([{ ...web(), image: `registry.example/web:latest@sha256:${'a'.repeat(64)}` }]),
  'image-bare': pod([
    { ...web(), image: 'nginx' },
    { ...web(), name: 'other', image: 'nginx:latest' },
  ]),
  'limits-cpu': pod([{ ...web(), resources: { limits: { cpu: 1 } } }]),
  'limits-both': pod([{ ...web(), resources: { limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: 0.5 } } }]),
  'limits-empty': pod([{ ...web(), resources: { limits: {} } }]),
  'limits-pod': { ...pod([web()]), resources: { limits: { cpu: '1', memory: '1Gi' } } },
  'limits-pod-cpu': {
    ...pod([{ ...web(), resources: { limits: { memory: '1Gi' } } }]),
    resources: { limits: { cpu: '2' } },
  },
  'all-good': {
    ...pod([{ ...web({ allowPrivilegeEscalation: false }), resources: { limits: { cpu: '1', memory: '1Gi' } } }]),
    securityContext: { runAsNonRoot: true },
  },
};

const kinds = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'];

/** Every pod spec in two kinds of workload, and roles and bindings around the edges of theirs. */
export function mutations(): readonly (readonly [string, Resource])[] {
  const pods = Object.entries(podSpecs).flatMap(([name, spec], index) =>
    [index, index + 3].map((turn) => workload(kinds[turn % kinds.length] ?? 'Pod', name, spec)),
  );
  return [...pods, ...roles(), ...roleBindings()].map((one) => [`${one.id.kind} ${one.id.name}`, one] as const);
}

function web(securityContext?: JsonObject): JsonObject {
  return { name: 'web', image, ...(securityContext !== undefined && { securityContext }) };
}

function pod(containers: readonly JsonObject[]): JsonObject {
  return { containers };
}

function volume(name: string, source: JsonObject): JsonObject {
  return { name, ...source };
}

function workload(kind: string, name: string, podSpec: JsonObject): Resource {
  const labels = { app: name };
  const ofJob = { spec: { ...podSpec, restartPolicy: 'Never' } };
  const template = { metadata: { labels }, spec: podSpec };
  const specs: Readonly<Record<string, Json>> = {
    Pod: podSpec,
    Job: { template: ofJob },
    CronJob: { schedule: '* * * * *', jobTemplate: { spec: { template: ofJob } } },
  };
  const group = kind === 'Pod' ? '' : kind.endsWith('Job') ? 'batch' : 'apps';
  return resource(group, kind, name, { spec: specs[kind] ?? { selector: { matchLabels: labels }, template } });
}

function roles(): readonly Resource[] {
  const rules: Readonly<Record<string, Json>> = {
    none: null,
    empty: [],
    'verb-in-second': [rule(['apps'], ['deployments'], ['get']), rule([''], ['pods'], ['get', '*'])],
    'group-wildcard': [rule(['*'], ['pods'], ['get'])],
    'resource-wildcard': [rule([''], ['*'], ['get'])],
    'resource-names': [{ ...rule([''], ['configmaps'], ['get']), resourceNames: ['*'] }],
  };
  return Object.entries(rules).flatMap(([name, list]) =>
    ['Role', 'ClusterRole'].map((kind) => resource(rbac, kind, `mutated-${name}`, { rules: list })),
  );
}

function roleBindings(): readonly Resource[] {
  const subjects = [{ kind: 'User', apiGroup: rbac, name: 'jane' }];
  const ref = (kind: string, name: string) => ({ roleRef: { apiGroup: rbac, kind, name } });
  return [
    resource(rbac, 'RoleBinding', 'role-of-that-name', { ...ref('Role', 'cluster-admin'), subjects }),
    resource(rbac, 'RoleBinding', 'in-namespace', { ...ref('ClusterRole', 'cluster-admin'), subjects }),
    resource(rbac, 'ClusterRoleBinding', 'other-role', { ...ref('ClusterRole', 'admin'), subjects }),
    resource(rbac, 'ClusterRoleBinding', 'for-a-user', { ...ref('ClusterRole', 'cluster-admin'), subjects }),
    resource(rbac, 'ClusterRoleBinding', 'for-nobody', { ...ref('ClusterRole', 'cluster-admin'), subjects: null }),
  ];
}

const rbac = 'rbac.authorization.k8s.io';

function rule(apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): JsonObject {
  return { apiGroups, resources, verbs };
}

function resource(group: string, kind: string, name: string, rest: JsonObject): Resource {
  const object = { apiVersion: group === '' ? 'v1' : `${group}/v1`, kind, metadata: { name }, ...rest };
  return {
    id: { group, version: 'v1', kind, namespace: null, name },
    object,
    source: null,
    lines: new Map(),
    random: [],
  };
}
