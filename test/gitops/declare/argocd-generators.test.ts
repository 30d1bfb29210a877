import { describe, expect, test } from '@jest/globals';
import { cluster, declareSet, generated, ownUrl, summary, template, testWorld } from './argocd-support.ts';

describe('the list generator', () => {
  test('gives an application for each element', async () => {
    const spec = `generators:
  - list:
      elements:
        - {cluster: dev, url: https://1.2.3.4}
        - {cluster: prod, url: https://2.4.6.8, values: {tier: gold}}
${template('{{cluster}}-{{values.tier}}', 'apps/{{ cluster }}', "server: '{{url}}'")}`;

    expect(await generated(spec)).toEqual([
      'dev-{{values.tier}} -> https://1.2.3.4/ns apps/dev@HEAD',
      'prod-gold -> https://2.4.6.8/ns apps/prod@HEAD',
    ]);
  });

  test('takes elements as YAML', async () => {
    const spec = `generators:
  - list:
      elements: []
      elementsYaml: |
        - {name: a}
        - {name: b}
${template('{{name}}')}`;

    expect(await generated(spec)).toEqual(['a -> c/ns apps@HEAD', 'b -> c/ns apps@HEAD']);
  });

  test.each([
    [
      'a number',
      '{name: a, port: 80}',
      'error parsing value as string: 80 is none; without goTemplate every value is text',
    ],
    ['values that are none', '{name: a, values: x}', 'error parsing values map'],
  ])('refuses %s', async (_title, element, message) => {
    const spec = `generators:\n  - list:\n      elements:\n        - ${element}\n${template('{{name}}')}`;

    expect(await generated(spec)).toEqual([`argocd-invalid:8 ${message}`]);
  });

  test('a selector leaves out what it does not choose', async () => {
    const elements = '[{name: a, env: dev}, {name: b, env: prod}, {name: c, env: test}]';
    const select = (selector: string) =>
      generated(`generators:\n  - list: {elements: ${elements}}\n    selector: ${selector}\n${template('{{name}}')}`);

    expect(await select('{matchLabels: {env: prod}}')).toEqual(['b -> c/ns apps@HEAD']);
    expect(await select('{matchExpressions: [{key: env, operator: NotIn, values: [prod, test]}]}')).toEqual([
      'a -> c/ns apps@HEAD',
    ]);
    expect(await select('{matchExpressions: [{key: tier, operator: DoesNotExist}]}')).toHaveLength(3);
    expect(await select('{matchExpressions: [{key: env, operator: Gt, values: [a]}]}')).toEqual([
      'argocd-invalid:5 "Gt" is not a valid pod selector operator',
    ]);
  });

  test("the generator's own template comes before the set's", async () => {
    const spec = `generators:
  - list:
      elements: [{name: a}]
      template:
        metadata: {}
        spec:
          project: other
          source: {repoURL: '', targetRevision: v1, path: '{{name}}-override'}
          destination: {}
${template('{{name}}')}`;

    const { applications } = await declareSet(spec, testWorld({}));

    expect(applications).toMatchObject([
      {
        name: 'a',
        project: 'other',
        destination: { cluster: 'c' },
        sources: [{ place: { url: 'https://a.example/other', revision: 'v1', path: 'a-override' } }],
      },
    ]);
  });
});

describe('the cluster generator', () => {
  const clusters = [cluster('dev', { env: 'dev', rev: 'HEAD' }), cluster('prod', { env: 'prod', rev: 'stable' })];

  test('gives every cluster, and the own one last', async () => {
    expect(
      await generated(
        `generators: [clusters: {}]\n${template('x-{{nameNormalized}}', 'a', "server: '{{server}}'")}`,
        testWorld({}, { clusters }),
      ),
    ).toEqual([
      'x-dev -> https://dev.example/ns a@HEAD',
      'x-prod -> https://prod.example/ns a@HEAD',
      'x-in-cluster -> https://kubernetes.default.svc/ns a@HEAD',
    ]);
  });

  test('chooses by labels of the Secret, and then never the own one without a Secret', async () => {
    const spec = `generators:
  - clusters:
      selector: {matchLabels: {argocd.argoproj.io/secret-type: cluster, env: prod}}
      values: {revision: '{{metadata.labels.rev}}', twice: '{{values.revision}}'}
${template('{{name}}-{{values.revision}}-{{values.twice}}')}`;

    expect(await generated(spec, testWorld({}, { clusters }))).toEqual([
      'prod-stable-{{values.revision}} -> c/ns apps@HEAD',
    ]);
  });

  test("does not give Argo CD's own state as annotations", async () => {
    const own = {
      ...cluster('dev'),
      annotations: { team: 'a', 'argocd.argoproj.io/refresh': 'x' },
    };
    const name = '{{metadata.annotations.team}}{{metadata.annotations.argocd.argoproj.io/refresh}}';

    expect(
      await generated(
        `generators: [clusters: {selector: {matchExpressions: [{key: x, operator: DoesNotExist}]}}]\n${template(name)}`,
        testWorld({}, { clusters: [own] }),
      ),
    ).toEqual(['a{{metadata.annotations.argocd.argoproj.io/refresh}} -> c/ns apps@HEAD']);
  });

  test('cannot tell where the clusters are not known', async () => {
    const declared = await declareSet(
      `generators: [clusters: {}]\n${template('{{name}}')}`,
      testWorld({}, { clusters: null }),
    );

    expect(declared).toMatchObject({ applications: [], unknown: ['ApplicationSet set'] });
    expect(summary(declared)).toEqual([
      'argocd-incomplete:5 the cluster generator needs the clusters that Argo CD knows, and they are not known here',
    ]);
    expect(declared.findings[0]?.fix).toBe(
      'Name this Argo CD under argocd in the file of the server, or write its clusters under argocd.clusters in .fairlead.yaml.',
    );
  });
});

