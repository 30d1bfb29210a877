import { type Content, type Contents, chartYaml, configMap } from '../support/pull-repository.ts';

/** One folder of the corpus, and what a review must say of it. */
export interface BadFile {
  /** Number in the list, bad-files.md. */
  readonly item: number;
  /** Name of its folder, which is its application. */
  readonly folder: string;
  /** Files by their path in the folder. */
  readonly files: Contents;
  /** Rules of the findings about it, in order of their names. */
  readonly rules: readonly string[];
  /** What the findings say, one for each rule. */
  readonly says: readonly RegExp[];
  /** Objects that are shown all the same, as `Kind name`; left out: none. */
  readonly shows?: readonly string[];
}

const beside = (name: string, content: Content): Contents => ({ 'a.yaml': configMap('a'), [name]: content });
const chart = (files: Contents): Contents => ({
  'Chart.yaml': chartYaml,
  'templates/a.yaml': configMap('a'),
  ...files,
});
const named = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`;
const chain = Array.from({ length: 41 }, (_, at) => [`link-${at}.yaml`, { link: `link-${at + 1}.yaml` }] as const);
const schema = (ref: string): Contents =>
  chart({ 'values.yaml': 'a: 1\n', 'values.schema.json': JSON.stringify({ $ref: ref }) });
const kustomize = (text: string, files: Contents = {}): Contents => ({ 'kustomization.yaml': text, ...files });

const links: readonly BadFile[] = [
  { item: 16, folder: 'link-environ', files: beside('b.yaml', { link: '/proc/self/environ' }), rules: [], says: [] },
  { item: 16, folder: 'link-root', files: beside('b.yaml', { link: '/' }), rules: [], says: [] },
  {
    item: 16,
    folder: 'link-up',
    files: beside('b.yaml', { link: '../../../../../etc/hostname' }),
    rules: [],
    says: [],
  },
  {
    item: 16,
    folder: 'link-chain',
    files: { ...Object.fromEntries(chain), 'link-41.yaml': configMap('a') },
    rules: [],
    says: [],
  },
  {
    item: 16,
    folder: 'link-loop',
    files: { 'a.yaml': configMap('a'), 'b.yaml': { link: 'c.yaml' }, 'c.yaml': { link: 'b.yaml' } },
    rules: [],
    says: [],
  },
  {
    item: 17,
    folder: 'link-inside',
    files: { 'real/a.txt': configMap('real'), 'b.yaml': { link: 'real/a.txt' }, 'c.yaml': configMap('c') },
    rules: [],
    says: [],
  },
];
const gits: readonly BadFile[] = [
  { item: 18, folder: 'new\nline', files: { 'a.yaml': configMap('newline') }, rules: [], says: [] },
  {
    item: 18,
    folder: 'case',
    files: { 'a.yaml': configMap('lower'), 'A.yaml': configMap('upper') },
    rules: [],
    says: [],
  },
  { item: 18, folder: 'rtl-\u202egnp', files: { 'a.yaml': configMap('rtl') }, rules: [], says: [] },
  {
    item: 21,
    folder: 'lfs',
    files: beside(
      'b.yaml',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
    ),
    rules: [],
    says: [],
  },
  {
    item: 21,
    folder: 'attributes',
    files: {
      '.gitattributes': '*.yaml filter=lfs diff=lfs merge=lfs text eol=crlf\n',
      'a.yaml': configMap('filtered'),
    },
    rules: [],
    says: [],
  },
  {
    item: 19,
    folder: 'bare.git',
    files: {
      HEAD: 'ref: refs/heads/main\n',
      config: '[core]\n\tbare = true\n\tfsmonitor = "touch /tmp/r2-pwned"\n',
      'objects/a': '',
      'refs/a': '',
      'a.yaml': configMap('bare'),
    },
    rules: [],
    says: [],
  },
];
const yamls: readonly BadFile[] = [
  {
    item: 25,
    folder: 'anchors',
    files: { 'a.yaml': `${configMap('a')}x:\n${Array.from({ length: 100_000 }, (_, at) => `- &a${at} 1\n`).join('')}` },
    rules: [],
    says: [],
  },
  {
    item: 25,
    folder: 'merges',
    files: {
      'a.yaml': `${configMap('a')}m0: &m0 {a: 1}\n${Array.from({ length: 4_000 }, (_, at) => `m${at + 1}: &m${at + 1} {<<: *m${at}}\n`).join('')}`,
    },
    rules: [],
    says: [],
  },
  {
    item: 26,
    folder: 'duplicate-keys',
    files: { 'a.yaml': named('dup', 'data: {a: one}\ndata: {a: two}\n') },
    rules: [],
    says: [],
  },
  {
    item: 27,
    folder: 'numbers',
    files: { 'a.yaml': named('nums', 'data: {a: no, b: on, c: 1:30, d: 017, e: 0x1F, f: 9007199254740993}\n') },
    rules: [],
    says: [],
  },
  { item: 28, folder: 'self-anchor', files: { 'a.yaml': named('self', 'data: &d {a: *d}\n') }, rules: [], says: [] },
  {
    item: 29,
    folder: 'js-function',
    files: { 'a.yaml': named('js', 'data: {a: !!js/function "function () { return process }"}\n') },
    rules: [],
    says: [],
  },
  {
    item: 29,
    folder: 'unknown-tag',
    files: { 'a.yaml': named('tag', 'data: {a: !<tag:example.org,2002:x> b}\n') },
    rules: [],
    says: [],
  },
  {
    item: 30,
    folder: 'bom-crlf',
    files: { 'a.yaml': `\ufeff${configMap('bom').replaceAll('\n', '\r\n')}` },
    rules: [],
    says: [],
  },
  {
    item: 30,
    folder: 'empty-documents',
    files: { 'a.yaml': `---\n---\n# nothing\n---\n${configMap('one')}---\n\n---\n${configMap('two')}...\n---\n` },
    rules: [],
    says: [],
  },
  {
    item: 30,
    folder: 'tabs',
    files: { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: tabs\n' },
    rules: [],
    says: [],
  },
  {
    item: 30,
    folder: 'utf-16',
    files: { 'a.yaml': Buffer.from(`\ufeff${configMap('wide')}`, 'utf16le') },
    rules: [],
    says: [],
  },
  {
    item: 30,
    folder: 'not-utf-8',
    files: {
      'a.yaml': Buffer.concat([Buffer.from(named('latin', 'data: {a: "')), Buffer.of(0xe9, 0xff), Buffer.from('"}\n')]),
    },
    rules: [],
    says: [],
  },
  {
    item: 31,
    folder: 'documents',
    files: { 'a.yaml': `${configMap('a')}---\n`.repeat(1) + 'a: 1\n---\n'.repeat(100_000) },
    rules: [],
    says: [],
  },
  {
    item: 32,
    folder: 'lists',
    files: {
      'a.yaml': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'v1',
            kind: 'List',
            items: [
              {
                apiVersion: 'v1',
                kind: 'Secret',
                metadata: { name: 'inner' },
                stringData: { a: 'CANARY-in-a-nested-list' },
              },
            ],
          },
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'outer' } },
        ],
      }),
    },
    rules: [],
    says: [],
  },
  {
    item: 32,
    folder: 'typed-list',
    files: {
      'a.yaml': JSON.stringify({
        apiVersion: 'v1',
        kind: 'SecretList',
        items: [{ metadata: { name: 'typed' }, stringData: { a: 'CANARY-in-a-typed-list' } }],
      }),
    },
    rules: [],
    says: [],
  },
  {
    item: 32,
    folder: 'wrong-case',
    files: {
      'a.yaml': 'apiVersion: v1\nkind: secret\nmetadata: {name: small}\nstringData: {a: CANARY-of-a-wrong-case}\n',
    },
    rules: [],
    says: [],
  },
  {
    item: 33,
    folder: 'twice',
    files: { 'a.yaml': configMap('same'), 'b.yaml': configMap('same', 'key: other') },
    rules: [],
    says: [],
  },
  {
    item: 34,
    folder: 'no-name',
    files: { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\ndata: {}\n' },
    rules: [],
    says: [],
  },
  {
    item: 34,
    folder: 'generate-name',
    files: { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n' },
    rules: [],
    says: [],
  },
  {
    item: 34,
    folder: 'odd-metadata',
    files: {
      'a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: [1]\n---\napiVersion: {a: 1}\nkind: [2]\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: {a: b}, namespace: 3}\n',
    },
    rules: [],
    says: [],
  },
  {
    item: 37,
    folder: 'tokens',
    files: { 'a.yaml': named('tokens', 'data: {a: ghp_0123456789abcdefghijABCDEFGHIJ012345}\n') },
    rules: [],
    says: [],
  },
  {
    item: 38,
    folder: 'sops',
    files: {
      'a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: sops}\nstringData: {a: "ENC[AES256_GCM,data:abc=,iv:d=,tag:e=,type:str]"}\nsops: {mac: "ENC[AES256_GCM,data:m=,iv:n=,tag:o=,type:str]", version: 3.9.0}\n',
    },
    rules: [],
    says: [],
  },
  {
    item: 38,
    folder: 'sealed',
    files: {
      'a.yaml':
        'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: sealed}\nspec: {encryptedData: {a: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq}}\n',
    },
    rules: [],
    says: [],
  },
];
const renders: readonly BadFile[] = [
  { item: 39, folder: 'schema-file', files: schema('file:///etc/passwd'), rules: [], says: [] },
  { item: 39, folder: 'schema-device', files: schema('file:///dev/zero'), rules: [], says: [] },
  {
    item: 39,
    folder: 'schema-metadata',
    files: schema('http://169.254.169.254/latest/meta-data'),
    rules: [],
    says: [],
  },
  { item: 39, folder: 'schema-relative', files: schema('../../../../../../etc/passwd'), rules: [], says: [] },
  {
    item: 39,
    folder: 'lookup',
    files: chart({
      'templates/b.yaml':
        '{{ $s := lookup "v1" "Secret" "kube-system" "x" }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: looked}\ndata: {found: {{ len $s | quote }}}\n',
    }),
    rules: [],
    says: [],
  },
  {
    item: 39,
    folder: 'dependency',
    files: chart({
      'Chart.yaml': `${chartYaml}dependencies: [{name: a, version: 1.0.0, repository: "http://169.254.169.254/charts"}]\n`,
    }),
    rules: [],
    says: [],
  },
  {
    item: 39,
    folder: 'fail-text',
    files: chart({
      'templates/b.yaml':
        '{{ fail "</details>\\n/merge\\n```\\n<img src=https://x.example/?d=1> @org/team [x](javascript:alert(1))" }}\n',
    }),
    rules: [],
    says: [],
  },
  {
    item: 39,
    folder: 'files-get',
    files: chart({
      'templates/b.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: files}\ndata: {a: {{ .Files.Get "../../../../etc/passwd" | quote }}, b: {{ .Files.Get "/etc/passwd" | quote }}}\n',
    }),
    rules: [],
    says: [],
  },
  {
    item: 39,
    folder: 'environment',
    files: chart({
      'templates/b.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: env}\ndata: {a: {{ env "HOME" | quote }}}\n',
    }),
    rules: [],
    says: [],
  },
  {
    item: 39,
    folder: 'dns',
    files: chart({
      'templates/b.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dns}\ndata: {a: {{ getHostByName "localhost" | quote }}}\n',
    }),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'git-base',
    files: kustomize('resources: ["git::https://git.example.com/org/repo?ref=v1"]\n'),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'ssh-base',
    files: kustomize('resources: ["git@git.example.com:org/repo"]\n'),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'http-base',
    files: kustomize('resources: ["http://169.254.169.254/a.yaml"]\n'),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'generator',
    files: kustomize('configMapGenerator: [{name: g, files: [passwd=/etc/passwd]}]\n'),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'generator-up',
    files: kustomize('configMapGenerator: [{name: g, files: [../../../../etc/passwd]}]\n'),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'generator-env',
    files: kustomize('secretGenerator: [{name: g, envs: [/proc/self/environ]}]\n'),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'exec',
    files: kustomize('transformers: [f.yaml]\n', {
      'f.yaml':
        'apiVersion: x/v1\nkind: F\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: "exec: {path: /bin/sh}"\n',
    }),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'plugin',
    files: kustomize('generators: [f.yaml]\n', {
      'f.yaml': 'apiVersion: team.example/v1\nkind: Sed\nmetadata: {name: p}\n',
    }),
    rules: [],
    says: [],
  },
  {
    item: 40,
    folder: 'helm-charts',
    files: kustomize('helmCharts: [{name: redis, repo: "https://charts.example.com", version: 1.0.0}]\n'),
    rules: [],
    says: [],
  },
  {
    item: 42,
    folder: 'schema-recursive',
    files: chart({
      'values.yaml': 'a: {a: {a: 1}}\n',
      'values.schema.json': '{"properties": {"a": {"$ref": "#"}}, "type": "object"}',
    }),
    rules: [],
    says: [],
  },
  {
    item: 42,
    folder: 'schema-circular',
    files: chart({ 'values.yaml': 'a: 1\n', 'values.schema.json': '{"$ref": "#"}' }),
    rules: [],
    says: [],
  },
  {
    item: 42,
    folder: 'schema-pattern',
    files: chart({
      'values.yaml': `a: ${'a'.repeat(40)}!\n`,
      'values.schema.json': '{"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}',
    }),
    rules: [],
    says: [],
  },
];

export const badFiles: readonly BadFile[] = [...links, ...gits, ...yamls, ...renders];
