import { describe, expect, test } from '@jest/globals';
import { dryPlaceOf, overrideSource, readArgoApplication } from '../../../src/formats/argocd/application.ts';
import { application, declared, defaultReading, messages, onlySource, readSourceOf, rest } from './support.ts';

describe('an Application', () => {
  test('tells where it goes, how it is synchronised and what is ignored', () => {
    const document = application(`${rest}syncPolicy: {syncOptions: [ServerSideApply=true, Prune=false]}
ignoreDifferences: [{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]
source: {repoURL: https://github.com/acme/fleet, path: ./web/, targetRevision: main}`);

    expect(declared(readArgoApplication(document, defaultReading))).toEqual({
      kind: 'argocd-application',
      name: 'web',
      namespace: 'argocd',
      project: 'shop',
      destination: { server: 'https://kubernetes.default.svc', cluster: null, namespace: 'shop' },
      sources: [
        {
          place: { kind: 'git', url: 'https://github.com/acme/fleet', revision: 'main', path: 'web' },
          ref: null,
          helm: null,
          kustomize: null,
          directory: null,
          plugin: null,
        },
      ],
      syncOptions: ['ServerSideApply=true', 'Prune=false'],
      ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }],
      object: document.object,
      declaredAt: { file: 'apps/web.yaml', line: 1 },
      via: [],
      hints: [],
    });
  });

  test.each([
    [
      'a chart of a repository',
      'repoURL: https://charts.example.com\nchart: web\ntargetRevision: 1.x',
      { kind: 'chart', repository: 'https://charts.example.com', name: 'web', version: '1.x' },
    ],
    [
      'a chart of a registry, which has no scheme',
      'repoURL: ghcr.io/acme\nchart: web\ntargetRevision: 1.2.3',
      { kind: 'chart', repository: 'oci://ghcr.io/acme', name: 'web', version: '1.2.3' },
    ],
    [
      'an OCI artifact',
      'repoURL: oci://ghcr.io/acme/web\npath: .\ntargetRevision: v1',
      { kind: 'oci', url: 'oci://ghcr.io/acme/web', revision: 'v1', path: '' },
    ],
    [
      'a folder',
      'repoURL: git@a.example:b.git\npath: x/../y',
      { kind: 'git', url: 'git@a.example:b.git', revision: '', path: 'y' },
    ],
  ])('is made of %s', (_title, lines, place) => {
    expect(onlySource(lines).place).toEqual(place);
  });

  test('with sources ignores the single source, and references take part without a folder', () => {
    const document = application(`${rest}source: {repoURL: https://a.example/x, path: x}
sources:
  - {repoURL: https://a.example/values, targetRevision: main, ref: values}
  - repoURL: https://charts.example.com
    chart: web
    targetRevision: 1.0.0
    helm:
      valueFiles: [$values/prod/$ARGOCD_APP_NAME.yaml, /shared.yaml]
      fileParameters: [{name: config, path: $values/config.txt}]`);

    const { sources } = declared(readArgoApplication(document, defaultReading));

    expect(sources.map(({ place, ref }) => [place.kind, ref])).toEqual([
      ['git', 'values'],
      ['chart', null],
    ]);
    expect(sources[1]?.helm).toMatchObject({
      valuesFiles: ['$values/prod/web.yaml', '/shared.yaml'],
      fileParameters: [{ name: 'config', path: '$values/config.txt' }],
    });
  });

  test('with a hydrator is what Argo CD applies, or what it starts from', () => {
    const document = application(`${rest}sourceHydrator:
  drySource: {repoURL: https://a.example/x, path: dry, targetRevision: HEAD, helm: {releaseName: x}}
  syncSource: {targetBranch: env/prod, path: wet}
  hydrateTo: {targetBranch: env/prod-next}`);

    const read = (hydrator: 'dry' | 'sync') => declared(readArgoApplication(document, { ...defaultReading, hydrator }));

    expect(read('sync').sources.map(({ place }) => place)).toEqual([
      { kind: 'git', url: 'https://a.example/x', revision: 'env/prod', path: 'wet' },
    ]);
    expect(read('dry').sources[0]).toMatchObject({ place: dryPlaceOf(document), helm: { releaseName: 'x' } });
  });
});

