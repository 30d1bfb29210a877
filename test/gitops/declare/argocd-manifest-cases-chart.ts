import { configMap, type ManifestCase, oneSource, refusedSource } from './argocd-manifest-case.ts';

const chart = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: "7"\n',
  'web/values.yaml': 'own: chart\n',
  'web/templates/shown.yaml': configMap('{{ .Release.Name }}-shown', 'data: {values: {{ toJson .Values | quote }}}\n'),
};

const withParts = (dependencies: string) => ({
  ...chart,
  'web/Chart.yaml': `${chart['web/Chart.yaml']}dependencies:\n${dependencies}`,
});

const part = {
  'parts/part/Chart.yaml': 'apiVersion: v2\nname: part\nversion: 0.1.0\n',
  'parts/part/values.yaml': 'of: part\n',
  'parts/part/templates/a.yaml': configMap(
    '{{ .Release.Name }}-part',
    'data: {values: {{ toJson .Values | quote }}}\n',
  ),
};

/** What a chart is made of, and its dependencies. */
export const helmChartCases: readonly ManifestCase[] = [
  refusedSource('options of Helm without a chart', { 'web/a.yaml': configMap('a') }, { helm: { releaseName: 'r' } }),
  oneSource('a chart within the chart', {
    ...chart,
    'web/charts/part/Chart.yaml': part['parts/part/Chart.yaml'],
    'web/charts/part/values.yaml': part['parts/part/values.yaml'],
    'web/charts/part/templates/a.yaml': part['parts/part/templates/a.yaml'],
  }),
  oneSource(
    'a dependency of the repository',
    { ...withParts('- {name: part, version: 0.1.0, repository: "file://../parts/part"}\n'), ...part },
    { helm: { parameters: [{ name: 'part.of', value: 'parameter' }] } },
  ),
  oneSource('a dependency under another name that is switched off and one that is not', {
    ...withParts(
      '- {name: part, alias: first, version: 0.1.0, repository: "file://../parts/part", condition: first.enabled}\n- {name: part, alias: second, version: ">=0.0.1", repository: "file://../parts/part"}\n',
    ),
    ...part,
    'web/values.yaml': 'first: {enabled: false}\nsecond: {of: web}\n',
  }),
  refusedSource('a dependency of a version that is not there', {
    ...withParts('- {name: part, version: 9.0.0, repository: "file://../parts/part"}\n'),
    ...part,
  }),
  refusedSource('a dependency that is nowhere', withParts('- {name: part, version: 0.1.0}\n')),
  oneSource('a chart of the old kind', {
    ...chart,
    'web/Chart.yaml': 'apiVersion: v1\nname: web\nversion: 1.2.3\n',
  }),
  oneSource('files that templates read', {
    ...chart,
    'web/templates/files.yaml': configMap(
      'files',
      'data: {file: {{ .Files.Get "note.txt" | quote }}, crd: {{ .Files.Get "none" | quote }}}\n',
    ),
    'web/note.txt': 'noted\n',
  }),
  refusedSource('a library, which is not installed', {
    ...chart,
    'web/Chart.yaml': `${chart['web/Chart.yaml']}type: library\n`,
  }),
  oneSource('files that are ignored', {
    ...chart,
    'web/.helmignore': 'templates/b.yaml\n',
    'web/templates/b.yaml': configMap('b'),
  }),
  oneSource('a look into the cluster, which finds nothing', {
    ...chart,
    'web/templates/b.yaml': configMap('b', 'data: {found: {{ lookup "v1" "Namespace" "" "default" | len | quote }}}\n'),
  }),
  oneSource('a template that is a link', {
    ...chart,
    'web/templates/b.yaml': { link: '../../shared/b.yaml' },
    'shared/b.yaml': configMap('b'),
  }),
  oneSource('values that are a link', {
    ...chart,
    'web/values.yaml': { link: '../shared.yaml' },
    'shared.yaml': 'a: b\n',
  }),
  oneSource('a release name and values with variables, which mean nothing', chart, {
    helm: { releaseName: 'x', values: 'a: $ARGOCD_APP_NAME\n', valuesObject: { b: '$ARGOCD_APP_NAME' } },
  }),
  oneSource('an object of a template that names a namespace', {
    ...chart,
    'web/templates/b.yaml': configMap('b').replace('{name: b}', '{name: b, namespace: elsewhere}'),
    'web/templates/c.yaml':
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}\nrules: []\n',
  }),
  refusedSource('a chart without a version', { ...chart, 'web/Chart.yaml': 'apiVersion: v2\nname: web\n' }),
  refusedSource('a chart whose lock is of other dependencies', {
    ...withParts('- {name: part, version: 0.1.0, repository: "file://../parts/part"}\n'),
    ...part,
    'web/Chart.lock': 'dependencies: []\ndigest: sha256:00\ngenerated: "2024-01-01T00:00:00Z"\n',
  }),
  oneSource('two templates of one object', {
    ...chart,
    'web/templates/b.yaml': configMap('b', 'data: {v: "1"}\n'),
    'web/templates/c.yaml': configMap('b', 'data: {v: "2"}\n'),
  }),
];
