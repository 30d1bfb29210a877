import type { JsonObject } from '../../../src/model/json.ts';
import { type ManifestCase, oneSource, refusedSource } from './argocd-manifest-case.ts';

const shown = `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-shown, namespace: {{ .Release.Namespace }}}
data:
  values: {{ toJson .Values | quote }}
  release: "{{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ .Release.Revision }} {{ .Release.Service }}"
`;

const chart = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: "7"\n',
  'web/values.yaml': 'own: chart\nlist: [a, b]\ndeep: {one: 1, two: x}\n',
  'web/templates/shown.yaml': shown,
};

/** Values files, within the chart and outside of it. */
const files = {
  ...chart,
  'web/one.yaml': 'own: one\nonly: one\n',
  'web/two.yaml': 'own: two\nlist: []\ndeep: {two: null}\n',
  'web/values-shop.yaml': 'own: shop\n',
  'web/env/a.yaml': 'a: a\nlast: a\n',
  'web/env/b.yaml': 'b: b\nlast: b\n',
  'web/env/more/c.yaml': 'c: c\nlast: c\n',
  'shared/all.yaml': 'own: shared\nshared: true\n',
  'web/note.txt': 'first, line\nsecond = {line}\n',
};

/** The chart with options of `spec.source.helm`. */
function chartWith(title: string, helm: JsonObject): ManifestCase {
  return oneSource(title, files, { helm });
}

function refused(title: string, helm: JsonObject): ManifestCase {
  return refusedSource(title, files, { helm });
}

/** Values of a chart from all that Argo CD takes them from. */
export const helmValuesCases: readonly ManifestCase[] = [
  oneSource('a chart', chart),
  chartWith('a values file', { valueFiles: ['one.yaml'] }),
  chartWith('values files in order', { valueFiles: ['one.yaml', 'two.yaml'] }),
  chartWith('values files in the other order', { valueFiles: ['two.yaml', 'one.yaml'] }),
  chartWith('a values file that is named twice', { valueFiles: ['one.yaml', 'two.yaml', 'one.yaml'] }),
  chartWith('values files of a pattern', { valueFiles: ['env/*.yaml'] }),
  chartWith('values files of a pattern that crosses folders', { valueFiles: ['env/**/*.yaml'] }),
  chartWith('values files of a pattern and one of them by name', { valueFiles: ['env/*.yaml', 'env/a.yaml'] }),
  oneSource(
    'values files of a pattern that crosses folders, in their order',
    { ...files, 'web/env/aa/z.yaml': 'b: z\n' },
    { helm: { valueFiles: ['env/**/*.yaml'] } },
  ),
  oneSource(
    'values files of a pattern of folders, in their order',
    { ...chart, 'web/env/a/v.yaml': 'last: a\n', 'web/env/a-b/v.yaml': 'last: a-b\n' },
    { helm: { valueFiles: ['env/*/v.yaml'] } },
  ),
  oneSource(
    'values files of a pattern, a hidden one too',
    { ...chart, 'web/env/.a.yaml': 'hidden: true\n', 'web/env/b.yaml': 'last: b\n' },
    { helm: { valueFiles: ['env/*.yaml'] } },
  ),
  oneSource(
    'values files of a pattern with alternatives, in their order',
    { ...chart, 'web/env/a1.yaml': 'last: a1\n', 'web/env/b1.yaml': 'last: b1\n', 'web/env/b2.yaml': 'last: b2\n' },
    { helm: { valueFiles: ['env/{b,a}*.yaml'] } },
  ),
  oneSource(
    'values files of a pattern with alternatives that cross folders, in their order',
    {
      ...chart,
      'web/env/a/v1.yaml': 'last: a\n',
      'web/env/b/v1.yaml': 'last: b\nb: true\n',
      'web/env/v1.yaml': 'last: env\n',
    },
    { helm: { valueFiles: ['{env/b,env/a,env}/v*.yaml'] } },
  ),
  oneSource(
    'values files of a pattern with folders as alternatives, in their order',
    { ...chart, 'web/env/a/v1.yaml': 'last: a\n', 'web/env/b/v1.yaml': 'last: b\n' },
    { helm: { valueFiles: ['env/{b,a}/v*.yaml'] } },
  ),
  oneSource(
    'values files of a pattern that crosses folders and names one, in their order',
    { ...chart, 'web/env/z/v.yaml': 'last: z\n', 'web/env/a/z/v.yaml': 'last: a\n' },
    { helm: { valueFiles: ['env/**/z/*.yaml'] } },
  ),
  refused('values files of a pattern that ends with folders', { valueFiles: ['env/**'] }),
  refused('values files of a pattern that matches a folder', { valueFiles: ['env/*'] }),
  chartWith('values files of a pattern with alternatives', {
    valueFiles: ['env/{a,b}.yaml'],
    ignoreMissingValueFiles: true,
  }),
  chartWith('a pattern of values files from the root of the repository', { valueFiles: ['/web/env/[ab].yaml'] }),
  chartWith('a values file from the root of the repository', { valueFiles: ['/shared/all.yaml'] }),
  chartWith('a values file above the chart', { valueFiles: ['../shared/all.yaml'] }),
  chartWith('a values file named after the namespace', { valueFiles: ['values-$ARGOCD_APP_NAMESPACE.yaml'] }),
  chartWith('values files, of which some are missing', {
    valueFiles: ['none.yaml', 'one.yaml'],
    ignoreMissingValueFiles: true,
  }),
  chartWith('a pattern without files, where they may be missing', {
    valueFiles: ['none/*.yaml'],
    ignoreMissingValueFiles: true,
  }),
  refused('a values file that is missing', { valueFiles: ['none.yaml'] }),
  refused('a pattern without files', { valueFiles: ['none/*.yaml'] }),
  refused('a values file outside of the repository', { valueFiles: ['../../other.yaml'] }),
  refused('a values file that is a folder', { valueFiles: ['env'] }),
  refused('a values file that is a folder, where files may be missing', {
    valueFiles: ['env'],
    ignoreMissingValueFiles: true,
  }),
  refused('a values file at an address of a kind that is not allowed', { valueFiles: ['ftp://127.0.0.1/values.yaml'] }),
  refused('a values file that is no object', { valueFiles: ['note.txt'] }),
  chartWith('values as text', { values: 'own: text\nlist: [z]\ndeep: {one: null}\n' }),
  chartWith('values as an object', {
    valuesObject: { own: 'object', list: ['z'], deep: { one: null }, big: 12_345_678_901 },
  }),
  chartWith('values as an object and as text', { valuesObject: { own: 'object' }, values: 'own: text\nmore: text\n' }),
  chartWith('an empty object of values beside text', { valuesObject: {}, values: 'own: text\n' }),
  chartWith('values over values files', { valueFiles: ['one.yaml'], values: 'own: text\n' }),
  chartWith('numbers of values', {
    values: 'many: [1, 1.0, 1e3, 0644, 12345678, 12345678901234567890, 0.1, "1", yes, ~]\n',
  }),
  refused('values that are no object', { values: '- a\n' }),
  refused('values that are no YAML', { values: 'a: b: c\n' }),
];

