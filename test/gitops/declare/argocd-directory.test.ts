import { afterAll, expect, test } from '@jest/globals';
import { configMap, type ManifestCase, oneSource } from './argocd-manifest-case.ts';
import { ownArgo } from './argocd-manifest-support.ts';

const own = ownArgo();
afterAll(() => own.close());

const at = { repoURL: 'https://git.example/acme/fleet.git', targetRevision: 'cafe0000' };

/** Names of the objects, and what is told of the files; else why there are none. */
async function rendered(files: ManifestCase['files']): Promise<readonly string[]> {
  const manifests = await own.manifestsOf(oneSource('', files), 'web', at);
  if (manifests.kind !== 'objects') return [`${manifests.kind} ${manifests.message}`];
  const names = manifests.objects.map(({ metadata }) => (metadata as { readonly name: string }).name); // every one has one
  return [...names, ...manifests.findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`)];
}

const template = '{{ if .Values.on }}\nname: a\n{{ end }}\n';

test('files that cannot be read and look like no manifest are left out and told', async () => {
  const files = { 'web/a.yaml': configMap('a'), 'web/b.yaml': template, 'web/c.yaml': template };

  expect(await rendered(files)).toEqual(['a', 'not-a-resource web/b.yaml:2', 'not-a-resource web/c.yaml:2']);
});

test.each([
  ['YAML', `{{ if .Values.on }}\n${configMap('b')}{{ end }}\n`],
  ['JSON', '{"apiVersion": "v1", "kind": "ConfigMap"\n'],
])('one that cannot be read and looks like a manifest in %s is a fault', async (_title, text) => {
  const [fault] = await rendered({ 'web/a.yaml': configMap('a'), 'web/b.yaml': text });

  expect(fault).toMatch(/^refused decode-failed web\/b.yaml:\d/);
});

test('a great many that cannot be read are a fault', async () => {
  const files = Object.fromEntries(Array.from({ length: 22 }, (_, index) => [`web/${index}.yaml`, template]));

  expect(await rendered(files)).toEqual([expect.stringContaining('more than 20 files of web cannot be read')]);
});

test('a document of no kind is a fault where others of its file have one', async () => {
  const [fault] = await rendered({ 'web/a.yaml': `${configMap('a')}---\nreplicas: 2\n` });

  expect(fault).toMatch(/^refused render-failed web\/a.yaml:5: .*a document of web\/a.yaml has no kind/);
});

test('a file whose first document has no kind is told, and nothing of it is taken', async () => {
  const files = { 'web/a.yaml': 'replicas: 2\n---\nkind: A\napiVersion: v1\n', 'web/b.yaml': configMap('b') };

  expect(await rendered(files)).toEqual(['b', 'not-a-resource web/a.yaml:1']);
});

test.each([
  ['two values', '{"kind": "A", "apiVersion": "v1"}\n{"kind": "B", "apiVersion": "v1"}', 'is not one JSON object'],
  ['no kind', '{"apiVersion": "v1"}', 'has no kind'],
  ['no version', '{"kind": "A"}', 'has no apiVersion'],
  ['a list', '[]', 'has no kind'],
])('a JSON file of %s is a fault', async (_title, text, why) => {
  expect(await rendered({ 'web/a.json': text })).toEqual([expect.stringContaining(`web/a.json:1: Argo CD could`)]);
  expect(await rendered({ 'web/a.json': text })).toEqual([expect.stringContaining(`web/a.json ${why}`)]);
});

test('an annotation that is no text is a fault, with its name and place', async () => {
  const text = configMap('a').replace('{name: a}', '{name: a, annotations: {port: 80}}');

  expect(await rendered({ 'web/a.yaml': text })).toEqual([
    expect.stringMatching(/^refused render-failed web\/a.yaml:1: .*annotation port of ConfigMap shop\/a is no text/),
  ]);
});

test.each(['/etc/passwd', '../../out', 'deep/../../../out'])('a link to %s anywhere is told', async (link) => {
  const files = { 'web/a.yaml': configMap('a'), 'docs/notes': { link } };

  expect(await rendered(files)).toEqual(['a', 'argocd-differs docs/notes:1']);
});

test('links within the repository are nothing to tell', async () => {
  expect(await rendered({ 'web/a.yaml': configMap('a'), 'docs/notes': { link: '../web/../none' } })).toEqual(['a']);
});

test('a kustomization that inflates charts is noted with its line', async () => {
  const files = {
    'web/kustomization.yaml': 'resources: [a.yaml]\nhelmGlobals: {chartHome: charts}\nhelmCharts: [{name: c}]\n',
    'web/a.yaml': configMap('a'),
    'web/charts/c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'web/charts/c/values.yaml': '',
    'web/charts/c/templates/b.yaml': configMap('b'),
  };

  expect(await rendered(files)).toEqual(['a', 'b', 'argocd-differs web/kustomization.yaml:3']);
});
