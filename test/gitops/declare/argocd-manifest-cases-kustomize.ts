import type { JsonObject } from '../../../src/model/json.ts';
import { configMap, deployment, type ManifestCase, oneSource, refusedSource } from './argocd-manifest-case.ts';

const service = `apiVersion: v1
kind: Service
metadata: {name: app, labels: {own: x}}
spec: {selector: {app: app}, ports: [{port: 80}]}
`;
const pods = `      initContainers: [{name: first, image: 'example.com/init:1'}]
      volumes: [{name: c, configMap: {name: settings}}]
`;

/** An overlay over a base. */
export const overlay = {
  'web/kustomization.yaml': 'resources: [../base]\nlabels: [{pairs: {tier: front}}]\n',
  'base/kustomization.yaml': `resources: [app.yaml, service.yaml]
configMapGenerator:
- {name: settings, literals: [mode=fast]}
`,
  'base/app.yaml': deployment('app', pods),
  'base/service.yaml': service,
};

/** The overlay with options of `spec.source.kustomize`. */
export function built(title: string, kustomize: JsonObject): ManifestCase {
  return oneSource(title, overlay, { kustomize });
}

/** The overlay with another file in it. */
export function withFile(path: string, text: string): ManifestCase['files'] {
  return { ...overlay, [path]: text };
}

const common = { team: 'shop', app: 'renamed' };

/** Kustomizations with the options that Argo CD edits into them. */
export const kustomizeCases: readonly ManifestCase[] = [
  oneSource('an overlay', overlay),
  oneSource('a kustomization of another name', {
    'web/Kustomization': 'resources: [a.yaml]\n',
    'web/a.yaml': configMap('a'),
    'web/b.yaml': configMap('b'),
  }),
  oneSource('a kustomization in a chart, which is no chart then', {
    'web/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'web/kustomization.yml': 'resources: [a.yaml]\n',
    'web/a.yaml': configMap('a'),
  }),
  built('a prefix of names', { namePrefix: 'pre-' }),
  built('a suffix of names', { nameSuffix: '-post' }),
  oneSource(
    "options in place of the kustomization's own",
    withFile('web/kustomization.yaml', 'resources: [../base]\nnamePrefix: own-\nnameSuffix: -own\nnamespace: own\n'),
    { kustomize: { namePrefix: '-pre-', nameSuffix: '-post', namespace: 'other' } },
  ),
  built('a namespace', { namespace: 'other' }),
  built('an image with a tag', { images: ['example.com/app:2'] }),
  built('an image with a digest', { images: [`example.com/app@sha256:${'0'.repeat(64)}`] }),
  built('an image with a tag and a digest', { images: [`example.com/app:2@sha256:${'0'.repeat(64)}`] }),
  built('an image with another name', { images: ['example.com/app=other.example:5000/team/app'] }),
  built('images with another name and tag or digest', {
    images: ['example.com/app=other.example/app:3', `example.com/init=init@sha256:${'1'.repeat(64)}`],
  }),
  built('an image with another name, a tag and a digest', {
    images: [`example.com/app=other.example:5000/app:3@sha256:${'2'.repeat(64)}`],
  }),
  refusedSource('an image of which only the name is given', overlay, { kustomize: { images: ['example.com/app'] } }),
  built('an image that nothing uses', { images: ['example.com/none:2'] }),
  built('an image with a part of a name', { images: ['app:2'] }),
  built('an image named after the revision and the application', {
    images: ['example.com/app:$ARGOCD_APP_REVISION_SHORT-$ARGOCD_APP_NAMESPACE'],
  }),
  oneSource(
    'an image that the kustomization sets too',
    withFile(
      'web/kustomization.yaml',
      'resources: [../base]\nimages: [{name: example.com/app, newName: own, newTag: "1"}, {name: example.com/init, digest: sha256:ab}]\n',
    ),
    { kustomize: { images: ['example.com/app:2', 'example.com/init:7'] } },
  ),
  built('replicas', { replicas: [{ name: 'app', count: 3 }] }),
  built('replicas as text', { replicas: [{ name: 'app', count: '4' }] }),
  oneSource(
    'replicas that the kustomization sets too',
    withFile('web/kustomization.yaml', 'resources: [../base]\nreplicas: [{name: app, count: 5}]\n'),
    { kustomize: { replicas: [{ name: 'app', count: 0 }] } },
  ),
  refusedSource('replicas that are no number', overlay, { kustomize: { replicas: [{ name: 'app', count: 'many' }] } }),
  refusedSource('replicas of what is not there', overlay, { kustomize: { replicas: [{ name: 'none', count: 1 }] } }),
];

