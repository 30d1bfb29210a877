import type { KnownCluster } from '../../../src/model/argocd-knowledge.ts';

/** A set that both generate: REPO is the repository of `controllerFiles`, ID begins each application's name. */
export interface ControllerCase {
  readonly name: string;
  readonly spec: string;
}

export const controllerClusters: readonly KnownCluster[] = [
  {
    secret: 'cluster-0',
    name: 'Dev_1',
    server: 'https://127.0.0.1:1/dev',
    project: '',
    labels: { env: 'dev', 'example.com/tier': 'low' },
    annotations: { team: 'a' },
  },
  {
    secret: 'cluster-1',
    name: 'prod',
    server: 'https://127.0.0.1:1/prod',
    project: '',
    labels: { env: 'prod' },
    annotations: {},
  },
];

export const controllerFiles: Readonly<Record<string, string>> = {
  'apps/web/kustomization.yaml': 'namePrefix: a\n',
  'apps/web/overlays/prod/kustomization.yaml': 'namePrefix: b\n',
  'apps/Db_1/kustomization.yaml': 'namePrefix: c\n',
  'apps/legacy/kustomization.yaml': 'namePrefix: d\n',
  'apps/.hidden/x.yaml': 'a: 1\n',
  'config/dev/config.json':
    '{"env": "dev", "port": 12345678, "ratio": 0.5, "tags": ["x", "z"], "on": true, "nested": {"deep": {"er": "v"}}}',
  'config/prod/config.json': '{"env": "prod", "port": 80, "none": null, "tags": []}',
  'config/list.yaml': '- env: one\n- env: two\n',
  'config/empty.yaml': '',
};

function template(name: string, more = ''): string {
  return `template:
  metadata: {name: 'ID-${name}'}
  spec:
    project: default
    source: {repoURL: REPO, targetRevision: HEAD, path: apps/web}
    destination: {server: https://kubernetes.default.svc, namespace: ns}
${more}`;
}

const go = 'goTemplate: true\ngoTemplateOptions: ["missingkey=error"]\n';
const git = (lines: string) => `generators:\n  - git: {repoURL: REPO, revision: HEAD, ${lines}}\n`;
const list = (elements: string) => `generators:\n  - list: {elements: ${elements}}\n`;
const noX = 'selector: {matchExpressions: [{key: x, operator: DoesNotExist}]}';

