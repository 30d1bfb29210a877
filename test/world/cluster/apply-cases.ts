import type { JsonObject } from '../../../src/model/json.ts';

/** An object as it was applied, what others did to it since, and how it is to be applied now. */
export interface ApplyCase {
  readonly title: string;
  readonly base: JsonObject;
  readonly others?: readonly {
    readonly type: 'merge' | 'strategic' | 'json';
    readonly patch: JsonObject | readonly JsonObject[];
  }[];
  readonly head: JsonObject;
  /** Nothing comes of it. */
  readonly isSame?: boolean;
}

export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.preview.example.com' },
  spec: {
    group: 'preview.example.com',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};

interface Pod {
  readonly containers?: readonly JsonObject[];
  readonly [key: string]: JsonObject[string] | undefined;
}

const web: JsonObject = {
  name: 'web',
  image: 'nginx:1',
  ports: [{ containerPort: 80 }],
  env: [{ name: 'A', value: '1' }],
};
const log: JsonObject = { name: 'log', image: 'fluent:1' };

function deployment(pod: Pod, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  const { containers = [web], ...rest } = pod;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers, ...rest } as JsonObject },
      ...spec,
    },
  };
}

const config = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', ...metadata } },
  data,
});

const service = (spec: JsonObject): JsonObject => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
  spec: { selector: { app: 'web' }, ...spec },
});

const widget = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: 'preview.example.com/v1', kind: 'Widget', metadata: { name: 'one', ...metadata } },
  spec,
});

const volumes = (volume: JsonObject): JsonObject =>
  deployment({ containers: [web], volumes: [{ name: 'data', ...volume }] });

