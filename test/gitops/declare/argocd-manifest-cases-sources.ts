import { configMap, deployment, type ManifestCase, oneSource, refusedSource } from './argocd-manifest-case.ts';

const shown = configMap('{{ .Release.Name }}', 'data: {values: {{ toJson .Values | quote }}}\n');
const chart = {
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\n',
  'web/values.yaml': 'own: chart\n',
  'web/templates/shown.yaml': shown,
  'envs/prod/values.yaml': 'own: prod\nprod: true\n',
  'envs/prod/shop.yaml': 'shop: true\n',
  'envs/prod/note.txt': 'noted',
};

/** A chart at `web` whose values lie in the source `envs`. */
function withReference(title: string, helm: object, expects: ManifestCase['expects'] = 'objects'): ManifestCase {
  return {
    title,
    files: chart,
    spec: (at) => ({
      sources: [
        { ...at, path: 'web', helm: { ...helm } },
        { ...at, ref: 'envs' },
      ],
    }),
    expects,
  };
}

/** Applications of several sources. */
export const sourcesCases: readonly ManifestCase[] = [
  {
    title: 'two sources',
    files: {
      'web/a.yaml': configMap('a'),
      'more/kustomization.yaml': 'resources: [b.yaml]\n',
      'more/b.yaml': configMap('b'),
    },
    spec: (at) => ({
      sources: [
        { ...at, path: 'web' },
        { ...at, path: 'more', kustomize: { namePrefix: 'x-' } },
      ],
    }),
    expects: 'objects',
  },
  withReference('values of another source', { valueFiles: ['$envs/envs/prod/values.yaml'] }),
  withReference('values of a pattern in another source', { valueFiles: ['$envs/envs/prod/*.yaml'] }),
  withReference('values of another source and own ones', {
    valueFiles: ['$envs/envs/prod/values.yaml', 'values.yaml', '/envs/prod/$ARGOCD_APP_NAMESPACE.yaml'],
  }),
  withReference('values of another source, named after the namespace', {
    valueFiles: ['$envs/envs/prod/$ARGOCD_APP_NAMESPACE.yaml'],
  }),
  withReference('values that are missing in another source, as they may', {
    valueFiles: ['$envs/envs/none.yaml', '$envs/envs/prod/values.yaml'],
    ignoreMissingValueFiles: true,
  }),
  withReference('values that are missing in another source', { valueFiles: ['$envs/envs/none.yaml'] }, 'refused'),
  withReference('values of a source that is not there', { valueFiles: ['$nope/envs/prod/values.yaml'] }, 'refused'),
  withReference('a file of another source as a parameter', {
    fileParameters: [{ name: 'note', path: '$envs/envs/prod/note.txt' }],
  }),
  {
    title: 'a source that is referred to and rendered',
    files: { ...chart, 'envs/extra.yaml': configMap('extra') },
    spec: (at) => ({
      sources: [
        { ...at, path: 'web', helm: { valueFiles: ['$envs/envs/prod/values.yaml'] } },
        { ...at, path: 'envs', ref: 'envs' },
      ],
    }),
    expects: 'objects',
  },
  {
    title: 'one source in a list',
    files: chart,
    spec: (at) => ({ sources: [{ ...at, path: 'web' }] }),
    expects: 'objects',
  },
  {
    title: 'a list of sources beside a source, which is not looked at',
    files: { 'web/a.yaml': configMap('a'), 'more/b.yaml': configMap('b') },
    spec: (at) => ({ source: { ...at, path: 'web' }, sources: [{ ...at, path: 'more' }] }),
    expects: 'objects',
  },
  {
    title: 'one object in two sources',
    files: { 'web/a.yaml': configMap('a', 'data: {v: "1"}\n'), 'more/b.yaml': configMap('a', 'data: {v: "2"}\n') },
    spec: (at) => ({
      sources: [
        { ...at, path: 'web' },
        { ...at, path: 'more' },
      ],
    }),
    expects: 'objects',
  },
  {
    title: 'two sources of which one is refused',
    files: { 'web/a.yaml': configMap('a') },
    spec: (at) => ({
      sources: [
        { ...at, path: 'web' },
        { ...at, path: 'none' },
      ],
    }),
    expects: 'refused',
  },
  {
    title: 'a source without a folder',
    files: { 'web/a.yaml': configMap('a') },
    spec: (at) => ({ source: { ...at } }),
    expects: 'refused',
  },
  {
    title: 'options of the synchronisation, which render nothing',
    files: { 'web/a.yaml': configMap('a') },
    spec: (at) => ({
      source: { ...at, path: 'web' },
      syncPolicy: { syncOptions: ['CreateNamespace=true', 'ServerSideApply=true', 'Prune=false'] },
    }),
    expects: 'objects',
  },
];