/** Labels, annotations, patches and components. */
export const kustomizeEditCases: readonly ManifestCase[] = [
  built('labels', { commonLabels: common }),
  built('labels without selectors', { commonLabels: common, labelWithoutSelector: true }),
  built('labels without selectors but in templates', {
    commonLabels: common,
    labelWithoutSelector: true,
    labelIncludeTemplates: true,
  }),
  refusedSource('labels in templates with selectors', overlay, {
    kustomize: { commonLabels: common, labelIncludeTemplates: true },
  }),
  built('a label with variables and one that is a number', {
    commonLabels: { ns: '$ARGOCD_APP_NAMESPACE', port: '80' },
  }),
  built('a label with a domain', { commonLabels: { 'example.com/team': 'a' } }),
  refusedSource(
    'a label that the kustomization sets too',
    withFile('web/kustomization.yaml', 'resources: [../base]\ncommonLabels: {team: own}\n'),
    { kustomize: { commonLabels: common } },
  ),
  oneSource(
    'a label that the kustomization sets too, by force',
    withFile('web/kustomization.yaml', 'resources: [../base]\ncommonLabels: {team: own}\n'),
    { kustomize: { commonLabels: common, forceCommonLabels: true } },
  ),
  built('annotations', { commonAnnotations: { note: 'a: b', where: '$ARGOCD_APP_NAMESPACE' } }),
  built('annotations with variables', {
    commonAnnotations: { where: '$ARGOCD_APP_NAMESPACE' },
    commonAnnotationsEnvsubst: true,
  }),
  refusedSource(
    'an annotation that the kustomization sets too',
    withFile('web/kustomization.yaml', 'resources: [../base]\ncommonAnnotations: {note: own}\n'),
    { kustomize: { commonAnnotations: { note: 'x' } } },
  ),
  oneSource(
    'an annotation that the kustomization sets too, by force',
    withFile('web/kustomization.yaml', 'resources: [../base]\ncommonAnnotations: {note: own}\n'),
    { kustomize: { commonAnnotations: { note: 'x' }, forceCommonAnnotations: true } },
  ),
  built('a patch of operations', {
    patches: [
      {
        target: { kind: 'Deployment', name: 'app' },
        patch:
          '- op: replace\n  path: /spec/replicas\n  value: 7\n- op: add\n  path: /metadata/annotations\n  value: {x: "1"}\n',
      },
    ],
  }),
  built('a patch that merges', {
    patches: [
      { patch: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {paused: true, replicas: null}\n' },
    ],
  }),
  built('a patch of a target by label that renames', {
    patches: [
      {
        target: { labelSelector: 'own=x', kind: 'Serv.*' },
        patch: 'kind: Service\nmetadata: {name: renamed}\n',
        options: { allowNameChange: true },
      },
    ],
  }),
  oneSource(
    "a patch of a file, after the kustomization's own",
    {
      ...withFile('web/kustomization.yaml', 'resources: [../base]\npatches:\n- {path: own.yaml}\n'),
      'web/own.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {replicas: 8, paused: true}\n',
      'web/more.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {replicas: 9}\n',
    },
    { kustomize: { patches: [{ path: 'more.yaml' }] } },
  ),
  refusedSource('a patch of what is not there', overlay, {
    kustomize: { patches: [{ patch: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: none}\n' }] },
  }),
  refusedSource('a patch that is none', overlay, {
    kustomize: { patches: [{ target: { kind: 'Deployment' }, patch: '- op: remove\n  path: /none\n' }] },
  }),
  oneSource(
    'components',
    withFile(
      'parts/one/kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: one-\n',
    ),
    {
      kustomize: { components: ['../parts/one'] },
    },
  ),
  oneSource(
    'components, of which some are missing',
    withFile(
      'parts/one/kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: one-\n',
    ),
    {
      kustomize: { components: ['../parts/none', '../parts/one'], ignoreMissingComponents: true },
    },
  ),
  refusedSource('a component that is missing', overlay, { kustomize: { components: ['../parts/none'] } }),
  refusedSource('a base that is missing', { 'web/kustomization.yaml': 'resources: [../base]\n' }),
  refusedSource(
    'options of Kustomize without a kustomization',
    { 'web/a.yaml': configMap('a') },
    { kustomize: { namePrefix: 'a-' } },
  ),
  refusedSource('a chart within a kustomization, which Argo CD does not allow by itself', {
    'web/kustomization.yaml': 'helmGlobals: {chartHome: charts}\nhelmCharts: [{name: c, releaseName: r}]\n',
    'web/charts/c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'web/charts/c/values.yaml': '',
    'web/charts/c/templates/a.yaml': configMap('a'),
  }),
  built('all at once', {
    namePrefix: 'pre-',
    nameSuffix: '-post',
    namespace: 'other',
    images: ['example.com/app:2'],
    replicas: [{ name: 'app', count: 3 }],
    commonLabels: common,
    commonAnnotations: { note: 'x' },
    patches: [{ target: { kind: 'Deployment' }, patch: '- {op: add, path: /spec/paused, value: true}\n' }],
  }),
];
