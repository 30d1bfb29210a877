import type { Change, PathChange } from '../../../src/model/change.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { immutableCases } from './immutable-cases.ts';

/** What happens to one object, and which rules speak of it. */
export interface RiskCase {
  readonly title: string;
  readonly base?: JsonObject;
  readonly head?: JsonObject;
  readonly live?: JsonObject;
  readonly part?: Change['part'];
  /** Of an update; others have none. */
  readonly paths?: readonly PathChange[];
  /** `RULE: MESSAGE`, without the object's name. */
  readonly says: readonly string[];
}

const at = (path: PathChange['path'], before: PathChange['before'], after: PathChange['after']): PathChange => ({
  ...{ path, before, after },
  cause: 'git',
});

const object = (apiVersion: string, kind: string, more: JsonObject = {}): JsonObject => ({
  ...{ apiVersion, kind, metadata: { name: 'x', namespace: 'shop' } },
  ...more,
});

const deployment = object('apps/v1', 'Deployment');
const web = { name: 'web' };
const inWeb = (...rest: readonly string[]): PathChange['path'] => [
  ...['spec', 'template', 'spec', 'containers', web],
  ...rest,
];
const image = (before: string, after: string): RiskCase => ({
  title: `image ${before} to ${after}`,
  ...{ base: deployment, head: deployment, paths: [at(inWeb('image'), before, after)] },
  says: [],
});
const claim = (spec: JsonObject) => object('v1', 'PersistentVolumeClaim', { spec });
const stateful = (whenDeleted: string) =>
  object('apps/v1', 'StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted } } });
const definition = (...versions: readonly string[]) =>
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    spec: { names: { kind: 'Widget' }, versions: versions.map((name) => ({ name, served: true })) },
  });
const role = (...rules: readonly JsonObject[]) => object('rbac.authorization.k8s.io/v1', 'Role', { rules });
const rule = (resources: readonly string[], verbs: readonly string[]): JsonObject => ({
  apiGroups: [''],
  resources,
  verbs,
});
const binding = (...names: readonly string[]) =>
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    roleRef: { kind: 'Role', name: 'reader' },
    subjects: names.map((name) => ({ kind: 'Group', name })),
  });
const service = (type: string) => object('v1', 'Service', { spec: { type } });
const ingress = (...names: readonly string[]) =>
  object('networking.k8s.io/v1', 'Ingress', { spec: { rules: names.map((host) => ({ host })) } });
const webhook = (failurePolicy: string) =>
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
    webhooks: [{ name: 'a.example.com', failurePolicy }],
  });
