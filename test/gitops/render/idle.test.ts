import { afterAll, describe, expect, test } from '@jest/globals';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createHelmRenderer } from '../../../src/gitops/render/helm.ts';
import { createHelmRun } from '../../../src/gitops/render/helm-run.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const dependencies = testDependencies();
const run = createHelmRun(dependencies);
const decoder = createDecoder(30_000);
const helm = createHelmRenderer(dependencies, decoder, run);
const kustomize = createKustomizeRenderer(dependencies, run);

afterAll(async () => {
  for (const part of [helm, kustomize, decoder]) await part.close();
});

const deployment = (name: string, image: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: c, image: "${image}"}]}\n`;

describe('entries of a kustomization that change nothing', () => {
  const said = async (kustomization: string, more: Readonly<Record<string, string>> = {}) => {
    const files = { 'web.yaml': deployment('web', 'shop/web:1'), 'kustomization.yaml': kustomization, ...more };
    const { findings } = await kustomize.render(applicationAt('', 'kustomize'), memoryTree(files), testInputs, calm);
    return findings.map(({ rule, file, line, message }) => `${rule} ${file}:${line} ${message}`);
  };
  const patch = (target: string): string =>
    `- target: ${target}\n  patch: '[{"op": "add", "path": "/metadata/labels", "value": {"x": "y"}}]'\n`;

  test('a patch whose target is nowhere is told at its line', async () => {
    expect(await said(`resources: [web.yaml]\npatches:\n${patch('{kind: Deployment, name: wep}')}`)).toEqual([
      'unmatched-patch kustomization.yaml:3 The patch for kind Deployment, name wep matches no object and changes nothing.',
    ]);
    expect(await said(`resources: [web.yaml]\npatches:\n${patch('{kind: StatefulSet}')}`)).toHaveLength(1);
  });

  test('a pattern made to run for ever is decided at once', async () => {
    const more = { 'many.yaml': deployment('a'.repeat(60), 'shop/a:1') };
    const kustomization = `resources: [web.yaml, many.yaml]\npatches:\n${patch('{name: "(a+)+b"}')}`;

    expect(await said(kustomization, more)).toEqual([
      'unmatched-patch kustomization.yaml:3 The patch for name (a+)+b matches no object and changes nothing.',
    ]);
  });

  test.each([
    ['a name', '{kind: Deployment, name: web}'],
    ['an expression', '{kind: "Deploy.*", name: "w.b"}'],
    ['a label alone', '{labelSelector: "a=b"}'],
    ['a group', '{group: apps}'],
  ])('one that matches by %s is not', async (_what, target) => {
    expect(await said(`resources: [web.yaml]\npatches:\n${patch(target)}`)).toEqual([]);
  });

  test('a name that got a prefix, and one that a patch deletes, are not told', async () => {
    const prefixed = `namePrefix: eu-\nresources: [web.yaml]\npatches:\n${patch('{kind: Deployment, name: web}')}`;
    expect(await said(prefixed)).toEqual([]);
    const base = `resources: [web.yaml]\npatches:\n${patch('{kind: Deployment, name: web}')}`;
    const gone = `resources: [base]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    $patch: delete\n`;
    const files = { 'base/kustomization.yaml': base, 'base/web.yaml': deployment('web', 'shop/web:1') };
    expect(await said(gone, files)).toEqual([]);
  });

  test('an image that no container has is told, one that is used or renamed again is not', async () => {
    expect(await said('resources: [web.yaml]\nimages:\n- {name: shop/wep, newTag: "2"}\n')).toEqual([
      'unmatched-image kustomization.yaml:3 The image shop/wep is used by no container; the entry changes nothing.',
    ]);
    expect(await said('resources: [web.yaml]\nimages:\n- {name: shop/web, newTag: "2"}\n')).toEqual([]);
    const base = { 'base/web.yaml': deployment('web', 'shop/web:1') };
    const renaming = {
      ...base,
      'base/kustomization.yaml': 'resources: [web.yaml]\nimages: [{name: shop/web, newName: eu/web}]\n',
    };
    expect(
      await said('resources: [base]\nimages: [{name: eu/web, newName: us/web, digest: "sha256:00"}]\n', renaming),
    ).toEqual([]);
  });
});

describe('values that no template reads', () => {
  const said = async (template: string, values: string, more: Readonly<Record<string, string>> = {}) => {
    const files = {
      'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'values.yaml': '{}\n',
      'templates/web.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n${template}\n`,
      'prod.yaml': values,
      ...more,
    };
    const application = { ...applicationAt('', 'helm'), valuesFiles: ['prod.yaml'] };
    const { findings } = await helm.render(application, memoryTree(files), testInputs, calm);
    return findings
      .filter(({ rule }) => rule === 'unread-value')
      .map(({ file, line, message }) => `${file}:${line} ${message}`);
  };

  test('a misspelled key is told at its line, at any depth', async () => {
    const template = '  tag: {{ .Values.image.tag | quote }}\n  size: {{ .Values.size | quote }}';
    expect(await said(template, 'image:\n  tga: "2"\nsize: 1\nsise: 2\n')).toEqual([
      'prod.yaml:2 No template of the chart reads image.tga.',
      'prod.yaml:4 No template of the chart reads sise.',
    ]);
  });

  test.each([
    ['a part is taken as a whole', '  a: {{ toYaml .Values.image | quote }}', 'image: {anything: 1}\n'],
    ['all is taken as a whole', '  a: {{ .Values | toJson | quote }}', 'anything: 1\n'],
    ['a key is reached by a variable', '  a: {{ $k := "x" }}{{ index .Values $k | quote }}', 'x: 1\n'],
    ['a key is quoted', '  a: {{ index .Values "my-key" "in" | quote }}', 'my-key: {in: 1}\n'],
    ['it is global', '  a: b', 'global: {x: 1}\n'],
    ['it takes a default out', '  a: b', 'x: null\n'],
    ['it is read by another root', '  a: {{ with .Chart }}{{ $.Values.x | quote }}{{ end }}', 'x: 1\n'],
  ])('nothing is told where %s', async (_what, template, values) => {
    expect(await said(template, values)).toEqual([]);
  });

  test('nor of what a dependency is called', async () => {
    const chart =
      'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, alias: store}\n';
    const vendored = {
      'Chart.yaml': chart,
      'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
      'charts/db/templates/a.yaml': '# {{ .Values.size }}\n',
    };
    expect(await said('  a: b', 'store: {anything: 1}\nother: 1\n', vendored)).toEqual([
      'prod.yaml:2 No template of the chart reads other.',
    ]);
  });
});
