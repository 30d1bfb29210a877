import { afterAll, describe, expect, test } from '@jest/globals';
import { createGoTemplates } from '../../../src/gitops/declare/argocd-go-templates.ts';
import { generateApplications } from '../../../src/gitops/declare/argocd-set.ts';
import { FairleadError } from '../../../src/model/error.ts';
import { pick } from '../../../src/model/json.ts';
import {
  applicationSet,
  cluster,
  declareSet,
  generated,
  ownUrl,
  summary,
  template,
  testGoTemplates,
  testWorld,
} from './argocd-support.ts';

const goTemplates = testGoTemplates();
afterAll(() => goTemplates.close());

const go = 'goTemplate: true\ngoTemplateOptions: ["missingkey=error"]\n';
const list = (elements: string) => `generators: [list: {elements: ${elements}}]\n`;

describe('an ApplicationSet', () => {
  test('gives Applications of its own namespace that are deleted with what they deploy', async () => {
    const spec = `${list('[{name: a}]')}template:
  metadata: {name: '{{name}}', namespace: elsewhere, labels: {'{{name}}': x}, unknown: y}
  spec: {project: p, source: {repoURL: https://a.example/x, path: x}, destination: {name: c}}`;

    const { applications } = await declareSet(spec, testWorld({}));

    expect(applications).toMatchObject([
      { via: ['ApplicationSet set'], declaredAt: { file: 'sets/set.yaml', line: 1 } },
    ]);
    expect(applications[0]?.object).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'a',
        namespace: 'argocd',
        labels: { a: 'x' },
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      },
      spec: { project: 'p', source: { repoURL: 'https://a.example/x', path: 'x' }, destination: { name: 'c' } },
    });
  });

  test.each([
    ['a finalizer of its own', 'metadata: {name: a, finalizers: [own]}', '', ['own']],
    [
      'what they deploy preserved',
      'metadata: {name: a}',
      'syncPolicy: {preserveResourcesOnDeletion: true}\n',
      undefined,
    ],
  ])('gives them with %s', async (_title, metadata, policy, finalizers) => {
    const spec = `${list('[{x: z}]')}${policy}template: {${metadata}, spec: {project: p, source: {repoURL: a, path: x}, destination: {name: c}}}`;

    const { applications } = await declareSet(spec, testWorld({}));

    expect(pick(applications[0]?.object, 'metadata', 'finalizers')).toEqual(finalizers);
  });

  test('takes a template as it stands where there are no parameters', async () => {
    expect(await generated(`${list('[{}]')}${template('{{name}}')}`)).toEqual(['{{name}} -> c/ns apps@HEAD']);
  });

  test('keeps the first of several applications of one name', async () => {
    expect(await generated(`${list('[{a: x}, {a: z}]')}${template('same', '{{a}}')}`)).toEqual([
      'same -> c/ns x@HEAD',
      'argocd-invalid:7 ApplicationSet set contains applications with duplicate name: same',
    ]);
  });

  test('tells of an Application that Argo CD refuses, and gives the others', async () => {
    const declared = await declareSet(
      `${list('[{name: a, path: /x}, {name: b, path: x}]')}${template('{{name}}', '{{path}}')}`,
      testWorld({}),
    );

    expect(summary(declared)).toEqual(['b -> c/ns x@HEAD', 'argocd-invalid:1 /x: app path is absolute']);
    expect(declared.unknown).toEqual(['Application a']);
  });

  test.each([
    ['no generators', template('x'), 'argocd-invalid:4 spec.generators: Required value'],
    ['no template', list('[]'), 'argocd-invalid:4 spec.template: Required value'],
    [
      'a tag that never ends',
      `${list('[{a: b}]')}${template('{{a}} {{b')}`,
      'argocd-invalid:6 invalid template: Cannot find end tag="}}" in the template="{{a}} {{b"',
    ],
  ])('with %s gives none', async (_title, spec, message) => {
    expect(await generated(spec)).toEqual([message]);
  });

  test('is known to give too many', async () => {
    expect(
      await generated(`${list('[{a: x}, {a: z}]')}${template('{{a}}')}`, testWorld({}, { maxApplications: 1 })),
    ).toEqual(['argocd-incomplete:5 the ApplicationSet gives more than 1 applications']);
  });

  test('is patched for each set of parameters', async () => {
    const spec = `${list('[{name: a, prune: "true"}]')}${template('{{name}}')}templatePatch: |
  spec:
    project: other
    syncPolicy:
      automated: {prune: {{prune}}}
    source: {kustomize: {namePrefix: '{{name}}-'}}
`;

    const { applications } = await declareSet(spec, testWorld({}));

    expect(applications).toMatchObject([{ project: 'default', sources: [{ kustomize: { namePrefix: 'a-' } }] }]);
    expect(pick(applications[0]?.object, 'spec', 'syncPolicy', 'automated', 'prune')).toBe(true);
  });

  test('with a patch that is none gives none', async () => {
    expect(await generated(`${list('[{a: b}]')}${template('x')}templatePatch: '- {{a}}'\n`)).toEqual([
      'argocd-invalid:12 error while applying templatePatch: it is no object',
    ]);
  });

  test('an aborted signal ends it, and is no finding', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    const world = { ...testWorld({}), fetchTree: async () => Promise.reject(aborted.reason) };
    const [set] = applicationSet(`generators: [git: {repoURL: ${ownUrl}, directories: [{path: x}]}]\n${template('x')}`);
    if (set?.source === undefined || set.source === null) throw new Error('no set');

    await expect(generateApplications({ ...set, source: set.source }, world, aborted)).rejects.toThrow('enough');
  });
});

