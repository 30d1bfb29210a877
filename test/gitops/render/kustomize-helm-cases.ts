import type { WantedChart } from '../../../src/world/sources/sources.ts';

/** One `kustomize build --enable-helm`. */
export interface InflationCase {
  readonly title: string;
  /** Files of the repository beside the chart `web` in `charts/`. */
  readonly files: Readonly<Record<string, string>>;
  /** Folder that is built; '' without. */
  readonly root?: string;
  /** Where the chart lies instead; null for a chart that is fetched to where kustomize would have put it. */
  readonly charts?: string;
  /** What has to be fetched. */
  readonly wanted?: WantedChart;
}

/** The chart `web` of all cases. */
export const webChart: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\n',
  'values.yaml':
    '# defaults\nimage: {name: nginx, tag: "1"}\nreplicas: 1\nlabels: {tier: front, gone: soon}\nlist: [a, b]\nempty: null\n',
  'crds/thing.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things}, versions: []}\n',
  'templates/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels: {{ toJson .Values.labels }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
          envFrom: [{configMapRef: {name: settings}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: facts, namespace: {{ .Release.Namespace }}}
data:
  values: {{ toJson .Values | quote }}
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  widgets: {{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Values.service | default "web" }}}
spec: {ports: [{port: 80}]}
`,
  'templates/hooks.yaml': `apiVersion: v1
