import type { JsonObject } from '../../../src/model/json.ts';

/** A Kustomization for the real controller: its spec, the files of its folder, and files outside. */
export interface ControllerCase {
  readonly title: string;
  /** Beside interval, prune, path, source and target namespace; null leaves one out. */
  readonly spec?: JsonObject;
  /** In the folder that it applies. */
  readonly files: Readonly<Record<string, string>>;
  /** From the root. */
  readonly around?: Readonly<Record<string, string>>;
}

function configMap(name: string, data: string, metadata = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${metadata}data:\n  ${data}\n`;
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1
          ports: [{containerPort: 80}]
`;

const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, name: http}, {port: 81, name: other, protocol: UDP}]
`;

/** « stands for a dollar and a brace. */
const withVariables = (text: string): string => text.replaceAll('«', `$${'{'}`);

export const controllerCases: readonly ControllerCase[] = [
  {
    title: 'a folder of manifests without a kustomization',
    files: { 'b.yaml': configMap('b', 'k: v'), 'sub/a.yml': configMap('a', 'k: v'), 'notes.txt': 'x', 'x.json': '{}' },
  },
  {
    title: 'a generated kustomization over a folder that has one',
    files: {
      'a.yaml': configMap('a', 'k: v'),
      'sub/kustomization.yaml': 'namePrefix: sub-\nresources: [b.yaml]\n',
      'sub/b.yaml': configMap('b', 'k: v'),
      'sub/left-out.yaml': configMap('left-out', 'k: v'),
    },
  },
  {
    title: 'a kustomization with generators, whose names carry a hash',
    files: {
      'kustomization.yaml': 'configMapGenerator:\n  - name: made\n    literals: [a=b]\nresources: [a.yaml]\n',
      'a.yaml': configMap('a', 'k: v'),
    },
  },
  {
    title: 'a kustomization of generators alone',
    files: { 'kustomization.yaml': 'configMapGenerator:\n  - name: alone\n    literals: [a=b]\n' },
  },
  {
    title: 'a prefix and a suffix',
    spec: { namePrefix: 'pre-', nameSuffix: '-post' },
    files: { 'all.yaml': `${deployment}---\n${service}---\n${configMap('a', 'k: v')}` },
  },
  {
    title: 'images, over those of the kustomization',
    spec: { images: [{ name: 'example.com/web', newTag: '3' }] },
    files: {
      'kustomization.yaml':
        'resources: [all.yaml]\nimages:\n  - name: example.com/web\n    newName: mirror.example.com/web\n    digest: sha256:aa\n',
      'all.yaml': deployment,
    },
  },
  {
    title: 'patches, strategic and JSON, after those of the kustomization',
    spec: {
      patches: [
        { patch: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {minReadySeconds: 7}\n' },
        {
          patch: '- op: add\n  path: /metadata/labels\n  value: {patched: "yes"}\n',
          target: { kind: 'ConfigMap', name: 'a' },
        },
      ],
    },
    files: {
      'kustomization.yaml':
        'resources: [all.yaml, a.yaml]\npatches:\n  - target: {kind: Deployment}\n    patch: |-\n      - op: replace\n        path: /spec/replicas\n        value: 1\n',
      'all.yaml': deployment,
      'a.yaml': configMap('a', 'k: v'),
    },
  },
  {
    title: 'components, one of them missing',
    spec: { components: ['../../part', '../../gone'], ignoreMissingComponents: true },
    files: { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('a', 'k: v') },
    around: {
      'part/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [b.yaml]\ncommonAnnotations: {part: "1"}\n',
      'part/b.yaml': configMap('b', 'k: v'),
    },
  },
  {
    title: 'common metadata, over what objects say',
    spec: { commonMetadata: { labels: { team: 'new', more: 'x' }, annotations: { note: 'y' } } },
    files: { 'all.yaml': `${configMap('a', 'k: v', '  labels: {team: old}\n')}---\n${deployment}` },
  },
  {
    title: 'inline variables that change types',
    spec: { postBuild: { substitute: { REPLICAS: '2', TAG: '1.10', NAME: 'named' } } },
    files: {
      'all.yaml': withVariables(
        deployment.replace('replicas: 0', 'replicas: «REPLICAS}').replace('web:1', 'web:«TAG}'),
      ),
      'a.yaml': withVariables(configMap('«NAME}-a', 'k: "«GONE:-default} $«NAME} «TAG/1/x}"')),
    },
  },
  {
    title: 'variables of a ConfigMap and a Secret, inline ones over them',
    spec: {
      postBuild: {
        substitute: { C: 'inline' },
        substituteFrom: [
          { kind: 'ConfigMap', name: 'vars' },
          { kind: 'Secret', name: 'keys' },
          { kind: 'Secret', name: 'gone', optional: true },
        ],
      },
    },
    files: { 'a.yaml': withVariables(configMap('a', 'k: "«A}-«B}-«C}"')) },
  },
  {
    title: 'objects that want no variables',
    spec: { postBuild: { substitute: { A: 'x' } } },
    files: {
      'a.yaml': withVariables(
        configMap('a', 'k: "«A}"', '  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n'),
      ),
      'b.yaml': withVariables(configMap('b', 'k: "«A}"')),
    },
  },
  {
    title: 'variables with defaults alone',
    spec: { postBuild: { substituteStrategy: 'Always' } },
    files: { 'a.yaml': withVariables(configMap('a', 'k: "«A:=fallback}"')) },
  },
  {
    title: 'variables that stay when there are none',
    spec: { postBuild: {} },
    files: { 'a.yaml': withVariables(configMap('a', 'k: "«A:=fallback}"')) },
  },
  {
    title: 'a Secret in clear, a Service and a Role',
    files: {
      'all.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n---\n${service}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n`,
    },
  },
  {
    title: 'objects that the controller is to leave alone',
    files: {
      'a.yaml': configMap('a', 'k: v', '  labels: {kustomize.toolkit.fluxcd.io/reconcile: disabled}\n'),
      'b.yaml': configMap('b', 'k: v', '  annotations: {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent}\n'),
    },
  },
  {
    title: 'objects of a namespace of their own, and the namespace',
    spec: { targetNamespace: null, postBuild: { substitute: { NS: `flux-proof-${process.pid}` } } },
    files: {
      'ns.yaml': withVariables('apiVersion: v1\nkind: Namespace\nmetadata: {name: "«NS}"}\n'),
      'a.yaml': withVariables(configMap('a', 'k: v', '  namespace: "«NS}"\n')),
    },
  },
  {
    title: 'build metadata that is asked for',
    spec: { buildMetadata: ['originAnnotations'] },
    files: { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('a', 'k: v') },
  },
  {
    title: 'a kustomization with fields that kustomize does not know',
    files: { 'kustomization.yaml': 'resources: [a.yaml]\nnameprefixx: x\n', 'a.yaml': configMap('a', 'k: v') },
  },
  {
    title: 'an overlay of a base elsewhere in the source',
    spec: { namePrefix: 'o-' },
    files: { 'kustomization.yaml': 'resources: [../../base]\nlabels: [{pairs: {a: b}}]\n' },
    around: { 'base/kustomization.yaml': 'resources: [x.yaml]\n', 'base/x.yaml': configMap('x', 'k: v') },
  },
];