const changed = (
  base: JsonObject,
  head: JsonObject,
  path: PathChange['path'] = ['spec'],
): Omit<RiskCase, 'title' | 'says'> => ({
  ...{ base, head, paths: [at(path, 'one', 'other')] },
});
const scaled = (manager: string, operation: string): JsonObject =>
  object('apps/v1', 'Deployment', {
    metadata: {
      ...{ name: 'x', namespace: 'shop' },
      managedFields: [
        { manager, operation, time: '2026-11-30T10:00:00Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
      ],
    },
    spec: { replicas: 5 },
  });

export const riskCases: readonly RiskCase[] = [
  {
    title: 'a claim goes',
    base: claim({ resources: { requests: { storage: '80Gi' } } }),
    says: ['data-loss: the claim goes, 80Gi of storage with it'],
  },
  { title: 'a claim comes', head: claim({}), says: [] },
  { title: 'a volume goes', base: object('v1', 'PersistentVolume'), says: ['data-loss: the volume goes'] },
  {
    title: 'a StatefulSet takes its claims with it',
    base: stateful('Delete'),
    says: ['data-loss: its claims go with it (persistentVolumeClaimRetentionPolicy.whenDeleted: Delete)'],
  },
  { title: 'a StatefulSet that keeps its claims', base: stateful('Retain'), says: [] },
  {
    title: 'a database of an operator goes',
    base: object('postgresql.cnpg.io/v1', 'Cluster'),
    says: ['data-loss: its data goes with it'],
  },
  { title: 'a Cluster of something else goes', base: object('cluster.x-k8s.io/v1beta1', 'Cluster'), says: [] },
  {
    title: 'a definition goes',
    base: definition('v1'),
    says: ['crd-removed: every Widget of the cluster is deleted with it'],
  },
  {
    title: 'a version of a definition goes',
    ...changed(definition('v1', 'v1beta1'), definition('v1')),
    says: ['crd-removed: v1beta1 is served no more'],
  },
  { title: 'a version of a definition comes', ...changed(definition('v1'), definition('v1', 'v2')), says: [] },
  {
    title: 'a namespace goes',
    base: object('v1', 'Namespace'),
    says: ['namespace-removed: everything in it is deleted with it'],
  },
  {
    title: 'a budget goes',
    base: object('policy/v1', 'PodDisruptionBudget'),
    says: ['pdb-removed: draining nodes may take all of its pods at once'],
  },
  { title: 'a budget comes', head: object('policy/v1', 'PodDisruptionBudget'), says: [] },
  {
    title: 'a network policy goes',
    base: object('networking.k8s.io/v1', 'NetworkPolicy'),
    says: ['netpol-removed: what it kept out, or in, may pass'],
  },
  {
    title: 'a network policy changes',
    ...changed(object('networking.k8s.io/v1', 'NetworkPolicy'), object('networking.k8s.io/v1', 'NetworkPolicy')),
    says: [],
  },
  {
    title: 'a selector changes',
    ...changed(deployment, deployment, ['spec', 'selector', 'matchLabels', 'app']),
    says: [
      'immutable-recreate: spec.selector.matchLabels.app cannot be changed, only by deleting the object and making it anew',
    ],
  },
  {
    title: 'a label of pods changes',
    ...changed(deployment, deployment, ['spec', 'template', 'metadata', 'labels', 'a']),
    says: [],
  },
  {
    title: 'the name of a service of a StatefulSet changes',
    ...changed(stateful('Retain'), stateful('Retain'), ['spec', 'serviceName']),
    says: ['immutable-recreate: spec.serviceName cannot be changed, only by deleting the object and making it anew'],
  },
  {
    title: 'replicas of a StatefulSet change',
    ...changed(stateful('Retain'), stateful('Retain'), ['spec', 'replicas']),
    says: [],
  },
  {
    title: 'a role of a binding changes',
    ...changed(binding('a'), binding('a'), ['roleRef', 'name']),
    says: ['immutable-recreate: roleRef.name cannot be changed, only by deleting the object and making it anew'],
  },
  {
    title: 'a sealed ConfigMap changes',
    ...changed(object('v1', 'ConfigMap', { immutable: true }), object('v1', 'ConfigMap'), ['data', 'a']),
    says: ['immutable-recreate: data.a cannot be changed, only by deleting the object and making it anew'],
  },
  ...immutableCases,
  {
    title: 'a ConfigMap changes',
    ...changed(object('v1', 'ConfigMap'), object('v1', 'ConfigMap'), ['data', 'a']),
    says: [],
  },
  {
    title: 'replicas go to 0',
    ...{ base: deployment, head: deployment, paths: [at(['spec', 'replicas'], 6, 0)] },
    says: ['replicas-to-zero: spec.replicas goes from 6 to 0'],
  },
  { title: 'replicas go to 1', base: deployment, head: deployment, paths: [at(['spec', 'replicas'], 6, 1)], says: [] },
  {
    title: 'the least replicas go to 0',
    ...{
      base: object('autoscaling/v2', 'HorizontalPodAutoscaler'),
      head: object('autoscaling/v2', 'HorizontalPodAutoscaler'),
    },
    paths: [at(['spec', 'minReplicas'], 2, 0)],
    says: ['hpa-min-zero: spec.minReplicas goes from 2 to 0'],
  },
  {
    title: 'the least replicas go down',
    ...{
      base: object('autoscaling/v2', 'HorizontalPodAutoscaler'),
      head: object('autoscaling/v2', 'HorizontalPodAutoscaler'),
    },
    ...{ paths: [at(['spec', 'minReplicas'], 2, 1)], says: [] },
  },
  {
    title: 'a probe goes',
    ...{ base: deployment, head: deployment, paths: [at(inWeb('readinessProbe'), { httpGet: {} }, null)] },
    says: ['probes-removed: spec.template.spec.containers[name=web].readinessProbe is removed'],
  },
  {
    title: 'a probe comes',
    base: deployment,
    head: deployment,
    paths: [at(inWeb('readinessProbe'), null, {})],
    says: [],
  },
  {
    title: 'limits go',
    ...{ base: deployment, head: deployment, paths: [at(inWeb('resources', 'limits'), { memory: '1Gi' }, null)] },
    says: ['limits-removed: spec.template.spec.containers[name=web].resources.limits is removed'],
  },
  {
    title: 'limits change',
    base: deployment,
    head: deployment,
    paths: [at(inWeb('resources', 'limits', 'memory'), '1Gi', '2Gi')],
    says: [],
  },
  { ...image('shop:2.9.4', 'shop:3.0.0'), says: ['image-major: image shop:2.9.4 becomes shop:3.0.0'] },
  {
    ...image('reg:5000/shop:v2.1', 'reg:5000/shop:v2.0'),
    says: ['image-downgrade: image reg:5000/shop:v2.1 becomes reg:5000/shop:v2.0'],
  },
  image('shop:2.9.4', 'shop:2.10.0'),
  image('shop:20260101', 'shop:20250101'),
  image('shop@sha256:abc', 'shop:3.0.0'),
  {
    title: 'a role permits more',
    ...changed(role(rule(['pods'], ['get'])), role(rule(['pods', 'secrets'], ['get', 'list'])), ['rules']),
    says: ['rbac-widened: gains pods (list), secrets (get, list)'],
  },
  {
    title: 'a role permits less',
    ...changed(role(rule(['pods', 'secrets'], ['*'])), role(rule(['pods'], ['get'])), ['rules']),
    says: [],
  },
  { title: 'a role comes that nobody has', head: role(rule(['*'], ['*'])), says: [] },
  { title: 'a binding comes', head: binding('ops'), says: ['rbac-widened: Group ops gains Role reader'] },
  {
    title: 'a binding has somebody more',
    ...changed(binding('ops'), binding('ops', 'dev'), ['subjects']),
    says: ['rbac-widened: Group dev gains Role reader'],
  },
  { title: 'a binding has somebody less', ...changed(binding('ops', 'dev'), binding('ops'), ['subjects']), says: [] },
  {
    title: 'a service opens',
    ...changed(service('ClusterIP'), service('LoadBalancer'), ['spec', 'type']),
    says: ['exposed-service: is reached from outside: type LoadBalancer'],
  },
  { title: 'a service closes', ...changed(service('LoadBalancer'), service('ClusterIP'), ['spec', 'type']), says: [] },
  {
    title: 'an ingress has a host more',
    ...changed(ingress('a.example'), ingress('a.example', '*.b.example'), ['spec', 'rules']),
    says: ['exposed-service: is reached from outside as *.b.example'],
  },
  { title: 'an ingress has a host less', ...changed(ingress('a', 'b'), ingress('a'), ['spec', 'rules']), says: [] },
  {
    title: 'a webhook begins to refuse',
    ...changed(webhook('Ignore'), webhook('Fail'), ['webhooks']),
    says: [
      'webhook-failurepolicy: a.example.com refuses what it judges while it cannot be reached (failurePolicy: Fail)',
    ],
  },
  { title: 'a webhook refuses as before', ...changed(webhook('Fail'), webhook('Fail'), ['webhooks']), says: [] },
  {
    title: 'an API is served by something else',
    ...changed(
      object('apiregistration.k8s.io/v1', 'APIService', { spec: { group: 'metrics.k8s.io' } }),
      object('apiregistration.k8s.io/v1', 'APIService', { spec: { group: 'metrics.k8s.io' } }),
    ),
    says: ['apiservice-changed: metrics.k8s.io is served by something else'],
  },
  {
    title: 'an API is as it was',
    base: object('apiregistration.k8s.io/v1', 'APIService'),
    head: object('apiregistration.k8s.io/v1', 'APIService'),
    part: 'already',
    says: [],
  },
  {
    title: 'a Secret changes',
    ...changed(object('v1', 'Secret'), object('v1', 'Secret'), ['data', 'password']),
    says: ['secret-changed: data.password changes; what reads it may need a restart'],
  },
  {
    title: 'a label of a Secret changes',
    ...changed(object('v1', 'Secret'), object('v1', 'Secret'), ['metadata', 'labels', 'a']),
    says: [],
  },
  {
    title: 'what a person set is overwritten',
    ...{ base: deployment, head: deployment, live: scaled('kubectl-edit', 'Update'), part: 'already' },
    paths: [at(['spec', 'replicas'], 5, 2)],
    says: [
      'drift-overwritten: spec.replicas was set by kubectl-edit at 2026-11-30T10:00:00Z or before, and is overwritten',
    ],
  },
  {
    title: 'what a controller set is overwritten',
    ...{ base: deployment, head: deployment, live: scaled('kube-controller-manager', 'Update'), part: 'already' },
    ...{ paths: [at(['spec', 'replicas'], 5, 2)], says: [] },
  },
];
