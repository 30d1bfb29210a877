import { describe, expect, test } from '@jest/globals';
import {
  type FluxKustomization,
  isFluxKustomization,
  readFluxKustomization,
} from '../../../src/formats/flux/kustomization.ts';
import { resourceOf } from './support.ts';

const head =
  'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\n';
const source = '  sourceRef: {kind: GitRepository, name: fleet}\n';

function read(spec: string): ReturnType<typeof readFluxKustomization> {
  return readFluxKustomization(resourceOf(`${head}spec:\n${source}${spec}`));
}

function readWell(spec: string): FluxKustomization {
  const found = read(spec);
  if (!('kind' in found)) throw new Error(JSON.stringify(found));
  return found;
}

describe('a Kustomization of Flux', () => {
  test('is told from a kustomization of kustomize and from versions nobody serves', () => {
    expect(isFluxKustomization(resourceOf(`${head}spec: {}`))).toBe(true);
    expect(isFluxKustomization(resourceOf(head.replace('/v1', '/v1beta2')))).toBe(true);
    expect(isFluxKustomization(resourceOf(head.replace('/v1', '/v1alpha1')))).toBe(false);
    expect(
      isFluxKustomization(resourceOf(head.replace('kustomize.toolkit.fluxcd.io', 'kustomize.config.k8s.io'))),
    ).toBe(false);
  });

  test('has the defaults of its API', () => {
    expect(readWell('  prune: true\n')).toMatchObject({
      name: 'apps',
      namespace: 'flux-system',
      source: { kind: 'GitRepository', namespace: 'flux-system', name: 'fleet' },
      path: '',
      targetNamespace: null,
      postBuild: null,
      commonMetadata: null,
      decryption: null,
      prunes: true,
      isSuspended: false,
      deletionPolicy: 'MirrorPrune',
      kubeConfig: null,
    });
  });

  test('gives everything that changes what is applied', () => {
    const spec = `
  path: ./apps/prod/
  targetNamespace: shop
  namePrefix: a-
  nameSuffix: -z
  suspend: true
  wait: true
  force: true
  deletionPolicy: Orphan
  serviceAccountName: deployer
  kubeConfig: {secretRef: {name: remote}}
  decryption: {provider: sops, secretRef: {name: keys}}
  components: [../part]
  ignoreMissingComponents: true
  buildMetadata: [originAnnotations]
  images: [{name: web, newTag: "2"}]
  patches: [{patch: "kind: X", target: {kind: Deployment}}]
  commonMetadata: {labels: {team: a}, annotations: {b: c}}
  dependsOn: [{name: infra}, {name: crds, namespace: other}]
  ignore: [{paths: [/spec/replicas]}]
  postBuild:
    substitute: {a: "1"}
    substituteStrategy: Always
    substituteFrom: [{kind: ConfigMap, name: vars}, {kind: Secret, name: keys, optional: true}]
`;
    expect(readWell(spec)).toMatchObject({
      path: 'apps/prod',
      targetNamespace: 'shop',
      namePrefix: 'a-',
      nameSuffix: '-z',
      isSuspended: true,
      waits: true,
      forces: true,
      deletionPolicy: 'Orphan',
      serviceAccountName: 'deployer',
      kubeConfig: 'remote',
      decryption: 'keys',
      components: ['../part'],
      ignoresMissingComponents: true,
      buildMetadata: ['originAnnotations'],
      images: [{ name: 'web', newName: '', newTag: '2', digest: '' }],
      patches: [{ patch: 'kind: X', target: { kind: 'Deployment' } }],
      commonMetadata: { labels: { team: 'a' }, annotations: { b: 'c' } },
      dependsOn: [
        { namespace: 'flux-system', name: 'infra' },
        { namespace: 'other', name: 'crds' },
      ],
      ignore: [{ paths: ['/spec/replicas'] }],
      postBuild: {
        substitute: { a: '1' },
        isAlways: true,
        substituteFrom: [
          { kind: 'ConfigMap', name: 'vars', isOptional: false },
          { kind: 'Secret', name: 'keys', isOptional: true },
        ],
      },
    });
  });

  test.each([
    ['./', ''],
    ['/', ''],
    ['../../x', 'x'],
    ['a/../b//c', 'b/c'],
    ['/abs', 'abs'],
  ])('takes the path %s as %j, as the controller joins it', (path, expected) => {
    expect(readWell(`  path: ${path}\n`).path).toBe(expected);
  });

  test('that its API would refuse is told with file and line of each field', () => {
    const found = read(
      '  prune: "yes"\n  path: 3\n  deletionPolicy: Keep\n  patches:\n    - target: {}\n  postBuild:\n    substitute: {port: 80}\n',
    );

    const told = ('kind' in found ? [] : found).map(({ line, message }) => [line, message]);
    expect(told.sort()).toEqual([
      [10, 'Kustomization flux-system/apps: spec.patches[0].patch is required.'],
      [12, 'Kustomization flux-system/apps: spec.postBuild.substitute.port must be text (quote it).'],
      [6, 'Kustomization flux-system/apps: spec.prune must be true or false.'],
      [7, 'Kustomization flux-system/apps: spec.path must be text.'],
      [8, expect.stringContaining('spec.deletionPolicy is "Keep"; it may be MirrorPrune')],
    ]);
  });

  test('without a source is refused', () => {
    const found = readFluxKustomization(resourceOf(`${head}spec: {path: a}`));

    expect(found).toMatchObject([
      { message: expect.stringContaining('spec.sourceRef.kind is required') },
      { message: expect.stringContaining('spec.sourceRef.name is required') },
    ]);
  });
});
