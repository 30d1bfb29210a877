import { type Contents, chartYaml, configMap } from '../../support/pull-repository.ts';
import { type BadFile, chart, failing, named, read } from './bad-file.ts';

const schema = (values: string, text: string): Contents => chart({ 'values.yaml': values, 'values.schema.json': text });
const schemaAt = (reference: string): Contents => schema('a: 1\n', JSON.stringify({ $ref: reference }));
const templated = (data: string): Contents => chart({ 'templates/b.yaml': named('b', `data: {a: ${data}}\n`) });
const kustomize = (text: string, files: Contents = {}): Contents => ({ 'kustomization.yaml': text, ...files });
const both = ['create ConfigMap a', 'create ConfigMap b'];
const pattern = '{"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}';
const hostile =
  '</details>\\n/merge\\n```\\n<img src=https://x.example/?d=1> @org/team [x](javascript:alert(1)) <!-- x';
const definition = (property: object): string =>
  JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: {
      ...{ group: 'example.org', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' } },
      versions: [
        {
          ...{ name: 'v1', served: true, storage: true },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: property } } },
        },
      ],
    },
  });
const thing = (spec: string): string => `apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: t}\nspec: ${spec}\n`;

/** Charts that reach for what is not theirs, or do not end. */
export const charts: readonly BadFile[] = [
  failing(
    39,
    'schema-file',
    schemaAt('file:///etc/passwd'),
    /^caution render-failed \S+schema\.json:1 .*failing loading/,
  ),
  failing(
    39,
    'schema-device',
    schemaAt('file:///dev/zero'),
    /^caution render-failed \S+schema\.json:1 .*failing loading/,
  ),
  failing(
    39,
    'schema-up',
    schemaAt('../../../../etc/passwd'),
    /^caution render-failed \S+schema\.json:1 .*failing load/,
  ),
  failing(
    39,
    'schema-address',
    schemaAt('http://169.254.169.254/latest/meta-data'),
    /^caution remote-reference \S+schema\.json:1 .*nothing is fetched while rendering\.$/,
  ),
  read(39, 'lookup', templated('{{ lookup "v1" "Secret" "kube-system" "x" | len | quote }}'), both),
  read(
    39,
    'files',
    templated('{{ .Files.Get "../../../../etc/passwd" | quote }}, b: {{ .Files.Get "/etc/passwd" | quote }}'),
    both,
  ),
  read(39, 'name', templated('{{ getHostByName "localhost" | quote }}'), both),
  failing(
    39,
    'variable',
    templated('{{ env "HOME" }}'),
    /^caution render-failed \S+b\.yaml:4 .*function "env" not defined/,
  ),
  failing(
    39,
    'dependency',
    chart({
      'Chart.yaml': `${chartYaml}dependencies: [{name: a, version: 1.0.0, repository: "http://169.254.169.254/charts"}]\n`,
    }),
    /^caution source-invalid \S+Chart\.yaml:4 .*is not written as https:/,
  ),
  failing(39, 'fail-text', templated(`{{ fail "${hostile}" }}`), /^caution render-failed \S+b\.yaml:4 .*<\/details>/),
  failing(42, 'schema-circle', schemaAt('#'), /^caution render-failed \S+schema\.json:1 .*causing reference cycle/),
  failing(
    42,
    'schema-within',
    schema('a: {a: {a: 1}}\n', '{"properties": {"a": {"$ref": "#"}}, "type": "object"}'),
    /^caution render-failed \S+schema\.json:1 .*at '\/a\/a\/a': got number, want object/,
  ),
  failing(
    42,
    'schema-pattern',
    schema(`a: ${'a'.repeat(40)}!\n`, pattern),
    /^caution render-failed \S+schema\.json:1 .*does not match pattern/,
  ),
  {
    ...{
      item: 42,
      folder: 'definition-reference',
      shows: ['create CustomResourceDefinition things.example.org', 'create Thing t'],
    },
    says: [/^caution schema-broken \S+b\.yaml:1 .*cannot be used: there is no definition/],
    files: { 'a.yaml': definition({ $ref: 'http://169.254.169.254/a' }), 'b.yaml': thing('{a: 1}') },
  },
];

/** Kustomizations that want what no review gives them. */
export const kustomizations: readonly BadFile[] = [
  failing(
    40,
    'git-base',
    kustomize('resources: ["git::https://git.example.com/org/repo?ref=v1"]\n'),
    /^caution source-not-allowed \S+:1 .*git\.example\.com is not among the hosts/,
  ),
  failing(
    40,
    'ssh-base',
    kustomize('resources: ["git@git.example.com:org/repo"]\n'),
    /^caution source-invalid \S+:1 .*is not written as https:/,
  ),
  failing(
    40,
    'http-base',
    kustomize('resources: ["http://169.254.169.254/a.yaml"]\n'),
    /^caution remote-reference \S+:1 .*nothing is fetched while rendering\.$/,
  ),
  ...['/etc/passwd', '../../../../etc/passwd', '/proc/self/environ'].map((path, at) =>
    failing(
      40,
      `generator-${at}`,
      kustomize(`secretGenerator: [{name: g, ${at === 2 ? 'envs' : 'files'}: ["${path}"]}]\n`),
      /^caution refused \S+:1 .* names \S+, which is outside the repository\.$/,
    ),
  ),
  failing(
    40,
    'exec-function',
    kustomize('transformers: [f.yaml]\n', {
      'f.yaml':
        'apiVersion: x/v1\nkind: F\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: "exec: {path: ./run}"\n',
    }),
    /^caution refused \S+f\.yaml:1 .*a container or exec function; code of a repository is never run\.$/,
  ),
  failing(
    40,
    'plugin',
    kustomize('generators: [f.yaml]\n', { 'f.yaml': 'apiVersion: team.example/v1\nkind: Sed\nmetadata: {name: p}\n' }),
    /^caution refused \S+f\.yaml:1 .*a plugin that is not built into kustomize; code of a repository is never run\.$/,
  ),
  failing(
    40,
    'remote-chart',
    kustomize('helmCharts: [{name: redis, repo: "https://charts.example.com", version: 1.0.0}]\n'),
    /^caution source-not-allowed \S+:1 .*charts\.example\.com is not among the hosts/,
  ),
];

const tricks = [
  '```\\n/merge\\n```',
  '   ~~~~\\n@org/team fixes #1 !12 ~label',
  '</details><img src=x onerror=alert(1)><!-- fairlead:v1 kind=review -->',
  '[x](javascript:alert(1)) ![](https://x.example/?d=1) https://x.example www.x.example',
  '\\u202e\\u200b\\u001b[31m',
];
const tricky = (mark: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tricks\n  annotations:\n${tricks.map((trick, at) => `    "${trick.replaceAll('\\n', ' ')} ${at}": "${trick} ${mark}"\n`).join('')}data:\n${tricks.map((trick, at) => `  key-${at}: "${trick} ${mark}"\n`).join('')}  long: "${mark}${'x'.repeat(1024 * 1024)}"\n`;

/** Text that wants to be more than text. */
export const texts: readonly BadFile[] = [
  {
    ...{ item: 43, folder: 'tricks', base: { 'a.yaml': tricky('one') }, files: { 'a.yaml': tricky('two') } },
    shows: ['update ConfigMap tricks'],
    says: [
      ...tricks.map(() => /^block metadata-annotation \S+:\d+ .* is not a name of at most 63 letters/),
      /^caution leak-unchecked \S+ .*only in its first 1024 KiB\.$/,
    ],
  },
  read(43, '`]()</summary>@org', { 'a.yaml': configMap('odd') }, ['create ConfigMap odd']),
];