describe('the matrix generator', () => {
  const clusters = [cluster('dev'), cluster('prod')];
  const dirs = { 'apps/web/x.yaml': '', 'apps/db/x.yaml': '' };

  test('gives every pair', async () => {
    const spec = `generators:
  - matrix:
      generators:
        - git: {repoURL: ${ownUrl}, revision: HEAD, directories: [{path: apps/*}]}
        - clusters: {selector: {matchExpressions: [{key: x, operator: DoesNotExist}]}}
${template('{{path.basename}}-{{name}}', '{{path}}', "server: '{{server}}'")}`;

    expect(await generated(spec, testWorld(dirs, { clusters }))).toEqual([
      'db-dev -> https://dev.example/ns apps/db@HEAD',
      'db-prod -> https://prod.example/ns apps/db@HEAD',
      'web-dev -> https://dev.example/ns apps/web@HEAD',
      'web-prod -> https://prod.example/ns apps/web@HEAD',
    ]);
  });

  test('the second generator may use parameters of the first, in its values too', async () => {
    const spec = `generators:
  - matrix:
      generators:
        - list: {elements: [{env: dev, team: a}]}
        - clusters:
            selector: {matchLabels: {env: '{{env}}'}}
            values: {owner: '{{team}}', of: '{{name}}'}
${template('{{env}}-{{name}}-{{values.owner}}-{{values.of}}')}`;
    const known = [cluster('one', { env: 'dev' }), cluster('two', { env: 'prod' })];

    expect(await generated(spec, testWorld({}, { clusters: known }))).toEqual(['dev-one-a-one -> c/ns apps@HEAD']);
  });

  test.each([
    ['one generator', '[list: {elements: []}]', 'found less than two generators, Matrix support only two'],
    [
      'three',
      '[list: {elements: []}, list: {elements: []}, list: {elements: []}]',
      'found more than two generators, Matrix support only two',
    ],
    ['an entry of no kind', '[{}, list: {elements: []}]', 'child generator generated no parameters'],
    [
      'an entry of two',
      '[{list: {elements: []}, clusters: {}}, list: {elements: []}]',
      'found more than one generator in matrix.Generators',
    ],
    [
      'a key with two values',
      '[list: {elements: [{a: "1"}]}, list: {elements: [{a: "2"}]}]',
      'found duplicate key a with different value, a: 1 ,b: 2',
    ],
  ])('refuses %s', async (_title, generators, message) => {
    const spec = `generators: [matrix: {generators: ${generators}}]\n${template('x')}`;

    expect(await generated(spec)).toEqual([`argocd-invalid:5 ${message}`]);
  });

  test('may hold a matrix, but that no other', async () => {
    const list = (key: string) => `{list: {elements: [{${key}: "1"}]}}`;
    const nested = (inner: string) =>
      `generators: [matrix: {generators: [{matrix: {generators: [${inner}, ${list('b')}]}}, ${list('c')}]}]\n${template('{{a}}{{b}}{{c}}')}`;

    expect(await generated(nested(list('a')))).toEqual(['111 -> c/ns apps@HEAD']);
    expect(await generated(nested(`{matrix: {generators: [${list('a')}, ${list('d')}]}}`))).toEqual([
      'argocd-invalid:5 child generator generated no parameters',
    ]);
  });

  test('stops where there are too many', async () => {
    const list = `{list: {elements: [${Array.from({ length: 11 }, (_, n) => `{a: "${n}"}`).join(', ')}]}}`;
    const other = list.replaceAll('a:', 'b:');

    expect(
      await generated(`generators: [matrix: {generators: [${list}, ${other}]}]\n${template('{{a}}-{{b}}')}`),
    ).toEqual(['argocd-incomplete:5 the generator gives more than 100 sets of parameters']);
  });
});

describe('the merge generator', () => {
  const merge = (keys: string, ...entries: readonly string[]) =>
    `generators: [merge: {mergeKeys: ${keys}, generators: [${entries.join(', ')}]}]\n${template('{{name}}-{{kafka}}-{{redis}}')}`;
  const base =
    '{list: {elements: [{name: a, kafka: "true", redis: "false"}, {name: b, kafka: "true", redis: "false"}]}}';

  test('overrides parameters of the first by those of the others with the same keys', async () => {
    const spec = merge(
      '[name]',
      base,
      '{list: {elements: [{name: b, kafka: "false"}, {name: c}]}}',
      '{list: {elements: [{name: b, redis: "true"}]}}',
    );

    expect(await generated(spec)).toEqual(['a-true-false -> c/ns apps@HEAD', 'b-false-true -> c/ns apps@HEAD']);
  });

  test.each([
    ['no key', merge('[]', base, base), 'no merge keys were specified, Merge requires at least one'],
    ['one generator', merge('[name]', base), 'found less than two generators, Merge requires two or more'],
    [
      'keys that several share',
      merge('[kafka]', base, base),
      'the parameters from a generator were not unique by the given mergeKeys, Merge requires all param sets to be unique. Duplicate key was {"kafka":"true"}',
    ],
  ])('refuses %s', async (_title, spec, message) => {
    expect(await generated(spec)).toEqual([`argocd-invalid:5 ${message}`]);
  });
});
