import { configMap, type ManifestCase, oneSource, refusedSource } from './argocd-manifest-case.ts';
import { built, overlay, withFile } from './argocd-manifest-cases-kustomize.ts';

const older = {
  ...overlay,
  'web/kustomization.yaml': `bases: [../base]
commonLabels: {old: a}
patchesStrategicMerge: [own.yaml]
patchesJson6902:
- target: {version: v1, kind: Service, name: app}
  patch: '[{"op": "add", "path": "/spec/type", "value": "NodePort"}]'
`,
  'web/own.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {paused: true}\n',
};

/** Kustomizations that the edits rewrite. */
export const kustomizeRewriteCases: readonly ManifestCase[] = [
  oneSource('fields of an older Kustomize', older),
  oneSource('fields of an older Kustomize, edited', older, {
    kustomize: { namePrefix: 'pre-', commonLabels: { new: 'b' } },
  }),
  oneSource('fields of an older Kustomize, patched', older, {
    kustomize: {
      patches: [{ target: { kind: 'Deployment' }, patch: '- {op: add, path: /spec/replicas, value: 6}\n' }],
    },
  }),
  oneSource('a label that a list of labels sets too', overlay, { kustomize: { commonLabels: { tier: 'back' } } }),
  refusedSource('a label that a list of labels sets too, without selectors', overlay, {
    kustomize: { commonLabels: { tier: 'back' }, labelWithoutSelector: true },
  }),
  oneSource('a label that a list of labels sets too, by force', overlay, {
    kustomize: { commonLabels: { tier: 'back' }, labelWithoutSelector: true, forceCommonLabels: true },
  }),
  oneSource(
    'a label that a list of labels sets too, in selectors only there',
    withFile(
      'web/kustomization.yaml',
      'resources: [../base]\nlabels: [{pairs: {tier: front}, includeSelectors: true}, {pairs: {other: x}}]\n',
    ),
    { kustomize: { commonLabels: { tier: 'back' }, labelWithoutSelector: true } },
  ),
  oneSource(
    'a label that a list of labels sets too, in templates only there',
    withFile('web/kustomization.yaml', 'resources: [../base]\nlabels: [{pairs: {tier: front}}]\n'),
    { kustomize: { commonLabels: { tier: 'back' }, labelWithoutSelector: true, labelIncludeTemplates: true } },
  ),
  oneSource(
    'labels in both of their fields, edited',
    withFile(
      'web/kustomization.yaml',
      'resources: [../base]\ncommonLabels: {tier: front}\nlabels: [{pairs: {tier: back}}]\n',
    ),
    { kustomize: { namePrefix: 'pre-' } },
  ),
  oneSource(
    'images that keep parts of what the kustomization sets',
    withFile(
      'web/kustomization.yaml',
      'resources: [../base]\nimages: [{name: example.com/app, newName: own, newTag: "1"}]\n',
    ),
    { kustomize: { images: ['example.com/app=*:2', 'example.com/init=other:*'] } },
  ),
  refusedSource(
    'a field that Kustomize does not know',
    withFile('web/kustomization.yaml', 'resources: [../base]\nnonsense: 1\n'),
  ),
  refusedSource('a kustomization that is empty', { 'web/kustomization.yaml': '' }),
  refusedSource('two kustomizations in a folder', withFile('web/kustomization.yml', 'resources: []\n')),
  refusedSource(
    'a patch in a kustomization that lists none',
    withFile('web/kustomization.yaml', 'resources: [../base]\npatches:\n'),
    {
      kustomize: {
        patches: [{ target: { kind: 'Deployment' }, patch: '- {op: add, path: /spec/replicas, value: 6}\n' }],
      },
    },
  ),
  oneSource(
    'a patch in a kustomization that lists none and is edited',
    withFile('web/kustomization.yaml', 'resources: [../base]\npatches:\n'),
    {
      kustomize: {
        namePrefix: 'a-',
        patches: [{ target: { kind: 'Deployment' }, patch: '- {op: add, path: /spec/replicas, value: 6}\n' }],
      },
    },
  ),
  oneSource(
    'a component that is named twice in the options',
    withFile(
      'parts/one/kustomization.yaml',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: one-\n',
    ),
    { kustomize: { components: ['../parts/one', '../parts/one'] } },
  ),
  oneSource(
    'a component that is named already',
    {
      ...withFile('web/kustomization.yaml', 'resources: [../base]\ncomponents: [../parts/one]\n'),
      'parts/one/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: one-\n',
    },
    { kustomize: { components: ['../parts/one'] } },
  ),
  refusedSource('a kustomization beside what ends like a chart and is named later', {
    ...withFile('web/zChart.yaml', 'name: a\n'),
  }),
  oneSource('a kustomization beside what ends like a chart and is named before', {
    ...withFile('web/MyChart.yaml', 'name: a\n'),
  }),
  oneSource(
    'an edited kustomization in a folder of another source type',
    { ...overlay, 'web/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n' },
    { kustomize: { nameSuffix: '-x' } },
  ),
  oneSource(
    'an image of which the kustomization adds to the tag',
    withFile(
      'web/kustomization.yaml',
      'resources: [../base]\nimages: [{name: example.com/app, newTag: "1", tagSuffix: -own}]\n',
    ),
    { kustomize: { images: ['example.com/app:2'] } },
  ),
  refusedSource(
    'labels in an entry that has none',
    withFile('web/kustomization.yaml', 'resources: [../base]\nlabels: [{fields: [{path: spec/x, create: true}]}]\n'),
    { kustomize: { commonLabels: { tier: 'back' }, labelWithoutSelector: true } },
  ),
  built('variables where they mean nothing', {
    nameSuffix: '-$ARGOCD_APP_NAME',
    patches: [
      {
        target: { kind: 'Deployment' },
        patch: '- {op: add, path: /metadata/annotations, value: {x: "$ARGOCD_APP_NAME"}}\n',
      },
    ],
  }),
  refusedSource('components with variables', withFile('parts/shop/kustomization.yaml', 'kind: Component\n'), {
    kustomize: { components: ['../parts/$ARGOCD_APP_NAMESPACE'] },
  }),
  refusedSource('another Kustomize that is not there', overlay, { kustomize: { version: 'v4.5.7' } }),
  oneSource(
    'a list of images that is empty',
    withFile('web/kustomization.yaml', 'resources: [../base]\nimages:\nreplicas:\nlabels:\ncommonLabels:\n'),
    {
      kustomize: {
        images: ['example.com/app:2'],
        replicas: [{ name: 'app', count: 2 }],
        commonLabels: { team: 'shop' },
      },
    },
  ),
  oneSource(
    'a kustomization in JSON',
    { 'web/kustomization.yaml': '{"resources": ["a.yaml"], "namePrefix": "own-"}', 'web/a.yaml': configMap('a') },
    { kustomize: { namePrefix: 'a-', commonAnnotations: { note: 'x' } } },
  ),
  oneSource(
    'a kustomization with comments and anchors',
    {
      'web/kustomization.yaml':
        '# first\nresources: [a.yaml] # these\ncommonAnnotations: &all {one: "1"}\n# then\nnamePrefix: &own own-\nnameSuffix: *own\n',
      'web/a.yaml': configMap('a'),
    },
    { kustomize: { commonAnnotations: { two: '2' } } },
  ),
];