describe('what Argo CD refuses', () => {
  const source = 'source: {repoURL: https://a.example/x, path: x}\n';

  test.each([
    ['no source', rest, 4, 'spec.source.repoURL and either spec.source.path or spec.source.chart are required'],
    ['a source without a folder', `${rest}source: {repoURL: https://a.example/x}`, 7, 'spec.source.repoURL and either'],
    [
      'several sources, one with nothing',
      `${rest}sources:\n  - {repoURL: https://a.example/x}`,
      8,
      'either source.path, source.chart, or source.ref are required',
    ],
    [
      'a chart without a version',
      `${rest}source:\n  repoURL: https://c.example\n  chart: web`,
      9,
      'spec.source.targetRevision is required if the manifest source is a helm chart',
    ],
    [
      'a cluster named twice',
      `project: a\n${source}destination: {server: https://a.example, name: b}`,
      7,
      "application destination can't have both name and server defined: b https://a.example",
    ],
    ['no cluster', `project: a\n${source}destination: {namespace: b}`, 7, 'Destination server missing from app spec'],
    ['no project', `${source}destination: {name: b}`, 4, 'spec.project: Required value'],
    [
      'a folder above the root',
      `${rest}source:\n  repoURL: https://a.example/x\n  path: ../y`,
      9,
      '../y: app path outside root',
    ],
    ['an absolute folder', `${rest}source:\n  repoURL: https://a.example/x\n  path: /y`, 9, '/y: app path is absolute'],
    [
      'two kinds of options',
      `${rest}source:\n  repoURL: https://a.example/x\n  path: x\n  kustomize: {namePrefix: a}\n  helm: {releaseName: b}`,
      11,
      'multiple application sources defined: Kustomize,Helm',
    ],
    [
      'a value of another type',
      `${rest}source:\n  repoURL: https://a.example/x\n  path: 5`,
      9,
      'spec.source.path in body must be of type string: "integer"',
    ],
    [
      'a Helm that is gone',
      `${rest}source:\n  repoURL: https://a.example/x\n  path: x\n  helm:\n    version: v2`,
      11,
      "helm version 'v2' is not supported",
    ],
    [
      'values that are no mapping',
      `${rest}source:\n  repoURL: https://a.example/x\n  path: x\n  helm:\n    values: "- a"`,
      11,
      'spec.source.helm.values is no YAML mapping',
    ],
    [
      'a count of replicas that is no number',
      `${rest}source:\n  repoURL: https://a.example/x\n  path: x\n  kustomize:\n    replicas: [{name: web, count: many}]`,
      11,
      'expected integer value for count. Received: many',
    ],
    [
      'a reference to no source',
      `${rest}sources:\n  - repoURL: https://a.example/x\n    path: x\n    helm: {valueFiles: [$values/a.yaml]}`,
      10,
      'source referenced "$values", but no source has a \'ref\' field defined',
    ],
    [
      'a reference to another source',
      `${rest}sources:\n  - {repoURL: https://a.example/x, path: x, helm: {valueFiles: [$b/a.yaml]}}\n  - {repoURL: https://a.example/y, ref: a}`,
      8,
      'source referenced "$b", which is not one of the available sources ($a)',
    ],
    [
      'two sources of one name',
      `${rest}sources:\n  - {repoURL: https://a.example/x, ref: a}\n  - {repoURL: https://a.example/y, ref: a}`,
      9,
      'invalid sources: multiple sources had the same `ref` key',
    ],
    [
      'a name of a source with a dot',
      `${rest}sources:\n  - {repoURL: https://a.example/x, ref: a.b}`,
      8,
      "sources.ref a.b cannot contain any special characters except '_' and '-'",
    ],
    [
      'a hydrator without a branch',
      `${rest}sourceHydrator:\n  drySource: {repoURL: https://a.example/x, path: x, targetRevision: HEAD}\n  syncSource: {path: wet}`,
      9,
      'spec.sourceHydrator.syncSource.targetBranch is required',
    ],
  ])('%s', (_title, spec, line, message) => {
    const reading = readArgoApplication(application(spec), defaultReading);

    expect(reading.application).toBeNull();
    expect(messages(reading)).toEqual([expect.stringContaining(message)]);
    expect(reading.findings).toMatchObject([
      { rule: 'argocd-invalid', severity: 'block', file: 'apps/web.yaml', line },
    ]);
  });

  test('a name is needed', () => {
    expect(messages(readArgoApplication(application(`${rest}${source}`, '{}'), defaultReading))).toEqual([
      'apps/web.yaml:3 metadata.name: Required value',
    ]);
  });

  test('jsonnet is not refused by Argo CD, but not evaluated here', () => {
    const reading = readSourceOf('repoURL: https://a.example/x\npath: x\ndirectory: {jsonnet: {libs: [vendor]}}');

    expect(reading).toMatchObject({
      application: null,
      findings: [
        { rule: 'argocd-incomplete', severity: 'caution', line: 10, message: expect.stringContaining('jsonnet') },
      ],
    });
  });
});