const kustomization = { 'web/kustomization.yaml': 'resources: [app.yaml]\n', 'web/app.yaml': deployment('app') };

/** Options that stand in files beside the manifests. */
export const overrideCases: readonly ManifestCase[] = [
  oneSource('options of a file', {
    ...kustomization,
    'web/.argocd-source.yaml': 'kustomize: {images: ["example.com/app:2"]}\n',
  }),
  {
    ...oneSource('options of a file for this application over those for all', {
      ...kustomization,
      'web/.argocd-source.yaml': 'kustomize: {images: ["example.com/app:2"], namePrefix: all-}\n',
      'web/.argocd-source-this-one.yaml': 'kustomize: {images: ["example.com/app:3"]}\n',
      'web/.argocd-source-other.yaml': 'kustomize: {nameSuffix: -other}\n',
    }),
    name: 'this-one',
  },
  oneSource(
    "options of a file over the Application's",
    { ...kustomization, 'web/.argocd-source.yaml': 'kustomize: {namePrefix: file-, nameSuffix: null}\n' },
    { kustomize: { namePrefix: 'spec-', nameSuffix: '-spec', images: ['example.com/app:4'] } },
  ),
  oneSource(
    'parameters of a file, which are all there are',
    { ...chart, 'web/.argocd-source.yaml': 'helm: {parameters: [{name: own, value: file, forceString: true}]}\n' },
    { helm: { parameters: [{ name: 'other', value: 'spec' }], releaseName: 'named' } },
  ),
  oneSource(
    'parameters of a file in the places of those before',
    { ...chart, 'web/.argocd-source.yaml': 'helm: {parameters: [{name: own, value: "2"}]}\n' },
    {
      helm: {
        parameters: [
          { name: 'own', value: '1', forceString: true },
          { name: 'other', value: 'spec' },
        ],
      },
    },
  ),
  oneSource(
    'parameters as Argo CD Image Updater writes them',
    {
      ...chart,
      'web/.argocd-source.yaml':
        'helm:\n  parameters:\n  - name: image.name\n    value: example.com/app\n    forcestring: true\n  - name: image.tag\n    value: "110"\n    forcestring: true\n',
    },
    { helm: { parameters: [{ name: 'replicas', value: '2' }] } },
  ),
  oneSource(
    'options that a file takes back',
    { ...kustomization, 'web/.argocd-source.yaml': 'kustomize: null\n' },
    { kustomize: { namePrefix: 'spec-' } },
  ),
  oneSource(
    'labels that a file takes back and adds',
    { ...kustomization, 'web/.argocd-source.yaml': 'kustomize: {commonLabels: {one: null, two: b, three: c}}\n' },
    { kustomize: { commonLabels: { one: 'a', two: 'a' } } },
  ),
  oneSource(
    'options of a file in another case',
    {
      ...kustomization,
      'web/.argocd-source.yaml':
        'Kustomize: {nameprefix: file-, COMMONLABELS: {Team: a}, images: ["example.com/app:5"]}\n',
    },
    { kustomize: { namePrefix: 'spec-', commonLabels: { team: 'b' } } },
  ),
  oneSource(
    'patches of a file in the places of those before',
    {
      ...kustomization,
      'web/.argocd-source.yaml':
        'kustomize: {patches: [{patch: "- {op: add, path: /spec/replicas, value: 5}"}, {target: {name: null, kind: Deployment}}]}\n',
    },
    {
      kustomize: {
        patches: [
          { target: { kind: 'Deployment' }, patch: '- {op: add, path: /spec/replicas, value: 3}\n' },
          { target: { name: 'app' }, patch: '- {op: add, path: /spec/paused, value: true}\n' },
          { target: { name: 'none' }, patch: '- {op: add, path: /spec/paused, value: true}\n' },
        ],
      },
    },
  ),
  oneSource(
    'values of a file that take back those of the Application',
    { ...chart, 'web/.argocd-source.yaml': 'helm: {valuesObject: {own: null, deep: {one: null, two: 2}}}\n' },
    { helm: { valuesObject: { own: 'spec', deep: { one: 1, three: 3 } } } },
  ),
  oneSource(
    'all values of the Application, which a file does not take back',
    { ...chart, 'web/.argocd-source.yaml': 'helm: {valuesObject: null, releaseName: null, parameters: null}\n' },
    { helm: { valuesObject: { own: 'spec' }, releaseName: 'named', parameters: [{ name: 'a', value: 'b' }] } },
  ),
  refusedSource('a file of comments only', { ...kustomization, 'web/.argocd-source.yaml': '# nothing\n' }),
  oneSource('options of the first document of a file', {
    ...kustomization,
    'web/.argocd-source.yaml': 'kustomize: {namePrefix: a-}\n---\nkustomize: {nameSuffix: -b}\n',
  }),
  refusedSource('a file of no options', { ...kustomization, 'web/.argocd-source.yaml': '' }),
  oneSource('options that there are not, in a file', {
    ...kustomization,
    'web/.argocd-source.yaml': 'nonsense: {a: 1}\n',
  }),
  refusedSource('options of a wrong type in a file', {
    ...kustomization,
    'web/.argocd-source.yaml': 'kustomize: {namePrefix: 1}\n',
  }),
  oneSource(
    'values of a file beside those of the Application',
    { ...chart, 'web/.argocd-source.yaml': 'helm: {valuesObject: {deep: {two: 2}}}\n' },
    { helm: { valuesObject: { own: 'spec', deep: { one: 1 } } } },
  ),
  oneSource('a folder of a file, which is not followed', {
    'web/a.yaml': configMap('a'),
    'more/b.yaml': configMap('b'),
    'web/.argocd-source.yaml': 'path: more\ntargetRevision: none\n',
  }),
  oneSource('options of a file that choose files', {
    'web/a.yaml': configMap('a'),
    'web/sub/b.yaml': configMap('b'),
    'web/.argocd-source.yaml': 'directory: {recurse: true}\n',
  }),
  refusedSource(
    'options of a file of another type',
    { ...kustomization, 'web/.argocd-source.yaml': 'helm: {releaseName: r}\n' },
    { kustomize: { namePrefix: 'a-' } },
  ),
  refusedSource('options of a file that is no YAML', { ...kustomization, 'web/.argocd-source.yaml': 'a: b: c\n' }),
  {
    title: 'options of files of several sources',
    files: {
      ...kustomization,
      'web/.argocd-source.yaml': 'kustomize: {namePrefix: web-}\n',
      'more/a.yaml': configMap('a'),
      'more/sub/b.yaml': configMap('b'),
      'more/.argocd-source.yaml': 'directory: {recurse: true}\n',
    },
    spec: (at) => ({
      sources: [
        { ...at, path: 'web' },
        { ...at, path: 'more' },
      ],
    }),
    expects: 'objects',
  },
];