describe('an ApplicationSet of Go templates', () => {
  const world = (files: Readonly<Record<string, string>> = {}) =>
    testWorld(files, {
      goTemplates,
      clusters: [cluster('dev', { env: 'dev', 'a.b/c': 'x' }), cluster('prod', { env: 'prod' })],
    });
  const git = (lines: string) => `generators: [git: {repoURL: ${ownUrl}, revision: HEAD, ${lines}}]\n`;

  test('takes parameters of any depth, and text that is none as it is', async () => {
    const spec = `${go}${list('[{cluster: {name: dev, port: 1000000}, active: true}]')}${template('{{.cluster.name}}-{{.active}}-{{if .active}}yes{{end}}', '{{.cluster.port}}{{ "{{x}}" }}')}`;

    expect(await generated(spec, world())).toEqual(['dev-true-yes -> c/ns 1e+06{{x}}@HEAD']);
  });

  test("has sprig's functions and Argo CD's own", async () => {
    const spec = `${go}${list('[{name: "My Team_a", yaml: "a: {b: 1}"}]')}${template('{{.name | normalize}} {{slugify 4 false .name}} {{slugify .name}} {{.name | upper | trunc 2}} {{(fromYaml .yaml).a.b}} {{index (fromYamlArray "[x, z]") 1}} {{dict "k" 1 | toYaml}} {{default "d" ""}}')}`;

    expect(await generated(spec, world())).toEqual(['my-team-a my-t my-team-a MY 1 z k: 1 d -> c/ns apps@HEAD']);
  });

  test.each(['env "HOME"', 'expandenv "$HOME"', 'getHostByName "a"'])('has no %s', async (call) => {
    const [line] = await generated(`${go}${list('[{a: b}]')}${template(`{{${call.replaceAll('"', '`')}}}`)}`, world());

    expect(line).toMatch(/^argocd-invalid:8 failed to parse template .*function "\w+" not defined/);
  });

  test('tells of a parameter that is not there, if asked to', async () => {
    const spec = `${list('[{a: b}]')}${template('x{{.nope}}')}`;

    expect(await generated(`goTemplate: true\n${spec}`, world())).toEqual(['x<no value> -> c/ns apps@HEAD']);
    expect((await generated(go + spec, world()))[0]).toMatch(
      /^argocd-invalid:8 failed to execute go template x\{\{.nope\}\}: .*map has no entry for key "nope"/,
    );
  });

  test('has the folders of Git as a path with segments', async () => {
    const spec = `${go}${git('directories: [{path: apps/*}], values: {count: "{{len .path.segments}}"}')}${template('{{.path.basename}}-{{index .path.segments 0}}-{{.values.count}}-{{.path.basenameNormalized}}', '{{.path.path}}')}`;

    expect(await generated(spec, world({ 'apps/Web/x.yaml': '' }))).toEqual(['Web-apps-2-web -> c/ns apps/Web@HEAD']);
  });

  test('has them under a name of their own with a prefix', async () => {
    const spec = `${go}${git('directories: [{path: apps/*}], pathParamPrefix: app')}${template('{{.app.path.basename}}')}`;

    expect(await generated(spec, world({ 'apps/web/x.yaml': '' }))).toEqual(['web -> c/ns apps@HEAD']);
  });

  test('has the files of Git as they are', async () => {
    const spec = `${go}${git('files: [{path: "**/config.yaml"}]')}${template('{{.team.name}}-{{range .tags}}{{.}}{{end}}-{{.path.filename}}', '{{.path.path}}')}`;

    expect(await generated(spec, world({ 'a/config.yaml': 'team: {name: x}\ntags: [1, 2]\n' }))).toEqual([
      'x-12-config.yaml -> c/ns a@HEAD',
    ]);
  });

  test('has clusters with their labels, in one list if asked to', async () => {
    const labelled = `${go}generators: [clusters: {selector: {matchLabels: {env: dev}}}]\n${template('{{.name}}-{{index .metadata.labels "a.b/c"}}')}`;
    const flat = `${go}generators: [clusters: {flatList: true}]\n${template('{{range .clusters}}{{.name}}.{{end}}')}`;

    expect(await generated(labelled, world())).toEqual(['dev-x -> c/ns apps@HEAD']);
    expect(await generated(flat, world())).toEqual(['dev.prod.in-cluster. -> c/ns apps@HEAD']);
  });

  test('selects by parameters of any depth', async () => {
    const spec = `${go}generators:
  - clusters: {selector: {matchExpressions: [{key: x, operator: DoesNotExist}]}}
    selector: {matchLabels: {metadata.labels.env: prod}}
${template('{{.name}}')}`;

    expect(await generated(spec, world())).toEqual(['prod -> c/ns apps@HEAD']);
  });

  test('puts parameters of the first generator of a matrix into the second, whose own values wait', async () => {
    const spec = `${go}generators:
  - matrix:
      generators:
        - git: {repoURL: ${ownUrl}, revision: HEAD, files: [{path: '*/config.yaml'}]}
        - clusters:
            selector: {matchLabels: {env: '{{.env}}'}}
            values: {owner: '{{.team}}', of: '{{.name}}'}
${template('{{.path.basename}}-{{.name}}-{{.values.owner}}-{{.values.of}}')}`;

    expect(await generated(spec, world({ 'web/config.yaml': 'env: prod\nteam: a\n' }))).toEqual([
      'web-prod-a-prod -> c/ns apps@HEAD',
    ]);
  });

  test('merges deep, and in a matrix the first generator wins', async () => {
    const merged = `${go}generators: [merge: {mergeKeys: [name], generators: [list: {elements: [{name: a, v: {k: "1", m: "1"}}]}, list: {elements: [{name: a, v: {m: "2"}}]}]}]\n${template('{{.name}}-{{.v.k}}{{.v.m}}')}`;
    const matrix = `${go}generators: [matrix: {generators: [list: {elements: [{v: {k: "1"}}]}, list: {elements: [{v: {k: "2", m: "2"}}]}]}]\n${template('{{.v.k}}{{.v.m}}')}`;

    expect(await generated(merged, world())).toEqual(['a-12 -> c/ns apps@HEAD']);
    expect(await generated(matrix, world())).toEqual(['12 -> c/ns apps@HEAD']);
  });

  test('is patched by a template with loops', async () => {
    const spec = `${go}${list('[{name: a, files: [x.yaml, y.yaml]}, {name: b, files: []}]')}${template('{{.name}}')}templatePatch: |
  {{- if .files }}
  spec:
    source:
      helm:
        valueFiles:
        {{- range .files }}
          - {{ . }}
        {{- end }}
  {{- end }}
`;

    const { applications } = await declareSet(spec, world());

    expect(applications.map(({ sources }) => sources[0]?.helm?.valuesFiles)).toEqual([['x.yaml', 'y.yaml'], undefined]);
  });

  test('that has options there are not gives none', async () => {
    const spec = `goTemplate: true\ngoTemplateOptions: [x=y]\n${list('[{a: b}]')}${template('{{.a}}')}`;

    const [line] = await generated(spec, world());

    expect(line).toMatch(/^argocd-incomplete:5 .*unrecognized option: x=y/);
  });

  test.each([
    ['never ends', '{{range until 100000}}{{range until 100000}}{{end}}{{end}}', /did not end in time/],
    ['writes without end', '{{repeat 20000000 "x"}}', /the output is too large/],
  ])('that %s is stopped, and the next one is well', async (_title, text, message) => {
    const impatient = testGoTemplates(2_000);
    const strict = { ...world(), goTemplates: impatient };

    const [line] = await generated(`${go}${list('[{a: b}]')}${template(text.replaceAll('"', '`'))}`, strict);
    const after = await generated(`${go}${list('[{a: b}]')}${template('{{.a}}')}`, strict);
    await impatient.close();

    expect(line).toMatch(message);
    expect(after).toEqual(['b -> c/ns apps@HEAD']);
  });

  test('whose module is missing cannot be told', async () => {
    const absent = createGoTemplates({
      locate: async () => {
        throw new FairleadError({ code: 'module-missing', message: 'No Go.', subject: 'x', remedy: 'Install Go.' });
      },
      deadlineMs: 1_000,
      maxMemoryMb: 256,
    });
    const spec = `${go}${list('[{a: b}]')}${template('{{.a}}')}`;

    const declared = await declareSet(spec, { ...world(), goTemplates: absent });

    expect(declared.unknown).toEqual(['ApplicationSet set']);
    expect(declared.findings).toMatchObject([{ rule: 'argocd-incomplete', message: 'No Go.', fix: 'Install Go.' }]);
  });
});
