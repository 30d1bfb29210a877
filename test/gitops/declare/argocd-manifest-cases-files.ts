import type { JsonObject } from '../../../src/model/json.ts';
import { configMap, deployment, type ManifestCase, oneSource, refusedSource } from './argocd-manifest-case.ts';

const tree = {
  'web/a.yaml': configMap('a'),
  'web/b.yml': configMap('b'),
  'web/c.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"big": "1"}}',
  'web/notes.md': configMap('notes'),
  'web/.hidden.yaml': configMap('hidden-file'),
  'web/sub/d.yaml': configMap('d'),
  'web/sub/deep/e.yaml': configMap('e'),
  'web/.git-hidden/f.yaml': configMap('hidden-folder'),
  'other/g.yaml': configMap('g'),
};

/** Which files of a folder without Kustomize or Helm Argo CD takes. */
function choosing(title: string, directory: JsonObject): ManifestCase {
  return oneSource(title, tree, { directory });
}

/** Folders of plain manifests: which files count. */
export const fileCases: readonly ManifestCase[] = [
  oneSource('a folder of plain manifests', tree),
  choosing('a folder with those below it', { recurse: true }),
  oneSource('the root of the repository', tree, { path: '.', directory: { recurse: true } }),
  choosing('files that are included', { include: '*.yaml' }),
  choosing('files that one of several patterns includes', { include: '{a,b}.y*ml' }),
  choosing('an included folder, a star of which crosses slashes', { recurse: true, include: 'sub/*' }),
  choosing('an include without the folders it needs', { include: 'sub/*' }),
  choosing('an include of a name in any folder', { recurse: true, include: '*e.yaml' }),
  choosing('two stars, which are one', { recurse: true, include: 'sub/**/e.yaml' }),
  choosing('a set of characters and any one', { include: '[!b].y?ml' }),
  choosing('a pattern that is none', { include: '[a.yaml' }),
  choosing('files that are excluded', { exclude: 'b.yml' }),
  choosing('files that one of several patterns excludes', { recurse: true, exclude: '{*.json,sub/deep/*,.*}' }),
  choosing('an excluded file that is included too', { include: '{a.yaml,b.yml}', exclude: 'a*' }),
  choosing('braces within braces', { recurse: true, exclude: '{sub/{d,x}.yaml,{a,b}.{yaml,yml}}' }),
  choosing('an excluded pattern that is none', { exclude: '{a.yaml' }),
  choosing('an excluded pattern whose braces do not close', { recurse: true, exclude: '{a.yaml,sub/{d,deep/e}.yaml' }),
  choosing('an included pattern whose braces do not close', { include: '{a,b}.{yaml,yml' }),
  choosing('patterns that no braces hold', { include: 'a.yaml,b.yml' }),
  choosing('patterns with a space between them', { include: '{a.yaml, b.yml}' }),
  choosing('an include that starts with a dot and a slash', { include: './a.yaml' }),
  oneSource('a path with a dot and slashes', tree, { path: './web//sub/' }),
  oneSource('a path that goes up and down', tree, { path: 'web/../other' }),
  oneSource(
    'a kustomization and values below a folder',
    {
      'web/a.yaml': configMap('a'),
      'web/sub/kustomization.yaml': 'resources: [b.yaml]\n',
      'web/sub/values.yaml': 'replicas: 2\n',
      'web/sub/b.yaml': configMap('b'),
    },
    { directory: { recurse: true } },
  ),
  refusedSource(
    'a chart below a folder',
    {
      'web/a.yaml': configMap('a'),
      'web/c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
      'web/c/templates/b.yaml': configMap('{{ .Release.Name }}'),
    },
    { directory: { recurse: true } },
  ),
  oneSource('a file that asks not to be rendered', {
    'web/a.yaml': configMap('a'),
    'web/b.yaml': `# +argocd:skip-file-rendering\n${configMap('b')}`,
    'web/c.yaml': configMap('c', 'data: {note: "about +argocd:skip-file-rendering"}\n'),
  }),
  oneSource('a folder without any manifest', { 'web/notes.md': 'nothing\n' }),
  oneSource('options that say nothing', tree, { directory: { recurse: false }, helm: {}, kustomize: {} }),
  refusedSource('a folder that does not exist', { 'web/a.yaml': configMap('a') }, { path: 'none' }),
  refusedSource('a folder that is a file', { 'web/a.yaml': configMap('a') }, { path: 'web/a.yaml' }),
  refusedSource('a folder outside of the repository', { 'web/a.yaml': configMap('a') }, { path: '../other' }),
  refusedSource('options of two types', tree, { directory: { recurse: true }, kustomize: { namePrefix: 'a-' } }),
  refusedSource('a folder that only ends like a chart', {
    'web/MyChart.yaml': 'name: a\n',
    'web/a.yaml': configMap('a'),
  }),
];

const list = (kind: string, items: string) => `apiVersion: v1\nkind: ${kind}\nitems:\n${items}`;
const item = (name: string) => `- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: ${name}}\n`;

const json = (name: string) => `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "${name}"}}`;