export const applyCases: readonly ApplyCase[] = [
  { title: 'nothing new', base: deployment({}), head: deployment({}), isSame: true },
  { title: 'another image', base: deployment({}), head: deployment({ containers: [{ ...web, image: 'nginx:2' }] }) },
  {
    title: 'a container more, in front',
    base: deployment({ containers: [web] }),
    head: deployment({ containers: [log, web] }),
  },
  { title: 'a container less', base: deployment({ containers: [web, log] }), head: deployment({ containers: [web] }) },
  {
    title: 'containers in another order',
    base: deployment({ containers: [web, log] }),
    head: deployment({ containers: [log, web] }),
  },
  {
    title: 'a sidecar of somebody else stays',
    base: deployment({}),
    others: [
      {
        type: 'strategic',
        patch: { spec: { template: { spec: { containers: [{ name: 'mesh', image: 'mesh:1' }] } } } },
      },
    ],
    head: deployment({ containers: [{ ...web, image: 'nginx:2' }] }),
  },
  {
    title: 'a sidecar of somebody else, and nothing new',
    base: deployment({}),
    others: [
      {
        type: 'strategic',
        patch: { spec: { template: { spec: { containers: [{ name: 'mesh', image: 'mesh:1' }] } } } },
      },
    ],
    head: deployment({}),
    isSame: true,
  },
  {
    title: 'variables: one less, one changed, one more',
    base: deployment({
      containers: [
        {
          ...web,
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ],
    }),
    head: deployment({
      containers: [
        {
          ...web,
          env: [
            { name: 'C', value: '3' },
            { name: 'B', value: '9' },
          ],
        },
      ],
    }),
  },
  {
    title: 'a variable whose value comes from elsewhere now',
    base: deployment({ containers: [{ ...web, env: [{ name: 'A', value: '1' }] }] }),
    head: deployment({
      containers: [{ ...web, env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }],
    }),
  },
  {
    title: 'all variables go',
    base: deployment({ containers: [web] }),
    head: deployment({ containers: [{ name: 'web', image: 'nginx:1', ports: [{ containerPort: 80 }] }] }),
  },
  {
    title: 'a strategy whose settings go with it',
    base: deployment({}, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2 } } }),
    head: deployment({}, { strategy: { type: 'Recreate' } }),
  },
  {
    title: 'a strategy whose settings somebody else changed',
    base: deployment({}, { strategy: { type: 'RollingUpdate' } }),
    others: [{ type: 'merge', patch: { spec: { strategy: { rollingUpdate: { maxSurge: '50%' } } } } }],
    head: deployment({}, { strategy: { type: 'RollingUpdate' } }),
  },
  {
    title: 'a volume of another type',
    base: volumes({ emptyDir: {} }),
    head: volumes({ configMap: { name: 'settings' } }),
  },
  { title: 'a volume less', base: volumes({ emptyDir: {} }), head: deployment({}) },
  {
    title: 'replicas that somebody else set stay where Git says none',
    base: deployment({}),
    others: [{ type: 'merge', patch: { spec: { replicas: 5 } } }],
    head: deployment({}),
    isSame: true,
  },
  {
    title: 'replicas that somebody else set are put back where Git says some',
    base: deployment({}, { replicas: 2 }),
    others: [{ type: 'merge', patch: { spec: { replicas: 5 } } }],
    head: deployment({}, { replicas: 2 }),
  },
  {
    title: 'replicas that Git says no more',
    base: deployment({}, { replicas: 3 }),
    head: deployment({}),
  },
  {
    title: 'labels and annotations: one less, one of somebody else',
    base: config({ a: '1' }, { labels: { one: '1', two: '2' }, annotations: { note: 'x' } }),
    others: [{ type: 'merge', patch: { metadata: { labels: { hand: 'made' }, annotations: { other: 'y' } } } }],
    head: config({ a: '1' }, { labels: { two: '2' } }),
  },
  { title: 'keys of a ConfigMap', base: config({ a: '1', b: '2' }), head: config({ b: '3', c: '4' }) },
  {
    title: 'a key of a ConfigMap that somebody else changed',
    base: config({ a: '1' }),
    others: [{ type: 'merge', patch: { data: { a: '9', more: 'm' } } }],
    head: config({ a: '1' }),
  },
  {
    title: 'finalizers: one of somebody else stays, ours go',
    base: config({ a: '1' }, { finalizers: ['example.com/one', 'example.com/two'] }),
    others: [{ type: 'json', patch: [{ op: 'add', path: '/metadata/finalizers/-', value: 'example.com/other' }] }],
    head: config({ a: '1' }, { finalizers: ['example.com/two', 'example.com/three'] }),
  },
  {
    title: 'ports of a Service, by their number',
    base: service({
      ports: [
        { name: 'http', port: 80 },
        { name: 'admin', port: 81 },
      ],
    }),
    head: service({
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'metrics', port: 82 },
      ],
    }),
  },
  {
    title: 'tolerations are replaced as a whole',
    base: deployment({ tolerations: [{ key: 'a', operator: 'Exists' }] } as Pod),
    others: [
      {
        type: 'json',
        patch: [{ op: 'add', path: '/spec/template/spec/tolerations/-', value: { key: 'b', operator: 'Exists' } }],
      },
    ],
    head: deployment({ tolerations: [{ key: 'a', operator: 'Exists' }] } as Pod),
  },
  {
    title: 'pull secrets are merged by name',
    base: deployment({ imagePullSecrets: [{ name: 'one' }, { name: 'two' }] } as Pod),
    others: [{ type: 'strategic', patch: { spec: { template: { spec: { imagePullSecrets: [{ name: 'hand' }] } } } } }],
    head: deployment({ imagePullSecrets: [{ name: 'two' }] } as Pod),
  },
  {
    title: 'rules of a Role are one list',
    base: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
    head: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] }],
    },
  },
  {
    title: 'a quantity written otherwise',
    base: deployment({ containers: [{ ...web, resources: { limits: { cpu: '1000m' } } }] }),
    head: deployment({ containers: [{ ...web, resources: { limits: { cpu: '1' } } }] }),
    isSame: true,
  },
  {
    title: 'a custom resource: lists whole, maps merged, what was applied goes',
    base: widget({ list: [1, 2], map: { a: 1, b: 2 }, gone: true, deep: { x: { y: 1, z: 2 } } }),
    others: [{ type: 'merge', patch: { spec: { map: { c: 3 }, deep: { x: { w: 9 } } } } }],
    head: widget({ list: [2], map: { a: 5 }, deep: { x: { y: 1 } } }),
  },
  {
    title: 'a custom resource with nothing new, and a field of somebody else',
    base: widget({ map: { a: 1 } }),
    others: [{ type: 'merge', patch: { spec: { map: { c: 3 } } } }],
    head: widget({ map: { a: 1 } }),
    isSame: true,
  },
];
