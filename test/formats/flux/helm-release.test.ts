import { describe, expect, test } from '@jest/globals';
import {
  type FluxHelmRelease,
  isFluxHelmRelease,
  readFluxHelmRelease,
} from '../../../src/formats/flux/helm-release.ts';
import { resourceOf } from './support.ts';

const head = 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\n';
const chart = '  chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}}\n';

function read(spec: string): ReturnType<typeof readFluxHelmRelease> {
  return readFluxHelmRelease(resourceOf(`${head}spec:\n${spec}`));
}

function readWell(spec: string): FluxHelmRelease {
  const found = read(spec);
  if (!('kind' in found)) throw new Error(JSON.stringify(found));
  return found;
}

describe('a HelmRelease', () => {
  test('is known in the versions that are served', () => {
    expect(isFluxHelmRelease(resourceOf(head))).toBe(true);
    expect(isFluxHelmRelease(resourceOf(head.replace('/v2', '/v2beta2')))).toBe(true);
    expect(isFluxHelmRelease(resourceOf(head.replace('/v2', '/v2beta1')))).toBe(false);
  });

  test('has the defaults of its API', () => {
    expect(readWell(chart)).toMatchObject({
      chart: {
        kind: 'template',
        chart: 'web',
        version: '*',
        source: { kind: 'HelmRepository', namespace: 'shop', name: 'charts' },
      },
      releaseName: 'web',
      targetNamespace: 'shop',
      values: {},
      crds: { install: 'Create', upgrade: 'Skip' },
      schemaValidation: { install: true, upgrade: true },
      driftDetection: 'disabled',
      isSuspended: false,
      kubeConfig: null,
    });
  });

  test('gives everything that changes what is released', () => {
    const spec = `${chart}
  targetNamespace: other
  suspend: true
  values: {a: 1}
  valuesFrom: [{kind: ConfigMap, name: v}, {kind: Secret, name: s, valuesKey: k, targetPath: a.b, optional: true}]
  postRenderers: [{kustomize: {patches: [{patch: x}], images: [{name: i, newTag: "2"}]}}]
  commonMetadata: {labels: {a: b}}
  install: {crds: Skip, disableSchemaValidation: true, createNamespace: true}
  upgrade: {crds: CreateReplace, disableOpenAPIValidation: true, disableHooks: true, preserveValues: true}
  driftDetection: {mode: enabled, ignore: [{paths: [/spec/replicas]}]}
  dependsOn: [{name: db}]
`;
    expect(readWell(spec)).toMatchObject({
      releaseName: 'other-web',
      targetNamespace: 'other',
      isSuspended: true,
      values: { a: 1 },
      valuesFrom: [
        { kind: 'ConfigMap', name: 'v', key: 'values.yaml', targetPath: null, isOptional: false },
        { kind: 'Secret', name: 's', key: 'k', targetPath: 'a.b', isOptional: true },
      ],
      postRenderers: [{ patches: [{ patch: 'x' }], images: [{ name: 'i', newTag: '2' }] }],
      commonMetadata: { labels: { a: 'b' } },
      crds: { install: 'Skip', upgrade: 'CreateReplace' },
      schemaValidation: { install: false, upgrade: true },
      openApiValidation: { install: true, upgrade: false },
      hooks: { install: true, upgrade: false },
      createsNamespace: true,
      preservesValues: true,
      driftDetection: 'enabled',
      ignore: [{ paths: ['/spec/replicas'] }],
      dependsOn: [{ namespace: 'shop', name: 'db' }],
    });
  });

  test('may name its chart by reference', () => {
    expect(readWell('  chartRef: {kind: OCIRepository, name: web, namespace: flux-system}\n').chart).toEqual({
      kind: 'reference',
      reference: { kind: 'OCIRepository', namespace: 'flux-system', name: 'web' },
    });
  });

  test('with both kinds of chart, or none, is refused', () => {
    const both = read(`${chart}  chartRef: {kind: HelmChart, name: x}\n`);

    expect(both).toMatchObject([
      { rule: 'flux-invalid', message: expect.stringContaining('either spec.chart or spec.chartRef') },
    ]);
    expect(read('  interval: 1h\n')).toMatchObject([{ line: 4 }, {}, {}, {}]);
  });

  test('with a long name has it shortened by the hash of the whole', () => {
    const found = readWell(
      `${chart}  targetNamespace: some-front-appended-namespace\n  releaseName: ${'a'.repeat(60)}\n`,
    );

    // printf 'a%.0s' {1..60} | sha256sum
    expect(found.releaseName).toBe(`${'a'.repeat(40)}-11ee391211c6`);
  });
});