/** Parameters, which Argo CD hands to Helm as `--set` and its like. */
export const helmParameterCases: readonly ManifestCase[] = [
  chartWith('parameters', {
    parameters: [
      { name: 'own', value: 'parameter' },
      { name: 'deep.one', value: '2' },
      { name: 'on', value: 'true' },
      { name: 'none', value: 'null' },
      { name: 'deep.two', value: 'null' },
      { name: 'empty', value: '' },
    ],
  }),
  chartWith('parameters that stay text', {
    parameters: [
      { name: 'number', value: '2', forceString: true },
      { name: 'on', value: 'true', forceString: true },
      { name: 'zero', value: '0123' },
    ],
  }),
  chartWith('parameters over values', {
    valueFiles: ['one.yaml'],
    values: 'own: text\n',
    parameters: [{ name: 'own', value: 'parameter' }],
  }),
  chartWith('parameters with commas', {
    parameters: [
      { name: 'a', value: 'x,y' },
      { name: 'b', value: String.raw`x\,y` },
      { name: 'c', value: 'x,y=z', forceString: true },
      { name: 'd', value: ',,' },
    ],
  }),
  chartWith('parameters that are lists', {
    parameters: [
      { name: 'list', value: '{x,y}' },
      { name: 'more', value: '{1,true}', forceString: true },
      { name: 'none', value: '{}' },
    ],
  }),
  chartWith('parameters whose names have dots', {
    parameters: [
      { name: String.raw`deep.example\.com/team`, value: 'a' },
      { name: 'list[1]', value: 'second' },
      { name: 'list[3]', value: 'fourth' },
    ],
  }),
  chartWith('a parameter that is given twice', {
    parameters: [
      { name: 'own', value: 'first' },
      { name: 'own', value: 'second' },
    ],
  }),
  chartWith('a parameter that is given as text and not', {
    parameters: [
      { name: 'own', value: '1', forceString: true },
      { name: 'own', value: '2' },
    ],
  }),
  chartWith('parameters with variables', {
    parameters: [
      { name: 'name', value: '$ARGOCD_APP_NAME-x' },
      { name: 'where', value: `\${ARGOCD_APP_NAMESPACE}` },
      { name: 'project', value: '$ARGOCD_APP_PROJECT_NAME', forceString: true },
      { name: 'commit', value: '$ARGOCD_APP_REVISION $ARGOCD_APP_REVISION_SHORT $ARGOCD_APP_REVISION_SHORT_8' },
      { name: 'place', value: '$ARGOCD_APP_SOURCE_PATH $ARGOCD_APP_SOURCE_REPO_URL' },
      { name: 'revision', value: '$ARGOCD_APP_SOURCE_TARGET_REVISION' },
      { name: 'other', value: '$$x $NOPE $' },
    ],
    values: 'literal: $ARGOCD_APP_NAME\n',
  }),
  chartWith('parameters with signs that mean something', {
    parameters: [
      { name: 'a', value: '[x]' },
      { name: 'b', value: 'a=b' },
      { name: 'c', value: '"quoted" \'too\'' },
      { name: 'd', value: 'line\nline' },
      { name: 'e', value: String.raw`back\slash` },
    ],
  }),
  chartWith('a file as a parameter', { fileParameters: [{ name: 'note', path: 'note.txt' }] }),
  chartWith('a file as a parameter, from the root of the repository', {
    fileParameters: [{ name: 'deep.note', path: '/web/note.txt' }],
  }),
  refused('a missing file as a parameter', { fileParameters: [{ name: 'note', path: 'none.txt' }] }),
  refused('a parameter whose name is none', { parameters: [{ name: 'list[x]', value: '1' }] }),
];