export const controllerCases: readonly ControllerCase[] = [
  {
    name: 'a list, with keys and values in labels and annotations',
    spec: `${list('[{name: a, values: {tier: gold}}, {name: b}]')}template:
  metadata:
    name: 'ID-{{name}}'
    labels: {'{{name}}': '{{ name }}x'}
    annotations: {note: '{{unknown}} {{name}} {{ values.tier }}'}
    finalizers: []
  spec:
    project: default
    sources:
      - {repoURL: REPO, targetRevision: HEAD, ref: values}
      - repoURL: REPO
        targetRevision: HEAD
        path: apps/web
        helm: {valueFiles: ['$values/{{name}}.yaml'], valuesObject: {replicas: 2, name: '{{name}}', deep: ['{{name}}']}}
    destination: {server: https://kubernetes.default.svc, namespace: '{{name}}'}
    syncPolicy: {automated: {prune: true}, syncOptions: ['CreateNamespace={{name}}']}`,
  },
  {
    name: 'elements as YAML',
    spec: `generators:\n  - list:\n      elements: []\n      elementsYaml: |\n        - {name: a}\n        - {name: b}\n${template('{{name}}')}`,
  },
  { name: 'a number in a list without Go templates', spec: `${list('[{name: a, port: 80}]')}${template('{{name}}')}` },
  {
    name: 'clusters with labels and annotations',
    spec: `generators:\n  - clusters: {values: {rev: '{{metadata.labels.env}}', twice: '{{values.rev}}'}}\n${template('{{nameNormalized}}')}`.replace(
      'destination: {server: https://kubernetes.default.svc, namespace: ns}',
      "destination: {server: '{{server}}', namespace: 'n-{{values.rev}}-{{values.twice}}-{{metadata.labels.example.com/tier}}-{{metadata.annotations.team}}'}",
    ),
  },
  {
    name: 'clusters chosen by label',
    spec: `generators:\n  - clusters: {selector: {matchLabels: {env: prod}}}\n${template('{{name}}')}`,
  },
  {
    name: 'folders',
    spec: `${git('directories: [{path: apps/*}, {path: apps/legacy, exclude: true}]')}${template('{{path.basenameNormalized}}', '    info: [{name: p, value: "{{path}} {{path[0]}} {{path[1]}} {{path[2]}} {{path.basename}}"}]\n')}`,
  },
  {
    name: 'folders two deep',
    spec: `${git('directories: [{path: apps/*/*}], pathParamPrefix: app')}${template('{{app.path.basename}}', '    info: [{name: p, value: "{{app.path}} {{app.path[2]}} {{path}}"}]\n')}`,
  },
  {
    name: 'files, one level of names',
    spec: `${git("files: [{path: 'config/*.json'}], values: {x: '{{env}}-{{path.filename}}'}")}${template('{{env}}', '    info: [{name: p, value: "{{port}} {{ratio}} {{tags.0}}{{tags.1}} {{on}} {{nested.deep.er}} {{none}} {{path.path}} {{path}} {{values.x}} {{path.filenameNormalized}}"}]\n')}`,
  },
  {
    name: 'files of lists and of nothing',
    spec: `${git("files: [{path: 'config/**'}, {path: '**/*.json', exclude: true}]")}${template('{{path.filenameNormalized}}-{{env}}')}`
      .replace("'ID-{{path.filenameNormalized}}-{{env}}'", "'ID-{{path.filenameNormalized}}-x{{env}}'")
      .replace('{{env}}', ''),
  },
  {
    name: 'a matrix of files and clusters with values of both',
    spec: `generators:\n  - matrix:\n      generators:\n        - git: {repoURL: REPO, revision: HEAD, files: [{path: 'config/*/config.json'}]}\n        - clusters: {selector: {matchLabels: {env: '{{env}}'}}, values: {of: '{{name}}', port: '{{port}}'}}\n${template('{{env}}-{{nameNormalized}}', '    info: [{name: p, value: "{{values.of}} {{values.port}}"}]\n')}`,
  },
  {
    name: 'a matrix whose keys disagree',
    spec: `generators:\n  - matrix: {generators: [{list: {elements: [{a: "1"}]}}, {list: {elements: [{a: "2"}]}}]}\n${template('x')}`,
  },
  {
    name: 'a merge with a selector',
    spec: `generators:\n  - merge:\n      mergeKeys: [name]\n      generators:\n        - clusters: {${noX}, values: {v: a}}\n        - list: {elements: [{name: prod, values: {v: b}}, {name: other}]}\n    selector: {matchLabels: {values.v: b}}\n${template('{{name}}-{{values.v}}')}`,
  },
  {
    name: 'a merge of keys that are not unique',
    spec: `generators:\n  - merge: {mergeKeys: [env], generators: [{list: {elements: [{env: a}, {env: a}]}}, {list: {elements: []}}]}\n${template('x')}`,
  },
  {
    name: "a generator's own template",
    spec: `generators:\n  - list:\n      elements: [{name: a}]\n      template:\n        metadata: {labels: {own: '{{name}}'}}\n        spec: {project: '', source: {repoURL: '', path: 'apps/{{name}}', kustomize: {namePrefix: '{{name}}-'}}, destination: {namespace: own}}\n${template('{{name}}')}`,
  },
  {
    name: 'Go templates of a list with any depth',
    spec: `${go}${list('[{name: a, port: 1000000, deep: {list: [1, 2.5, true, null]}}]')}${template('{{.name}}', `    info: [{name: p, value: '{{.port}} {{.deep.list}} {{len .deep.list}} {{.deep | toJson}} {{toYaml .deep.list}} {{"A b/C" | normalize}} {{slugify 5 true "one two three"}} {{ternary "t" "f" true}}'}]\n`)}`,
  },
  {
    name: 'Go templates of folders',
    spec: `${go}${git("directories: [{path: apps/*}], values: {n: '{{len .path.segments}}'}")}${template('{{.path.basenameNormalized}}', `    info: [{name: p, value: '{{.path.path}} {{.path.segments}} {{index .path.segments 1}} {{join "+" .path.segments}} {{.values}}'}]\n`)}`.replace(
      '{n:',
      '{count:',
    ),
  },
  {
    name: 'Go templates of files',
    spec: `${go}${git("files: [{path: 'config/*/config.json'}]")}${template('{{.env}}', `    info: [{name: p, value: '{{.port}} {{.tags}} {{dig "nested" "deep" "er" "none" .}} {{.path.filename}} {{.path}}'}]\n`)}`.replace(
      ' {{dig "nested" "deep" "er" "none" .}}',
      '{{with .tags}}{{first .}}{{end}}',
    ),
  },
  {
    name: 'Go templates of clusters in one list',
    spec: `${go}generators:\n  - clusters: {flatList: true, selector: {matchLabels: {env: dev}}}\n${template('flat', `    info: [{name: p, value: '{{range .clusters}}{{.name}} {{.nameNormalized}} {{.server}} {{.metadata.labels.env}} {{.metadata.annotations.team}} {{index .metadata.labels "example.com/tier"}}{{end}}'}]\n`)}`,
  },
  {
    name: 'Go templates of a matrix, where the first wins',
    spec: `${go}generators:\n  - matrix:\n      generators:\n        - git: {repoURL: REPO, revision: HEAD, files: [{path: 'config/*/config.json'}]}\n        - clusters: {selector: {matchLabels: {env: '{{.env}}'}}, values: {of: '{{.name}}', port: '{{.port}}'}}\n${template('{{.env}}-{{.nameNormalized}}', `    info: [{name: p, value: '{{.values.of}} {{.values.port}} {{.path.path}}'}]\n`)}`,
  },
  {
    name: 'Go templates of a merge, deep',
    spec: `${go}generators:\n  - merge: {mergeKeys: [name], generators: [{list: {elements: [{name: a, v: {k: "1", m: "1"}, l: [1, 2]}]}}, {list: {elements: [{name: a, v: {m: "", z: 3}, l: [3]}]}}]}\n${template('{{.name}}', "    info: [{name: p, value: '{{.v}} {{.l}}'}]\n")}`,
  },
  { name: 'a Go template whose parameter is missing', spec: `${go}${list('[{name: a}]')}${template('{{.nope}}')}` },
  {
    name: 'a Go template without options whose parameter is missing',
    spec: `goTemplate: true\n${list('[{name: a}]')}${template('{{.name}}', "    info: [{name: p, value: '{{.nope}}'}]\n")}`,
  },
  {
    name: 'a patch of the template',
    spec: `${go}${list('[{name: a, prune: true, files: [m.yaml, n.yaml]}, {name: b, prune: false}]')}${template('{{.name}}')}templatePatch: |
  metadata:
    annotations: {of: '{{.name}}'}
    finalizers: [own.example/finalizer]
  spec:
    project: other
    source:
      path: null
      helm:
        valueFiles:
        {{- range (default list (get . "files")) }}
          - {{ . }}
        {{- end }}
    {{- if .prune }}
    syncPolicy:
      automated: {prune: {{ .prune }}, selfHeal: null}
    {{- end }}
`,
  },
  {
    name: 'a patch of values within values',
    spec: `${list('[{name: a}]')}${template('{{name}}').replace('path: apps/web}', 'path: apps/web, helm: {valuesObject: {image: {tag: "1"}}}}')}templatePatch: |\n  spec: {source: {helm: {valuesObject: {image: {tag: '2'}}}}}\n`,
  },
  {
    name: 'two applications of one name',
    spec: `${list('[{name: a}, {name: b}]')}${template('same')}`,
  },
  {
    name: 'a matrix within a merge',
    spec: `generators:
  - merge:
      mergeKeys: [key]
      generators:
        - matrix:
            generators:
              - list: {elements: [{env: dev}, {env: prod}]}
              - list: {elements: [{key: '{{env}}-k', v: "1"}]}
        - list: {elements: [{key: prod-k, v: "2"}]}
${template('{{key}}-{{v}}')}`,
  },
  {
    name: 'resources that are preserved',
    spec: `${list('[{name: a}]')}syncPolicy: {preserveResourcesOnDeletion: true}\n${template('{{name}}')}`,
  },
  { name: 'a template without parameters', spec: `${go}${list('[{}]')}${template('plain')}` },
];