kind: Pod
metadata: {name: try, annotations: {helm.sh/hook: test}}
spec: {containers: []}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {containers: []}}}
`,
};

const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec: {ports: [{port: 81}]}\n';
const chart = (fields: string) => `helmCharts:\n  - name: web\n${fields.replace(/^/gm, '    ')}\n`;
const inline =
  'valuesInline:\n  replicas: 4\n  image: {tag: "2"}\n  labels: {gone: null, extra: "yes"}\n  list: [c]\n  new: {deep: 1.5}';

/** Builds that succeed. */
export const inflationCases: readonly InflationCase[] = [
  { title: 'a local chart with its own values', files: { 'kustomization.yaml': chart('') } },
  {
    title: 'release name and namespace',
    files: { 'kustomization.yaml': chart('releaseName: shop\nnamespace: front') },
  },
  {
    title: 'a name template',
    files: { 'kustomization.yaml': chart('nameTemplate: "{{ print `made` | upper | lower }}"') },
  },
  { title: 'inline values, which override', files: { 'kustomization.yaml': chart(`releaseName: r\n${inline}`) } },
  {
    title: 'inline values that are merged',
    files: { 'kustomization.yaml': chart(`releaseName: r\nvaluesMerge: merge\n${inline}`) },
  },
  {
    title: 'inline values in place of the file',
    files: {
      'kustomization.yaml': chart(`releaseName: r\nvaluesMerge: replace\n${inline}`),
    },
  },
  {
    title: 'a values file, inline values and further files',
    files: {
      'kustomization.yaml': chart(
        `releaseName: r\nvaluesFile: values/base.yaml\nadditionalValuesFiles: [values/one.yaml, values/two.yaml]\n${inline}`,
      ),
      'values/base.yaml': 'replicas: 2\nimage: {name: httpd}\nlabels: {base: "1"}\n',
      'values/one.yaml': 'labels: {one: "1"}\nreplicas: 5\n',
      'values/two.yaml': 'labels: {one: "2"}\n',
    },
  },
  { title: 'definitions', files: { 'kustomization.yaml': chart('includeCRDs: true') } },
  { title: 'no tests', files: { 'kustomization.yaml': chart('skipTests: true') } },
  { title: 'no hooks', files: { 'kustomization.yaml': chart('skipHooks: true\nincludeCRDs: true') } },
  {
    title: 'API versions and a Kubernetes version',
    files: { 'kustomization.yaml': chart('apiVersions: [example.com/v1]\nkubeVersion: v1.30.2') },
  },
  {
    title: 'another home for charts',
    charts: 'vendor/deep',
    files: { 'kustomization.yaml': `helmGlobals: {chartHome: vendor/deep}\n${chart('releaseName: r\ndebug: true')}` },
  },
  {
    title: 'a home outside of the kustomization, with values of its own',
    root: 'apps/one',
    files: {
      'apps/one/kustomization.yaml': `helmGlobals: {chartHome: ../../charts}\n${chart('valuesFile: own.yaml')}`,
      'apps/one/own.yaml': 'replicas: 3\n',
    },
  },
  {
    title: 'two releases of one chart among resources and generators',
    files: {
      'kustomization.yaml':
        'resources: [service.yaml]\nconfigMapGenerator:\n  - {name: settings, literals: [a=b]}\nhelmCharts:\n  - {name: web, releaseName: one, skipHooks: true, namespace: a}\n  - {name: web, releaseName: two, skipHooks: true, namespace: b, valuesInline: {service: second}}\n',
      'service.yaml': service,
    },
  },
  {
    title: 'transformers over what the chart gives',
    files: {
      'kustomization.yaml': `${chart('releaseName: r')}resources: [service.yaml]\nnamespace: shop\nnamePrefix: p-\nlabels: [{pairs: {team: a}, includeSelectors: true}]\nimages: [{name: nginx, newTag: "9"}]\nreplicas: [{name: r-web, count: 6}]\nconfigMapGenerator:\n  - {name: settings, literals: [a=b]}\npatches:\n  - patch: |\n      apiVersion: v1\n      kind: Service\n      metadata: {name: web}\n      spec: {type: NodePort}\n`,
      'service.yaml': service,
    },
  },
  {
    title: 'a base that inflates, with the namespace of its overlay',
    root: 'prod',
    charts: 'base/charts',
    files: {
      'base/kustomization.yaml': `${chart('releaseName: r')}patches:\n  - target: {kind: Deployment}\n    patch: |\n      - {op: replace, path: /spec/replicas, value: 8}\n`,
      'prod/kustomization.yaml': 'resources: [../base]\nnamespace: prod\nnameSuffix: -x\n',
    },
  },
  {
    title: 'a generator file',
    files: {
      'kustomization.yaml': 'generators: [chart.yaml]\n',
      'chart.yaml':
        'apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: any}\nname: web\nreleaseName: made\nvaluesInline: {replicas: 7}\n',
    },
  },
  {
    title: 'the old form of the field',
    files: {
      'kustomization.yaml':
        'helmChartInflationGenerator:\n  - {chartName: web, releaseName: old, values: mine.yaml, valuesLocal: {replicas: 3}}\n',
      'mine.yaml': 'replicas: 1\nimage: {name: a, tag: b}\n',
    },
  },
  {
    title: 'where everything came from',
    files: { 'kustomization.yaml': `buildMetadata: [originAnnotations, managedByLabel]\n${chart('releaseName: r')}` },
  },
  {
    title: 'a chart of a repository',
    charts: 'charts/web-1.2.3',
    wanted: { repository: 'https://charts.example/stable', name: 'web', version: '1.2.3', digest: null },
    files: {
      'kustomization.yaml': chart(
        'repo: https://charts.example/stable/\nversion: 1.2.3\nreleaseName: r\nvaluesInline: {replicas: 2}',
      ),
    },
  },
  {
    title: 'a chart of a registry, in any version',
    wanted: { repository: 'oci://registry.example/charts', name: 'web', version: '', digest: null },
    files: { 'kustomization.yaml': chart('repo: oci://registry.example/charts\nreleaseName: r') },
  },
];

/** Builds that kustomize or Helm refuses, and a part of what they say. */
export const refusedInflations: readonly (InflationCase & { readonly says: string })[] = [
  {
    title: 'a merge option that is not known',
    files: { 'kustomization.yaml': chart('valuesMerge: deep') },
    says: 'valuesMerge must be one of',
  },
  {
    title: 'a release name that would be a flag',
    files: { 'kustomization.yaml': chart('releaseName: -x') },
    says: "releaseName must not start with '-'",
  },
  {
    title: 'a chart that is nowhere',
    files: { 'kustomization.yaml': 'helmCharts: [{name: none, valuesFile: v.yaml}]\n', 'v.yaml': 'a: 1\n' },
    says: 'no repo specified for pull, no chart found at',
  },
  {
    title: 'values that are nowhere',
    files: { 'kustomization.yaml': chart('additionalValuesFiles: [none.yaml]') },
    says: 'could not load additionalValuesFile',
  },
  {
    title: 'values outside of the kustomization',
    root: 'apps',
    files: { 'apps/kustomization.yaml': `helmGlobals: {chartHome: ../charts}\n${chart('')}` },
    says: 'is not in or below',
  },
  {
    title: 'a release name and a template for it',
    files: { 'kustomization.yaml': chart('releaseName: a\nnameTemplate: b') },
    says: 'cannot set --name-template and also specify a name',
  },
  {
    title: 'a template that fails',
    files: {
      'kustomization.yaml': chart(
        'valuesInline: {image: {name: null}}\nvaluesMerge: replace\nreleaseName: Not_Allowed',
      ),
    },
    says: 'invalid release name',
  },
];