const capable = `apiVersion: v1
kind: ConfigMap
metadata: {name: capable}
data:
  version: "{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Major }} {{ .Capabilities.KubeVersion.Minor }}"
  deployments: "{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}"
  core: "{{ .Capabilities.APIVersions.Has "v1" }} {{ .Capabilities.APIVersions.Has "v1/Pod" }}"
  own: "{{ .Capabilities.APIVersions.Has "example.com/v1/Thing" }}"
  helm: "{{ .Capabilities.HelmVersion.Version }}"
`;

const job = (name: string, annotations: string) =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}, annotations: {${annotations}}}\nspec: {template: {spec: {containers: []}}}\n`;

const whole = {
  ...chart,
  'web/templates/capable.yaml': capable,
  'web/crds/thing.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {group: example.com}\n',
  'web/templates/hook.yaml': job('hook', '"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-weight": "-1"'),
  'web/templates/tests/test.yaml': job('test', '"helm.sh/hook": test'),
  'web/templates/NOTES.txt': 'Thanks for {{ .Release.Name }}\n',
  'web/templates/_named.tpl': '{{ define "named" }}x{{ end }}',
  'web/templates/empty.yaml': '{{ if .Values.never }}\nkind: X\n{{ end }}\n',
  'web/templates/list.yaml': `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: listed}}\n`,
  'web/templates/secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: {{ include "named" . }}}\n',
};

function wholeWith(title: string, helm: JsonObject): ManifestCase {
  return oneSource(title, whole, { helm });
}

/** What else is told to Helm, and charts with more than templates. */
export const helmOptionCases: readonly ManifestCase[] = [
  oneSource('a chart with a definition, hooks, tests and a list', whole),
  wholeWith('a release name', { releaseName: 'named' }),
  wholeWith("a namespace that is not the destination's", { namespace: 'inner' }),
  wholeWith('without the definitions of the chart', { skipCrds: true }),
  wholeWith('without the tests of the chart', { skipTests: true }),
  wholeWith('a version of Kubernetes', { kubeVersion: 'v1.27.3' }),
  wholeWith('a version of Kubernetes with more to it', { kubeVersion: '1.28.4-gke.100' }),
  wholeWith('types that the cluster has', { apiVersions: ['example.com/v1/Thing'] }),
  wholeWith('a version of Helm that means nothing any more', { version: 'v3' }),
  refusedSource('a version of Helm that there is not', whole, { helm: { version: 'v9' } }),
  refusedSource('a version of Kubernetes that is none', whole, { helm: { kubeVersion: 'newest' } }),
  refusedSource('a chart for another Kubernetes', {
    ...chart,
    'web/Chart.yaml': `${chart['web/Chart.yaml']}kubeVersion: "<1.20.0"\n`,
  }),
  refusedSource('a template that fails', { ...chart, 'web/templates/b.yaml': '{{ fail "not like this" }}\n' }),
  refusedSource('a template that gives no YAML', { ...chart, 'web/templates/b.yaml': 'a: b: {{ .Values.own }}\n' }),
  refusedSource('values that the schema refuses', {
    ...chart,
    'web/values.schema.json': '{"properties": {"own": {"type": "number"}}}',
  }),
  oneSource(
    'values that the schema would refuse',
    { ...chart, 'web/values.schema.json': '{"properties": {"own": {"type": "number"}}}' },
    { helm: { skipSchemaValidation: true } },
  ),
  refusedSource('a release name that is too long', whole, { helm: { releaseName: 'a'.repeat(54) } }),
  refusedSource('an annotation of a template that is a number', {
    ...chart,
    'web/templates/b.yaml': job('b', 'port: 80'),
  }),
  refusedSource('an annotation of a template that is nothing', {
    ...chart,
    'web/templates/b.yaml': job('b', 'port: null'),
  }),
  oneSource('an annotation of a definition that is a number', {
    ...chart,
    'web/crds/thing.yaml': whole['web/crds/thing.yaml'].replace(
      '{name: things.example.com}',
      '{name: things.example.com, annotations: {port: 80}}',
    ),
  }),
  {
    ...wholeWith('no namespace at all', {}),
    spec: (at) => ({ source: { ...at, path: 'web' }, destination: { server: 'https://kubernetes.default.svc' } }),
  },
];
