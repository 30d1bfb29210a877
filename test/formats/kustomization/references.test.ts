import { describe, expect, test } from '@jest/globals';
import { configReferences, kustomizationReferences } from '../../../src/formats/kustomization/references.ts';
import { isRemoteReference } from '../../../src/formats/kustomization/remote-reference.ts';

const brief = (references: ReturnType<typeof kustomizationReferences>) =>
  references.map(({ kind, text, pointer }) => `${kind} ${text} ${pointer}`);

describe('a kustomization names', () => {
  test('files and folders in every field that can', () => {
    const kustomization = {
      resources: ['a.yaml'],
      bases: ['../base'],
      components: ['../component'],
      crds: ['crd.json'],
      configurations: ['config.yaml'],
      generators: ['generator.yaml'],
      transformers: ['transformer.yaml'],
      validators: ['validator.yaml'],
      patchesStrategicMerge: ['merge.yaml', 'kind: Inline\nmetadata: {}'],
      patchesJson6902: [{ target: {}, path: 'ops.yaml' }, { patch: '[]' }],
      patches: [{ patch: 'inline' }, { path: 'patch.yaml' }],
      replacements: [{ path: 'replacement.yaml' }, { source: {} }],
      configMapGenerator: [
        { files: ['plain.txt', 'key=renamed.txt'], envs: ['one.env'], env: 'two.env', literals: ['a=b'] },
      ],
      secretGenerator: [{ files: ['secret.txt'] }],
      openapi: { path: 'schema.json' },
      helmCharts: [{ name: 'redis', repo: 'https://charts.example' }],
    };

    expect(brief(kustomizationReferences(kustomization))).toEqual([
      'resource a.yaml /resources/0',
      'resource ../base /bases/0',
      'resource ../component /components/0',
      'file crd.json /crds/0',
      'file config.yaml /configurations/0',
      'config generator.yaml /generators/0',
      'config transformer.yaml /transformers/0',
      'config validator.yaml /validators/0',
      'file merge.yaml /patchesStrategicMerge/0',
      'file patch.yaml /patches/1/path',
      'file ops.yaml /patchesJson6902/0/path',
      'file replacement.yaml /replacements/0/path',
      'file plain.txt /configMapGenerator/0/files/0',
      'file renamed.txt /configMapGenerator/0/files/1',
      'file one.env /configMapGenerator/0/envs/0',
      'file two.env /configMapGenerator/0/env',
      'file secret.txt /secretGenerator/0/files/0',
      'file schema.json /openapi/path',
      'chart redis from https://charts.example /helmCharts/0',
    ]);
  });

  test('nothing where fields hold something else', () => {
    expect(
      kustomizationReferences({ resources: 'a.yaml', patches: [1, null], configMapGenerator: {}, openapi: [] }),
    ).toEqual([]);
    expect(kustomizationReferences(null)).toEqual([]);
  });
});

test('the configuration of a built-in transformer names its own files', () => {
  const value = {
    kind: 'Any',
    path: 'a',
    paths: ['b', '{inline: true}'],
    files: ['k=c'],
    env: 'd',
    replacements: [{ path: 'e' }],
  };

  expect(brief(configReferences(value))).toEqual([
    'file a /path',
    'file b /paths/0',
    'file e /replacements/0/path',
    'file c /files/0',
    'file d /env',
  ]);
  expect(brief(configReferences({ kind: 'HelmChartInflationGenerator', name: 'redis' }))).toEqual(['chart redis ']);
});

test.each([
  ['https://example.com/base.yaml', true],
  ['ssh://git@example.com/repo', true],
  ['git@github.com:org/repo.git', true],
  ['git::https://example.com/repo', true],
  ['github.com/org/repo//base?ref=v1', true],
  ['github.com/org/repo', true],
  ['gitlab.com/org/repo', true],
  ['git.example.org/team/repo.git//base', true],
  ['dev.azure.com/org/project/_git/repo', true],
  ['../base?ref=main', true],
  ['../base', false],
  ['deployment.yaml', false],
  ['v1.2/deployment.yaml', false],
  ['app.example.com/deployment.yaml', false],
  ['github/base', false],
])('%s is remote: %s', (reference, isRemote) => {
  expect(isRemoteReference(reference)).toBe(isRemote);
});
