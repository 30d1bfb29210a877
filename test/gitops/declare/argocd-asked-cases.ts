/** A set whose generators only Argo CD can run: REPO and ID as in `ControllerCase`, OUTSIDE is the address of `serveOutside`. */
export interface AskedCase {
  readonly name: string;
  readonly spec: string;
}

function template(name: string, note: string): string {
  return `template:
  metadata:
    name: 'ID-${name}'
    annotations: {note: '${note}'}
  spec:
    project: default
    source: {repoURL: REPO, targetRevision: HEAD, path: apps/web}
    destination: {server: https://kubernetes.default.svc, namespace: ns}
`;
}

const go = 'goTemplate: true\n';
const plugin = '{configMapRef: {name: plugin}, input: {parameters: {team: a}}, values: {own: VALUES}}';
const github = '{github: {owner: acme, repo: shop, api: OUTSIDE/, labels: [preview]}, values: {own: VALUES}}';
const gitlab = '{gitlab: {project: acme/shop, api: OUTSIDE/}}';
const gitea =
  '{gitea: {owner: acme, api: OUTSIDE/}, cloneProtocol: https, filters: [{repositoryMatch: "^(shop|blog)$"}]}';
const decision = '{configMapRef: decisions, name: decision, values: {own: VALUES}}';

const plain = (generator: string, values: string) => generator.replace('VALUES', `'${values}'`);

export const askedCases: readonly AskedCase[] = [
  {
    name: 'a plugin, all it gives with Go templates',
    spec: `${go}generators: [{plugin: ${plain(plugin, '{{ .team }}-{{ .name }}')}}]\n${template(
      '{{ .name }}',
      '{{ toJson .deep }} {{ toJson .empty }} {{ toJson .text }} {{ .text }} {{ .list }} {{ .on }} {{ .big }} {{ .ratio }} {{ .huge }} {{ .none }} {{ .values.own }}',
    )}`,
  },
  {
    name: 'a plugin, all it gives without',
    spec: `generators: [{plugin: ${plain(plugin, '{{ team }}-{{ name }}')}}]\n${template(
      '{{name}}',
      '{{deep.er.value}} {{list.0}} {{list.1.y}} {{big}} {{ratio}} {{on}} {{none}} {{huge}} {{text}} {{empty}} {{values.own}} {{generator}}',
    )}`,
  },
  {
    name: 'a plugin within a merge, and a selector',
    spec: `generators:
  - merge:
      mergeKeys: [name]
      generators:
        - plugin: {configMapRef: {name: plugin}, input: {parameters: {team: b}}}
        - list: {elements: [{name: one, team: over}]}
    selector: {matchLabels: {name: one}}
${template('{{name}}', '{{team}} {{deep.er.value}}')}`,
  },
  {
    name: 'a plugin that hears of each folder of a matrix',
    spec: `${go}generators:
  - matrix:
      generators:
        - git: {repoURL: REPO, revision: HEAD, directories: [{path: apps/*}]}
        - plugin: {configMapRef: {name: plugin}, input: {parameters: {team: "{{ .path.basename }}"}}, values: {own: "{{ .path.path }}/{{ .name }}"}}
${template('{{ .path.basenameNormalized }}-{{ .name }}', '{{ .team }} {{ .values.own }}')}`,
  },
  {
    name: 'pulls of GitHub with Go templates',
    spec: `${go}generators: [{pullRequest: ${plain(github, '{{ .number }}')}}]\n${template(
      '{{ .number }}',
      '{{ toJson . }} {{ .labels }} {{ .values.own }}',
    )}`,
  },
  {
    name: 'pulls of GitHub without',
    spec: `generators: [{pullRequest: ${plain(github, '{{number}}')}}]\n${template(
      '{{number}}',
      '{{title}} {{branch}} {{branch_slug}} {{target_branch}} {{target_branch_slug}} {{head_sha}} {{head_short_sha}} {{head_short_sha_7}} {{author}} {{labels}} {{values.own}}',
    )}`,
  },
  {
    name: 'pulls of GitLab without any label',
    spec: `${go}generators: [{pullRequest: ${gitlab}}]\n${template('{{ .number }}', '{{ .labels }} {{ len .labels }} {{ toJson . }}')}`,
  },
  {
    name: 'repositories of Gitea with Go templates',
    spec: `${go}generators: [{scmProvider: ${gitea}}]\n${template('{{ .repository }}', '{{ toJson . }}')}`,
  },
  {
    name: 'repositories of Gitea without, each with files of this repository',
    spec: `generators:
  - matrix:
      generators:
        - scmProvider: ${gitea}
        - git: {repoURL: REPO, revision: HEAD, files: [{path: config/prod/config.json}]}
${template(
  '{{repository}}-{{env}}',
  '{{organization}} {{repository_id}} {{url}} {{branch}} {{branchNormalized}} {{sha}} {{short_sha}} {{short_sha_7}} {{labels}} {{port}}',
)}`,
  },
  {
    name: 'clusters that an object decides for, with Go templates',
    spec: `${go}generators: [{clusterDecisionResource: ${plain(decision, '{{ .name }}')}}]\n${template('{{ .name }}', '{{ toJson . }}')}`,
  },
  {
    name: 'clusters that an object decides for, without',
    spec: `generators: [{clusterDecisionResource: ${plain(decision, '{{name}}')}}]\n${template('{{name}}', '{{server}} {{message}} {{values.own}}')}`,
  },
];