/** Folders of plain manifests: what a file holds. */
export const contentCases: readonly ManifestCase[] = [
  oneSource('several documents of a file, some empty', {
    'web/a.yaml': `# the first\n---\n${configMap('a')}--- # and\n\n---\n# nothing\n---\n${configMap('b')}---\n`,
  }),
  refusedSource('a document on the line of its separator', {
    'web/a.yaml': `${configMap('a')}--- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n`,
  }),
  oneSource('JSON in a file of YAML', { 'web/a.yaml': json('a') }),
  oneSource('JSON in a file of YAML, an object after the other', { 'web/a.yaml': `${json('a')}\n${json('b')}\n` }),
  oneSource('JSON and YAML in a file', { 'web/a.yaml': `${json('a')}\n---\n${configMap('b')}` }),
  oneSource('an object of YAML within braces', {
    'web/a.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n',
  }),
  oneSource('a comment before JSON', { 'web/a.yaml': `# here\n${json('a')}\n` }),
  oneSource('lists of objects', {
    'web/a.yaml': `${list('List', item('a') + item('b'))}---\n${configMap('c')}`,
    'web/b.yaml': list('ConfigMapList', item('d')),
    'web/c.json':
      '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "e"}}]}',
  }),
  oneSource('lists of nothing', { 'web/a.yaml': `${list('List', '  []\n')}---\n${list('ConfigMapList', '  null\n')}` }),
  oneSource('a list within a list', {
    'web/a.yaml': list(
      'List',
      `- apiVersion: v1\n  kind: List\n  items:\n${item('a').replaceAll(/^/gm, '  ').trimEnd()}\n`,
    ),
  }),
  oneSource('a file that is no object', {
    'web/a.yaml': configMap('a'),
    'web/values.yaml': 'replicas: 2\nkind: big\n',
  }),
  oneSource('a file that is no YAML and looks like no object', {
    'web/a.yaml': configMap('a'),
    'web/template.yaml': '{{ if .Values.on }}\nname: a\n{{ end }}\n',
  }),
  refusedSource('a template that looks like an object', {
    'web/a.yaml': `{{ if .Values.on }}\n${configMap('a')}{{ end }}\n`,
  }),
  refusedSource('a file whose second document is no object', { 'web/a.yaml': `${configMap('a')}---\nreplicas: 2\n` }),
  refusedSource('a JSON file with two objects', {
    'web/a.json': '{"kind": "A", "apiVersion": "v1"}\n{"kind": "B", "apiVersion": "v1"}\n',
  }),
  refusedSource('a JSON file that is no object', { 'web/a.json': '[1, 2]' }),
  refusedSource('a list of objects in YAML that is no List', { 'web/a.yaml': item('a') }),
  oneSource('a list in YAML that looks like no object', { 'web/a.yaml': '- 1\n- 2\n' }),
  refusedSource('a JSON file of something else', {
    'web/a.json': '{"name": "a", "version": "1.0.0", "config": {}}',
    'web/c.yaml': configMap('c'),
  }),
  refusedSource('a JSON file of nothing', { 'web/b.json': 'null', 'web/c.yaml': configMap('c') }),
  refusedSource('an empty JSON file', { 'web/b.json': '', 'web/c.yaml': configMap('c') }),
  oneSource('a JSON file with a kind and no version', { 'web/b.json': '{"kind": "big"}' }),
  oneSource('a JSON file with a byte order mark', { 'web/a.json': `\uFEFF${json('a')}` }),
  refusedSource('a JSON file with a comment', { 'web/a.json': `// here\n${json('a')}` }),
  oneSource('a file whose first document is no object and looks like no object', {
    'web/a.yaml': `replicas: 2\n---\nkind: A\napiVersion: v1\n`,
    'web/c.yaml': configMap('c'),
  }),
  refusedSource('a file whose first document is no object', { 'web/a.yaml': `replicas: 2\n---\n${configMap('a')}` }),
  oneSource('a file with a kind and no version', { 'web/a.yaml': 'kind: big\nreplicas: 2\n' }),
  oneSource('keys that YAML 1.1 reads as truth values', {
    'web/a.yaml': configMap('a', 'data: {n: "1", on: "2", off: "3"}\n'),
  }),
  oneSource('scalars as YAML 1.1 reads them', {
    'web/a.yaml': deployment(
      'a',
      'x: {octal: 0644, on: yes, exp: 1e3, float: 1.50, big: 12345678901234567, tilde: ~, date: 2001-01-01, text: "0644", base: 1:30}\n',
    ),
  }),
  oneSource('anchors and merges', {
    'web/a.yaml': configMap('a', 'base: &base {one: "1", two: "2"}\ndata:\n  <<: *base\n  two: "3"\n'),
  }),
  oneSource('a file with a byte order mark and lines of Windows', {
    'web/a.yaml': `\uFEFF${configMap('a', 'data: {text: "x"}\n')}`.replaceAll('\n', '\r\n'),
  }),
  oneSource('kinds that stand outside of namespaces', {
    'web/a.yaml':
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: extra}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: odd}\nrules: []\n',
    'web/b.yaml': configMap('b').replace('{name: b}', '{name: b, namespace: elsewhere}'),
  }),
  oneSource('a definition, which is not tracked', {
    'web/a.yaml':
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {group: example.com}\n',
  }),
  oneSource('Secrets, by the names of their keys', {
    'web/a.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {one: eA==, both: eA==}\nstringData: {two: x, both: y}\n',
  }),
  oneSource('a name that the API server completes', {
    'web/a.yaml':
      'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: job-}\nspec: {template: {spec: {containers: []}}}\n',
  }),
  oneSource('annotations of its own', {
    'web/a.yaml': configMap('a').replace(
      '{name: a}',
      '{name: a, annotations: {argocd.argoproj.io/sync-wave: "2", own: x}}',
    ),
    'web/b.yaml': configMap('b').replace('{name: b}', '{name: b, annotations: {}}'),
    'web/c.yaml': configMap('c').replace('{name: c}', '{name: c, annotations: null, labels: {level: 1}}'),
  }),
  refusedSource('an annotation that is a number', {
    'web/a.yaml': configMap('a').replace('{name: a}', '{name: a, annotations: {port: 80}}'),
  }),
  oneSource('a key that is written twice', { 'web/a.yaml': configMap('a', 'data: {a: "1", a: "2"}\n') }),
  oneSource('one object in two files', {
    'web/a.yaml': configMap('a', 'data: {v: "1"}\n'),
    'web/b.yaml': configMap('a', 'data: {v: "2"}\n'),
  }),
  oneSource(
    'one object in a folder and in a file beside it',
    { 'web/a/x.yaml': configMap('a', 'data: {v: "1"}\n'), 'web/a.yaml': configMap('a', 'data: {v: "2"}\n') },
    { directory: { recurse: true } },
  ),
  oneSource('keys that are numbers', { 'web/a.yaml': configMap('a', 'data: {1: "x", 0x10: "y", 1.5: "z"}\n') }),
  oneSource('an object without a name', { 'web/a.yaml': 'apiVersion: v1\nkind: ConfigMap\n' }),
  oneSource('hooks', {
    'web/a.yaml':
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {argocd.argoproj.io/hook: PreSync}}\nspec: {template: {spec: {containers: []}}}\n',
  }),
];