describe('options', () => {
  test('that say nothing leave the type to the files', () => {
    const { helm, kustomize, directory, plugin } = onlySource(
      'repoURL: https://a.example/x\npath: x\nhelm: {valueFiles: []}\nkustomize: {labelWithoutSelector: true}\ndirectory: {recurse: false}',
    );

    expect([helm, kustomize, directory, plugin]).toEqual([null, null, null, null]);
  });

  test('of a directory', () => {
    const { directory } = onlySource(
      "repoURL: https://a.example/x\npath: x\ndirectory: {recurse: true, include: '*.yaml', exclude: '{a,b}/*'}",
    );

    expect(directory).toEqual({ recurse: true, include: '*.yaml', exclude: '{a,b}/*' });
  });

  test('of a plugin', () => {
    expect(onlySource('repoURL: https://a.example/x\npath: x\nplugin: {}').plugin).toBe('');
    expect(onlySource('repoURL: https://a.example/x\npath: x\nplugin: {name: cdk}').plugin).toBe('cdk');
  });

  test('of Helm', () => {
    const { helm } = onlySource(`repoURL: https://a.example/x
path: charts/web
helm:
  releaseName: shop
  namespace: other
  valueFiles: [values.yaml, "envs/$ARGOCD_APP_NAME.yaml", "\${ARGOCD_APP_PROJECT_NAME}.yaml"]
  ignoreMissingValueFiles: true
  values: "ignored: true"
  valuesObject: {replicas: 2}
  parameters:
    - {name: a, value: "1"}
    - {name: tag, value: "$ARGOCD_APP_REVISION_SHORT,x", forceString: true}
    - {name: list, value: "{a,b}"}
    - {name: comma, value: 'x,y\\,z'}
    - {name: a, value: "2"}
  fileParameters: [{name: config, path: files/$ARGOCD_APP_NAMESPACE.txt}]
  skipCrds: true
  skipTests: true
  skipSchemaValidation: true
  kubeVersion: 1.30.0
  apiVersions: [monitoring.coreos.com/v1]
  version: v3`);

    expect(helm).toEqual({
      releaseName: 'shop',
      namespace: 'other',
      valuesFiles: ['values.yaml', 'envs/web.yaml', 'shop.yaml'],
      ignoreMissingValuesFiles: true,
      values: [{ replicas: 2 }],
      parameters: [
        { name: 'a', value: '2', isString: false },
        { name: 'list', value: '{a,b}', isString: false },
        { name: 'comma', value: String.raw`x\,y\,z`, isString: false },
        { name: 'tag', value: String.raw`0123456\,x`, isString: true },
      ],
      fileParameters: [{ name: 'config', path: 'files/shop.txt' }],
      skipCrds: true,
      skipTests: true,
      skipSchemaValidation: true,
      kubeVersion: '1.30.0',
      apiVersions: ['monitoring.coreos.com/v1'],
      engine: null,
    });
  });

  test('values written as text are read as YAML', () => {
    const { helm } = onlySource(
      'repoURL: https://a.example/x\npath: x\nhelm:\n  values: |\n    image:\n      tag: "1.0"',
    );

    expect(helm?.values).toEqual([{ image: { tag: '1.0' } }]);
  });

  test('of kustomize', () => {
    const { kustomize } = onlySource(`repoURL: https://a.example/x
path: overlays/prod
kustomize:
  namePrefix: a-
  nameSuffix: -b
  namespace: other
  images: [web=registry.example/web:$ARGOCD_APP_REVISION]
  replicas: [{name: web, count: 3}, {name: db, count: "1"}]
  commonLabels: {app: $ARGOCD_APP_NAME}
  labelWithoutSelector: true
  labelIncludeTemplates: true
  forceCommonLabels: true
  commonAnnotations: {app: $ARGOCD_APP_NAME}
  patches: [{target: {kind: Deployment}, patch: "- op: remove\\n  path: /spec/replicas", unknown: 1}]
  components: [../../components/debug]
  ignoreMissingComponents: true`);

    expect(kustomize).toEqual({
      namePrefix: 'a-',
      nameSuffix: '-b',
      namespace: 'other',
      images: ['web=registry.example/web:0123456789abcdef'],
      replicas: [
        { name: 'web', count: 3 },
        { name: 'db', count: 1 },
      ],
      commonLabels: { app: 'web' },
      labelWithoutSelector: true,
      labelIncludeTemplates: true,
      forceCommonLabels: true,
      commonAnnotations: { app: '$ARGOCD_APP_NAME' },
      forceCommonAnnotations: false,
      patches: [{ target: { kind: 'Deployment' }, patch: '- op: remove\n  path: /spec/replicas' }],
      components: ['../../components/debug'],
      ignoreMissingComponents: true,
    });
  });

  test('another kustomize than ours is told and no fault', () => {
    const reading = readSourceOf('repoURL: https://a.example/x\npath: x\nkustomize: {version: v4.5.7}');

    expect(declared(reading).sources[0]?.kustomize).not.toBeNull();
    expect(reading.findings).toMatchObject([{ rule: 'argocd-differs', severity: 'note' }]);
  });
});

