import { type Contents, configMap } from '../../support/pull-repository.ts';
import { type BadFile, beside, failing, named, read } from './bad-file.ts';

const links = Array.from({ length: 41 }, (_, at) => [`link-${at}.yaml`, { link: `link-${at + 1}.yaml` }] as const);
const chain: Contents = { ...Object.fromEntries(links), 'link-41.yaml': configMap('a') };
const list = (kind: string, ...items: readonly object[]): object => ({ apiVersion: 'v1', kind, items });
const secret = (name: string): object => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name } },
  stringData: { a: `CANARY-of-${name}` },
});
const refusedLink = /^caution refused \S+ \S+ is a link that leads out of the repository or does not end\.$/;
const clear = (value: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: ${value}, b: same}\n`;
const lfsPointer =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n';
const bareRepository: Contents = {
  HEAD: 'ref: refs/heads/main\n',
  config: '[core]\n\tbare = true\n\tfsmonitor = "echo CANARY-of-a-monitor"\n',
  'objects/a': '',
  'refs/a': '',
};

/** Links, odd names and what belongs to Git. */
export const gitFiles: readonly BadFile[] = [
  failing(16, 'link-environ', beside('b.yaml', { link: '/proc/self/environ' }), refusedLink),
  failing(16, 'link-root', beside('b.yaml', { link: '/' }), refusedLink),
  failing(16, 'link-up', beside('b.yaml', { link: '../../../../../etc/passwd' }), refusedLink),
  failing(16, 'link-chain', chain, refusedLink),
  failing(16, 'link-loop', { ...beside('b.yaml', { link: 'c.yaml' }), 'c.yaml': { link: 'b.yaml' } }, refusedLink),
  read(17, 'link-inside', { 'real/a.txt': configMap('real'), 'b.yaml': { link: 'real/a.txt' } }, [
    'create ConfigMap real',
  ]),
  read(18, 'new\nline', { 'a.yaml': configMap('newline') }, ['create ConfigMap newline']),
  read(18, 'right-\u202eleft', { 'a.yaml': configMap('rtl') }, ['create ConfigMap rtl']),
  read(18, 'case', { 'a.yaml': configMap('lower'), 'A.yaml': configMap('upper') }, [
    'create ConfigMap lower',
    'create ConfigMap upper',
  ]),
  read(19, 'bare.git', { ...bareRepository, 'a.yaml': configMap('bare') }, ['create ConfigMap bare']),
  read(21, 'large-file', beside('b.yaml', lfsPointer), ['create ConfigMap a']),
  read(21, 'attributes', { '.gitattributes': '*.yaml filter=lfs text eol=crlf\n', 'a.yaml': configMap('filtered') }, [
    'create ConfigMap filtered',
  ]),
];

/** YAML that is too much, not what it seems, or no objects. */
export const yamlFiles: readonly BadFile[] = [
  failing(
    25,
    'merge-chain',
    {
      'a.yaml': `${configMap('a')}m0: &m0 {a: 1}\n${Array.from({ length: 4_000 }, (_, at) => `m${at + 1}: &m${at + 1} {<<: *m${at}}\n`).join('')}`,
    },
    /^caution decode-failed \S+:106 .*collections are nested too deep; the limit is 100$/,
  ),
  {
    ...read(
      25,
      'anchors',
      {
        'a.yaml': `${configMap('a')}x:\n${Array.from({ length: 100_000 }, (_, at) => `- &a${at} 1\n`).join('')}`,
      },
      ['create ConfigMap a'],
    ),
    says: [
      /^block schema-unknown-field \S+:7 ConfigMap default\/a: x is not a known field\.$/,
      /^caution leak-unchecked \S+ .*only in its first 1024 KiB\.$/,
    ],
  },
  {
    ...read(26, 'duplicate-keys', { 'a.yaml': named('dup', 'data: {a: one}\ndata: {a: two}\n') }, [
      'create ConfigMap dup',
    ]),
    says: [/^caution duplicate-key \S+:5 \/data is written twice in one mapping; Kubernetes keeps only the last$/],
  },
  {
    ...read(27, 'numbers', { 'a.yaml': named('num', 'data: {a: no, b: 017, c: 9007199254740993}\n') }, [
      'create ConfigMap num',
    ]),
    says: [
      /^block schema-wrong-type .*data\.a must be text, not a boolean\.$/,
      /^block schema-wrong-type .*data\.b must be text, not a number\.$/,
      /^block schema-wrong-type .*data\.c must be text, not a number\.$/,
      /^note ambiguous-scalar .*reads as true or false$/,
      /^note ambiguous-scalar .*reads as octal where it can$/,
    ],
  },
  failing(
    28,
    'self-anchor',
    { 'a.yaml': named('self', 'data: &d {a: *d}\n') },
    /^caution decode-failed \S+:4 .*an anchor contains itself$/,
  ),
  // kubectl takes tags it does not know for text: so does the review, and nothing is ever called.
  read(29, 'js-function', { 'a.yaml': named('js', 'data: {a: !!js/function "function () { throw 1 }"}\n') }, [
    'create ConfigMap js',
  ]),
  read(29, 'unknown-tag', { 'a.yaml': named('tag', 'data: {a: !<tag:example.org,2002:x> b}\n') }, [
    'create ConfigMap tag',
  ]),
  read(30, 'mark-and-crlf', { 'a.yaml': `\ufeff${configMap('bom').replaceAll('\n', '\r\n')}` }, [
    'create ConfigMap bom',
  ]),
  read(
    30,
    'empty-documents',
    { 'a.yaml': `---\n---\n# nothing\n---\n${configMap('one')}---\n\n---\n${configMap('two')}...\n---\n` },
    ['create ConfigMap one', 'create ConfigMap two'],
  ),
  failing(
    30,
    'tabs',
    { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: tabs\n' },
    /^caution decode-failed \S+:4 .*tab characters must not be used in indentation$/,
  ),
  failing(
    31,
    'documents',
    { 'a.yaml': `${configMap('a')}---\n${'a: 1\n---\n'.repeat(100_000)}` },
    /^caution decode-failed \S+:20006 .*too many documents; the limit is 10,000$/,
  ),
  {
    ...read(32, 'lists', { 'a.yaml': JSON.stringify(list('List', list('List', secret('inner')), secret('outer'))) }, [
      'create Secret inner',
      'create Secret outer',
    ]),
    says: [/^block plaintext-secret \S+:1 Secret outer: stringData\.a can be read by everybody/],
  },
  read(32, 'typed-list', { 'a.yaml': JSON.stringify(list('SecretList', { metadata: { name: 'typed' } })) }, [
    'create Secret typed',
  ]),
  {
    ...read(32, 'wrong-case', { 'a.yaml': 'apiVersion: v1\nkind: secret\nmetadata: {name: small}\n' }, [
      'create secret small',
    ]),
    says: [/^caution schema-unknown-kind \S+:2 secret default\/small: v1 secret is not among the kinds/],
  },
  {
    ...read(33, 'twice', { 'a.yaml': configMap('same'), 'b.yaml': configMap('same', 'key: other') }, [
      'create ConfigMap same',
    ]),
    says: [/^block duplicate-resource \S+b\.yaml:1 .*it is already declared in \S+a\.yaml:1\.$/],
  },
  {
    ...read(34, 'no-name', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\ndata: {}\n' }, ['create ConfigMap ']),
    says: [/^block metadata-name \S+:1 .*metadata\.name is missing\.$/],
  },
  {
    ...read(34, 'generate-name', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n' }, [
      'create ConfigMap ',
    ]),
    says: [/^block metadata-name \S+:3 .*metadata\.name is missing\. generateName cannot be applied\.$/],
  },
  {
    ...read(34, 'odd-shapes', beside('b.yaml', 'apiVersion: {a: 1}\nkind: [2]\nmetadata: [1]\n'), [
      'create ConfigMap a',
    ]),
    says: [/^caution not-a-resource \S+b\.yaml:1 The document has no apiVersion or no kind/],
  },
  {
    ...{ item: 35, folder: 'changed-secret', base: { 'a.yaml': clear('CANARY-before') } },
    ...{ files: { 'a.yaml': clear('CANARY-after') }, shows: ['update Secret s'] },
    says: [
      /^block plaintext-secret \S+:4 Secret s: stringData\.a can be read by everybody/,
      /^note plaintext-secret \S+:4 Secret s: stringData\.b .*so before this change\)$/,
      /^note secret-changed \S+:1 .*data\.a changes/,
    ],
  },
  {
    ...read(37, 'token', { 'a.yaml': named('token', 'data: {a: ghp_0123456789abcdefghijABCDEFGHIJ012345}\n') }, [
      'create ConfigMap token',
    ]),
    says: [/^block leaked-token \S+:4 \S+ holds what looks like a GitHub token\.$/],
  },
];
