import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { untilHolds } from '../../support/until.ts';
import { openStage, resourcesOf, type Stage, told } from './stage.ts';

let plane: ControlPlane;
let stage: Stage;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane();
  stage = await openStage(plane.kubeconfig, plane.context);
  namespace = await plane.namespace();
}, 120_000);

afterAll(() => stage?.cluster.close());

const labels = { app: 'web' };
const template = (image = 'nginx:1', more: JsonObject = {}): JsonObject => ({
  metadata: { labels: { app: 'web', tier: 'one' } },
  spec: { containers: [{ name: 'web', image }], ...more },
});
const jobTemplate = (image: string): JsonObject => template(image, { restartPolicy: 'Never' });
const claim = (spec: JsonObject): JsonObject => ({
  ...{ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const definition = (group: string, scope: string): JsonObject => ({
  ...{ group, scope, names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' } },
  versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
});

/** What may not change, of each kind: an object before and after, the fields that the finding names, and whether it may be made anew. */
interface Case {
  readonly title: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly names: string;
  readonly rule: 'immutable-recreate' | 'immutable-refused';
}

const recreate = { rule: 'immutable-recreate' as const };
const refused = { rule: 'immutable-refused' as const };
const selects = (tier: string): JsonObject => ({ matchLabels: { app: 'web', tier } });
const isolated = (tier: string): JsonObject => ({ ...template(), metadata: { labels: { app: 'web', tier } } });
const rbac = 'rbac.authorization.k8s.io';
const roleRef = (name: string): JsonObject => ({ apiGroup: rbac, kind: 'ClusterRole', name });

const cases: readonly Case[] = [
  {
    ...{ title: 'selector', apiVersion: 'apps/v1', kind: 'Deployment', ...recreate },
    before: { spec: { selector: selects('one'), template: isolated('one') } },
    after: { spec: { selector: selects('two'), template: isolated('two') } },
    names: 'spec.selector.matchLabels.tier',
  },
  {
    ...{ title: 'selector', apiVersion: 'apps/v1', kind: 'DaemonSet', ...recreate },
    before: { spec: { selector: selects('one'), template: isolated('one') } },
    after: { spec: { selector: selects('two'), template: isolated('two') } },
    names: 'spec.selector.matchLabels.tier',
  },
  {
    ...{ title: 'selector', apiVersion: 'apps/v1', kind: 'ReplicaSet', ...recreate },
    before: { spec: { selector: selects('one'), template: isolated('one') } },
    after: { spec: { selector: selects('two'), template: isolated('two') } },
    names: 'spec.selector.matchLabels.tier',
  },
  {
    ...{ title: 'service name, beside what may change', apiVersion: 'apps/v1', kind: 'StatefulSet', ...recreate },
    before: { spec: { serviceName: 'one', replicas: 1, selector: { matchLabels: labels }, template: template() } },
    after: { spec: { serviceName: 'two', replicas: 2, selector: { matchLabels: labels }, template: template() } },
    names: 'spec.serviceName',
  },
  {
    ...{ title: 'claim templates', apiVersion: 'apps/v1', kind: 'StatefulSet', ...recreate },
    before: {
      spec: {
        ...{ serviceName: 'db', selector: { matchLabels: labels }, template: template() },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim({}) }],
      },
    },
    after: {
      spec: {
        ...{ serviceName: 'db', selector: { matchLabels: labels }, template: template() },
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: claim({ resources: { requests: { storage: '2Gi' } } }) },
        ],
      },
    },
    names: 'spec.volumeClaimTemplates[0].spec.resources.requests.storage',
  },
  {
    ...{ title: 'pod management', apiVersion: 'apps/v1', kind: 'StatefulSet', ...recreate },
    before: { spec: { serviceName: 'db', selector: { matchLabels: labels }, template: template() } },
    after: {
      spec: {
        ...{ serviceName: 'db', selector: { matchLabels: labels }, template: template() },
        podManagementPolicy: 'Parallel',
      },
    },
    names: 'spec.podManagementPolicy',
  },
  {
    ...{ title: 'template', apiVersion: 'batch/v1', kind: 'Job', ...recreate },
    before: { spec: { template: jobTemplate('busybox:1') } },
    after: { spec: { template: jobTemplate('busybox:2') } },
    names: 'spec.template.spec.containers[name=web].image',
  },
  {
    ...{ title: 'completion mode', apiVersion: 'batch/v1', kind: 'Job', ...recreate },
    before: { spec: { completions: 2, template: jobTemplate('busybox:1') } },
    after: { spec: { completions: 2, completionMode: 'Indexed', template: jobTemplate('busybox:1') } },
    names: 'spec.completionMode',
  },
  {
    ...{ title: 'node', apiVersion: 'v1', kind: 'Pod', ...recreate },
    before: { spec: { containers: [{ name: 'web', image: 'nginx:1' }] } },
    after: { spec: { containers: [{ name: 'web', image: 'nginx:1' }], nodeName: 'other' } },
    names: 'spec.nodeName',
  },
  {
    ...{ title: 'cluster IP', apiVersion: 'v1', kind: 'Service', ...recreate },
    before: { spec: { selector: labels, ports: [{ port: 80 }] } },
    after: { spec: { selector: labels, ports: [{ port: 80 }], clusterIP: 'None' } },
    names: 'spec.clusterIP',
  },
  {
    ...{ title: 'address of a load balancer', apiVersion: 'v1', kind: 'Service', ...refused },
    before: { spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80 }] } },
    after: { spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80 }], clusterIP: '10.0.0.213' } },
    names: 'spec.clusterIP',
  },
  {
    ...{ title: 'role', apiVersion: `${rbac}/v1`, kind: 'RoleBinding', ...recreate },
    before: { roleRef: roleRef('view'), subjects: [{ kind: 'User', name: 'ann', apiGroup: rbac }] },
    after: { roleRef: roleRef('edit'), subjects: [{ kind: 'User', name: 'ann', apiGroup: rbac }] },
    names: 'roleRef.name',
  },
  {
    ...{ title: 'role', apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', ...recreate },
    before: { roleRef: roleRef('view'), subjects: [] },
    after: { roleRef: roleRef('edit'), subjects: [] },
    names: 'roleRef.name',
  },
  {
    ...{ title: 'provisioner', apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...recreate },
    before: { provisioner: 'example.com/one' },
    after: { provisioner: 'example.com/two' },
    names: 'provisioner',
  },
  {
    ...{ title: 'parameters', apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...recreate },
    before: { provisioner: 'example.com/one', parameters: { type: 'ssd' } },
    after: { provisioner: 'example.com/one', parameters: { type: 'hdd' } },
    names: 'parameters.type',
  },
  {
    ...{ title: 'reclaim policy', apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...recreate },
    before: { provisioner: 'example.com/one' },
    after: { provisioner: 'example.com/one', reclaimPolicy: 'Retain' },
    names: 'reclaimPolicy',
  },
  {
    ...{ title: 'data of an immutable one', apiVersion: 'v1', kind: 'ConfigMap', ...recreate },
    before: { immutable: true, data: { a: '1' } },
    after: { immutable: true, data: { a: '2' } },
    names: 'data.a',
  },
  {
    ...{ title: 'data of an immutable one', apiVersion: 'v1', kind: 'Secret', ...recreate },
    before: { immutable: true, stringData: { token: 'first-value-1' } },
    after: { immutable: true, stringData: { token: 'second-value-2' } },
    names: 'data.token',
  },
  {
    ...{ title: 'type', apiVersion: 'v1', kind: 'Secret', ...recreate },
    before: { type: 'Opaque' },
    after: { type: 'example.com/other' },
    names: 'type',
  },
  {
    ...{ title: 'value', apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', ...recreate },
    before: { value: 100 },
    after: { value: 200 },
    names: 'value',
  },
  {
    ...{ title: 'controller', apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', ...recreate },
    before: { spec: { controller: 'example.com/one' } },
    after: { spec: { controller: 'example.com/two' } },
    names: 'spec.controller',
  },
  {
    ...{ title: 'storage class', apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...refused },
    before: { spec: claim({ storageClassName: 'one' }) },
    after: { spec: claim({ storageClassName: 'two' }) },
    names: 'spec.storageClassName',
  },
  {
    ...{ title: 'source', apiVersion: 'v1', kind: 'PersistentVolume', ...refused },
    before: {
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data/one' } },
    },
    after: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data/two' } } },
    names: 'spec.hostPath.path',
  },
  {
    ...{ title: 'scope', apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', ...refused },
    before: { spec: definition('GROUP', 'Namespaced') },
    after: { spec: definition('GROUP', 'Cluster') },
    names: 'spec.scope',
  },
];

const global =
  /^(?:ClusterRoleBinding|StorageClass|PriorityClass|IngressClass|PersistentVolume|CustomResourceDefinition)$/;

function objectOf({ apiVersion, kind }: Case, index: number, content: JsonObject): JsonObject {
  const group = `g${index}.${namespace}.example.com`;
  const isDefinition = kind === 'CustomResourceDefinition';
  const name = isDefinition ? `things.${group}` : `${namespace}-${index}`;
  const placed = JSON.parse(JSON.stringify(content).replaceAll('GROUP', group)) as JsonObject; // JSON of ours again
  return { apiVersion, kind, metadata: global.test(kind) ? { name } : { name, namespace }, ...placed };
}

/** Until then the API server lets anybody change a definition. */
async function established(definition: JsonObject): Promise<void> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${pickText(definition, 'metadata', 'name')}`;
  await untilHolds('the definition to be established', async () => {
    const { text } = await plane.request('GET', path);
    const conditions = pick(JSON.parse(text), 'status', 'conditions');
    return (
      isJsonList(conditions) &&
      conditions.some((one) => pickText(one, 'type') === 'Established' && pickText(one, 'status') === 'True')
    );
  });
}

test.each(cases.map((one, index) => [one.kind, one.title, one, index] as const))(
  'the %s’s %s cannot change: the object is made anew or not at all, and never green',
  async (kind, _title, one, index) => {
    const [before, after] = [objectOf(one, index, one.before), objectOf(one, index, one.after)];
    await stage.apply(before);
    if (kind === 'CustomResourceDefinition') await established(before);

    const set = await stage.predict(resourcesOf(after), resourcesOf(before));

    const found = set.findings.filter(({ rule }) => rule.startsWith('immutable-'));
    expect({ error: set.error, others: set.findings.filter(({ rule }) => rule === 'server-invalid') }).toEqual({
      ...{ error: null, others: [] },
    });
    expect(found.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([`block ${one.rule}`]);
    expect(found[0]?.message).toContain(`: the API server lets nobody change ${one.names}`);
    expect(set.changes.map(({ part, action, resource }) => `${part} ${action} ${resource.kind}`)).toEqual([
      `pull ${one.rule === 'immutable-recreate' ? 'recreate' : 'update'} ${kind}`,
    ]);
    expect(set.changes[0]?.paths.length).toBeGreaterThan(0);
    expect(JSON.stringify(set, withoutBigInts)).not.toMatch(/first-value-1|second-value-2/);
  },
);

function withoutBigInts(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

test('a field that somebody else set otherwise is in the part that is there without the pull', async () => {
  const before: JsonObject = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'drifted', namespace } },
    spec: { selector: selects('one'), template: isolated('one') },
  };
  const spec = before['spec'];
  const other: Json = { ...(isJsonObject(spec) ? spec : {}), selector: selects('two'), template: isolated('two') };
  await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify({ ...before, spec: other }) });

  const set = await stage.predict(resourcesOf(before));

  expect(told(set)).toEqual([
    'already recreate Deployment drifted spec.selector.matchLabels.tier: "two" -> "one" (git)',
  ]);
  expect(set.findings.map(({ rule }) => rule)).toEqual(['immutable-recreate']);
});