describe('overrides of a source', () => {
  const document = application(`${rest}source:
  repoURL: https://a.example/x
  path: web
  kustomize: {images: [web:1], namePrefix: a-}`);
  const override = (...merges: readonly Record<string, never>[] | readonly object[]) =>
    overrideSource(declared(readArgoApplication(document, defaultReading)), document, {
      index: 0,
      // Written as literals of JSON.
      merges: merges as Parameters<typeof overrideSource>[2]['merges'],
      reading: defaultReading,
    });

  test('are merged in order, and take nothing back', () => {
    const changed = override({ kustomize: { images: ['web:2', 'db:1'] } }, { kustomize: { namePrefix: null } });

    expect(declared(changed).sources[0]?.kustomize).toMatchObject({ images: ['web:2', 'db:1'], namePrefix: 'a-' });
  });

  test('never move the source', () => {
    const changed = override({ path: 'other', repoURL: 'https://b.example', targetRevision: 'x', chart: 'y' });

    expect(declared(changed).sources[0]?.place).toEqual({
      kind: 'git',
      url: 'https://a.example/x',
      revision: '',
      path: 'web',
    });
  });

  test('can make it one that Argo CD refuses', () => {
    expect(messages(override({ helm: { releaseName: 'x' } }))).toEqual([
      'apps/web.yaml:7 multiple application sources defined: Kustomize,Helm',
    ]);
  });
});
