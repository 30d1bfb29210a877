import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../src/model/json.ts';

/** A HelmRelease, what it finds in the cluster's files, and the commands that do the same by hand. */
export interface ReleaseCase {
  readonly title: string;
  /** Lines of `spec` beside `chart`. */
  readonly spec: string;
  /** In place of the chart of this repository. */
  readonly chart?: string;
  /** Manifests that the same Kustomization applies. */
  readonly beside?: string;
  /** `metadata.name`; `api` when left out. */
  readonly name?: string;
  /** `helm template NAME charts/api --namespace NAMESPACE` with these values and flags. */
  readonly helm: {
    readonly release: string;
    readonly namespace: string;
    readonly values: JsonObject;
    readonly flags?: readonly string[];
  };
  /** A kustomization over its output. */
  readonly kustomize?: string;
}

function held(kind: string, name: string, data: string): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\n${kind === 'Secret' ? 'stringData' : 'data'}: ${data}\n`;
}

const one = held('ConfigMap', 'one', '{values.yaml: "color: blue\\nlist: [1, 2]\\nmap: {a: 1, b: 2}\\n"}');
const two = held('Secret', 'two', '{custom: "color: green\\nlist: [3]\\nmap: {b: 3}\\n"}');
const single = held('ConfigMap', 'single', '{tag: "1.10", flag: "true", many: "a,b", quoted: "\'7\'"}');
/** helm-controller keeps 40 characters of a name that is too long, and adds so much of its digest. */
function shortened(name: string): string {
  return `${name.slice(0, 40)}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

const shop = { release: 'api', namespace: 'shop' };

export const releaseCases: readonly ReleaseCase[] = [
  { title: 'without values', spec: '', helm: { ...shop, values: {} } },
  {
    title: 'values of its own',
    spec: 'values: {color: black, map: {c: {d: [1]}}}',
    helm: { ...shop, values: { color: 'black', map: { c: { d: [1] } } } },
  },
  {
    title: 'a null that takes a default of the chart away',
    spec: 'values: {map: {kept: null}}',
    helm: { ...shop, values: { map: { kept: null } } },
  },
  {
    title: 'values of a ConfigMap below its own',
    spec: 'valuesFrom: [{kind: ConfigMap, name: one}]\nvalues: {map: {b: 9}}',
    beside: one,
    helm: { ...shop, values: { color: 'blue', list: [1, 2], map: { a: 1, b: 9 } } },
  },
  {
    title: 'values of several, each over those before',
    spec: 'valuesFrom: [{kind: ConfigMap, name: one}, {kind: Secret, name: two, valuesKey: custom}]',
    beside: `${one}---\n${two}`,
    helm: { ...shop, values: { color: 'green', list: [3], map: { a: 1, b: 3 } } },
  },
  {
    title: 'single values for a path',
    spec: `valuesFrom:
  - {kind: ConfigMap, name: single, valuesKey: tag, targetPath: image.tag}
  - {kind: ConfigMap, name: single, valuesKey: flag, targetPath: on}
  - {kind: ConfigMap, name: single, valuesKey: quoted, targetPath: seven}
values: {image: {name: nginx}}`,
    beside: single,
    helm: {
      ...shop,
      values: { image: { name: 'nginx' } },
      flags: ['--set', 'image.tag=1.10,on=true', '--set-string', 'seven=7'],
    },
  },
  {
    title: 'an optional one that has not the key',
    spec: 'valuesFrom: [{kind: ConfigMap, name: one, valuesKey: none, optional: true}]\nvalues: {color: black}',
    beside: one,
    helm: { ...shop, values: { color: 'black' } },
  },
  {
    title: 'a release of another name and namespace',
    spec: 'releaseName: other\ntargetNamespace: elsewhere',
    helm: { release: 'other', namespace: 'elsewhere', values: {} },
  },
  {
    title: 'a target namespace, which begins the name',
    spec: 'targetNamespace: elsewhere',
    helm: { release: 'elsewhere-api', namespace: 'elsewhere', values: {} },
  },
  {
    title: 'definitions left out',
    spec: 'install: {crds: Skip}\nupgrade: {crds: Skip}',
    helm: { ...shop, values: {}, flags: ['--skip-crds'] },
  },
  {
    title: 'images and patches after the chart',
    spec: `postRenderers:
  - kustomize:
      images: [{name: nginx, newName: registry.example.com/nginx, newTag: 1.28.0}]
      patches:
        - target: {kind: ConfigMap, name: api-values}
          patch: |
            - {op: add, path: /data/patched, value: "1"}`,
    helm: { ...shop, values: {} },
    kustomize: `images: [{name: nginx, newName: registry.example.com/nginx, newTag: 1.28.0}]
patches:
  - target: {kind: ConfigMap, name: api-values}
    patch: |
      - {op: add, path: /data/patched, value: "1"}
`,
  },
  {
    title: 'a strategic patch after the chart',
    spec: `postRenderers:
  - kustomize:
      patches:
        - patch: |
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: api}
            spec: {replicas: 7, template: {spec: {containers: [{name: api, env: [{name: A, value: b}]}]}}}`,
    helm: { ...shop, values: {} },
    kustomize: `patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: api}
      spec: {replicas: 7, template: {spec: {containers: [{name: api, env: [{name: A, value: b}]}]}}}
`,
  },
  {
    title: 'values files of the chart',
    spec: '',
    chart:
      'chart: {spec: {chart: ./charts/api, valuesFiles: [charts/api/values.yaml, charts/api/values-prod.yaml], sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}}',
    helm: { ...shop, values: { color: 'prod' } },
  },
  {
    title: 'a name that is long enough for a digest',
    name: 'a-name-that-has-more-characters-than-helm-takes-for-one',
    spec: 'targetNamespace: elsewhere',
    helm: {
      release: shortened('elsewhere-a-name-that-has-more-characters-than-helm-takes-for-one'),
      namespace: 'elsewhere',
      values: {},
    },
  },
];