/** Folders with jsonnet, which is evaluated there and not here. */
export const jsonnetCases: readonly ManifestCase[] = [
  oneSource('a folder that holds only jsonnet', {
    'web/a.jsonnet': '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: "a"}}',
  }),
  oneSource('jsonnet beside a manifest', { 'web/a.jsonnet': '[]', 'web/b.yaml': configMap('b') }),
  oneSource(
    'jsonnet with variables',
    { 'web/a.jsonnet': '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: std.extVar("name")}}' },
    { directory: { jsonnet: { extVars: [{ name: 'name', value: 'a' }] } } },
  ),
];

/** Symbolic links among plain manifests. */
export const linkCases: readonly ManifestCase[] = [
  oneSource('a link to a manifest', { 'web/a.yaml': { link: '../other/a.txt' }, 'other/a.txt': configMap('a') }),
  oneSource('a link whose name is no manifest', {
    'web/a.txt': { link: '../other/a.yaml' },
    'other/a.yaml': configMap('a'),
  }),
  oneSource(
    'a link to a folder',
    { 'web/a.yaml': configMap('a'), 'web/more': { link: '../other' }, 'other/b.yaml': configMap('b') },
    { directory: { recurse: true } },
  ),
  oneSource('a link to a folder that has the name of a manifest', {
    'web/a.yaml': { link: '../other' },
    'other/b.yaml': configMap('b'),
  }),
  oneSource('a link to nothing', { 'web/a.yaml': { link: 'none.yaml' }, 'web/b.yaml': configMap('b') }),
  oneSource(
    'a folder below a link',
    { web: { link: 'other' }, 'other/sub/a.yaml': configMap('a') },
    { path: 'web/sub' },
  ),
  oneSource(
    'a folder that is a link, with options of Kustomize',
    { web: { link: 'other' }, 'other/kustomization.yaml': 'resources: [a.yaml]\n', 'other/a.yaml': configMap('a') },
    { kustomize: { namePrefix: 'a-' } },
  ),
  oneSource('a folder that is a link to a kustomization', {
    web: { link: 'other' },
    'other/kustomization.yaml': 'resources: [a.yaml]\n',
    'other/a.yaml': configMap('a'),
  }),
  oneSource('a folder that is a link', { web: { link: 'other' }, 'other/a.yaml': configMap('a') }),
  refusedSource('a link out of the repository', {
    'web/a.yaml': configMap('a'),
    'web/b.yaml': { link: '../../etc/passwd' },
  }),
  refusedSource('a link out of the repository, elsewhere', {
    'web/a.yaml': configMap('a'),
    'other/b.yaml': { link: '/etc/passwd' },
  }),
  oneSource('a kustomization with a link', {
    'web/kustomization.yaml': 'resources: [a.yaml]\n',
    'web/a.yaml': { link: 'real/a.yaml' },
    'web/real/a.yaml': configMap('a'),
  }),
];
