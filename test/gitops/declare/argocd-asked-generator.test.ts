import { afterAll, describe, expect, test } from '@jest/globals';
import { argoCdItself, recentArgoCd } from '../../../src/gitops/declare/argocd-itself.ts';
import type { ArgoCdApi } from '../../../src/model/argocd-api.ts';
import { BorderError } from '../../../src/model/error.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { declareSet, generated, summary, template, testGoTemplates, testWorld } from './argocd-support.ts';

const goTemplates = testGoTemplates();
afterAll(() => goTemplates.close());

const kinds = [
  ['scmProvider', 'the API of a forge'],
  ['pullRequest', 'the API of a forge'],
  ['plugin', 'a plugin over HTTP'],
  ['clusterDecisionResource', 'an object in its cluster'],
] as const;

/** An Argo CD that gives these parameters, and hears what it is asked. */
function giving(...parameters: readonly JsonObject[]) {
  const heard: JsonObject[] = [];
  const applications = parameters.map((one) => ({
    metadata: { annotations: { 'fairlead.dev/parameters': JSON.stringify(one) } },
  }));
  const generate: ArgoCdApi['generate'] = async (set) => {
    heard.push(set);
    return applications;
  };
  return { heard, ...worldOf({ generate }) };
}

function worldOf(api: Partial<ArgoCdApi>) {
  const never = () => Promise.reject(new Error('not asked for'));
  const whole = { generate: never, application: never, manifests: never, version: never, may: never, ...api };
  return { world: testWorld({}, { goTemplates, itself: argoCdItself(whole, undefined) }) };
}

describe('a generator that asks the outside is not evaluated', () => {
  test.each(kinds)('%s, where no Argo CD is named', async (kind, asked) => {
    const declared = await declareSet(`generators: [{${kind}: {}}]\n${template('x')}`, testWorld({}));

    expect(declared.unknown).toEqual(['ApplicationSet set']);
    expect(summary(declared)).toEqual([
      `argocd-incomplete:5 the ${kind} generator asks ${asked}, which only Argo CD itself can do; its API is not named here`,
    ]);
    expect(declared.findings[0]?.fix).toContain('argocd.url');
  });

  test('for a head that nobody trusted: nothing is asked', async () => {
    const never = () => Promise.reject(new Error('asked'));
    const api = { generate: never, application: never, manifests: never, version: never, may: never };
    const world = testWorld({}, { itself: argoCdItself(api, 'the pull comes from a fork') });

    const declared = await declareSet(`generators: [{plugin: {}}]\n${template('x')}`, world);

    expect(declared.unknown).toEqual(['ApplicationSet set']);
    expect(declared.findings).toMatchObject([
      {
        message: expect.stringMatching(/it is not asked, as the pull comes from a fork$/),
        fix: expect.stringContaining('/fairlead ok-to-test'),
      },
    ]);
  });

  test('where Argo CD refuses: its words and what to do', async () => {
    const fault = { kind: 'forbidden', status: 403, code: 'argocd-forbidden', subject: 'argocd.example' } as const;
    const words = { message: 'Argo CD at argocd.example did not: permission denied.', remedy: 'Grant it.' };
    const { world } = worldOf({ generate: () => Promise.reject(new BorderError({ ...fault, ...words })) });

    const declared = await declareSet(`generators: [{plugin: {}}]\n${template('x')}`, world);

    expect(declared.unknown).toEqual(['ApplicationSet set']);
    expect(declared.findings).toMatchObject([
      { rule: 'argocd-incomplete', line: 5, message: words.message, fix: words.remedy },
    ]);
  });

  test.each<[string, Json]>([
    ['no annotations', {}],
    ['no parameters', { annotations: { 'fairlead.dev/parameters': '[1]' } }],
    ['no JSON', { annotations: { 'fairlead.dev/parameters': '{{ toJson . }}' } }],
  ])('where the answer has %s', async (_title, metadata) => {
    const { world } = worldOf({ generate: async () => [{ metadata }] });

    expect(await generated(`generators: [{plugin: {}}]\n${template('x')}`, world)).toEqual([
      'argocd-incomplete:5 Argo CD gave no parameters of the plugin generator that can be read',
    ]);
  });

  test('where a Go template uses what the plugin was told, which Go writes as bytes', async () => {
    const { world, heard } = giving({ name: 'a' });
    const spec = `generators: [{plugin: {}}]\n${template('{{ index .generator.input.parameters "x" }}')}`;

    const found = await declareSet(`goTemplate: true\n${spec}`, world);

    expect(found.findings).toMatchObject([
      { rule: 'argocd-incomplete', message: expect.stringContaining('(.generator)'), line: 6 },
    ]);
    expect(heard).toEqual([]);
  });

  test('where a matrix would ask too often', async () => {
    const elements = Array.from({ length: 51 }, (_, index) => `{n: '${index}'}`).join(', ');
    const { world, heard } = giving();
    const spec = `generators: [matrix: {generators: [list: {elements: [${elements}]}, {merge: {mergeKeys: [n], generators: [{plugin: {}}, {plugin: {}}]}}]}]\n${template('x')}`;

    expect(await generated(spec, world)).toEqual([
      'argocd-incomplete:5 Argo CD would be asked 51 times; it is asked 50 times at most',
    ]);
    expect(heard).toEqual([]);
  });
});

describe('what Argo CD is asked', () => {
  test('a set of the one generator, of the name, namespace and project of the real one', async () => {
    const { world, heard } = giving();
    const plugin =
      '{configMapRef: {name: p}, requeueAfterSeconds: 9, values: {a: b}, template: {metadata: {name: no}}}';

    await generated(`generators: [{plugin: ${plugin}}]\n${template('x')}`, world);

    const metadata = { name: 'set', annotations: { 'fairlead.dev/parameters': '{{ toJson . }}' } };
    expect(heard).toEqual([
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationSet',
        metadata: { name: 'set', namespace: 'argocd' },
        spec: {
          goTemplate: true,
          generators: [{ plugin: { configMapRef: { name: 'p' } } }],
          template: { metadata, spec: { project: 'default', destination: {} } },
        },
      },
    ]);
  });

  test('a second generator of a matrix with the parameters of the first, and a plain project', async () => {
    const { world, heard } = giving({ number: '7' });
    const pulls = '{pullRequest: {github: {owner: acme, repo: "{{repo}}"}}}';
    const spec = `generators: [matrix: {generators: [list: {elements: [{repo: shop}]}, ${pulls}]}]\n${template('{{repo}}-{{number}}')}`;

    const found = await generated(spec.replace('project: default', "project: '{{repo}}'"), world);

    expect(found).toEqual(['shop-7 -> c/ns apps@HEAD']);
    expect(heard).toMatchObject([
      {
        spec: {
          generators: [{ pullRequest: { github: { owner: 'acme', repo: 'shop' } } }],
          template: { spec: { project: 'default' } },
        },
      },
    ]);
  });

  test('the same is asked once for a minute, faults excepted', async () => {
    let [asked, time] = [0, 0];
    const generate: ArgoCdApi['generate'] = async () => {
      asked += 1;
      if (asked === 1) throw new Error('once');
      return [{ big: 12345678901234567890n }];
    };
    const never = () => Promise.reject(new Error('not asked for'));
    const api = { generate, application: never, manifests: never, version: never, may: never };
    const recent = recentArgoCd(api, () => new Date(time));
    const { signal } = new AbortController();

    await expect(recent.generate({ a: 1, b: 2 }, signal)).rejects.toThrow('once');
    await Promise.all([recent.generate({ a: 1, b: 2 }, signal), recent.generate({ b: 2, a: 1 }, signal)]);
    expect(asked).toBe(2);
    await recent.generate({ a: 1, b: 3 }, signal);
    expect(asked).toBe(3);
    time = 60_001;
    await recent.generate({ a: 1, b: 2 }, signal);
    expect(asked).toBe(4);
    recent.close();
  });
});

describe('the Helm of Argo CD', () => {
  const never = () => Promise.reject(new Error('not asked for'));
  const answering = (version: ArgoCdApi['version']) =>
    recentArgoCd({ generate: never, application: never, manifests: never, may: never, version }, () => new Date(0));
  const { signal } = new AbortController();

  test('is asked for once', async () => {
    let asked = 0;
    const recent = answering(async () => {
      asked += 1;
      return { argocd: 'v3.3.0', helm: 'v3.19.0', kustomize: '' };
    });

    expect([await recent.helm(signal), await recent.helm(signal), asked]).toEqual(['helm3', 'helm3', 1]);
  });

  test('is not known where there is no answer, and that holds for a while too', async () => {
    let asked = 0;
    const recent = answering(async () => {
      asked += 1;
      throw new Error('silence');
    });

    expect([await recent.helm(signal), await recent.helm(signal), asked]).toEqual([null, null, 1]);
  });
});

const go = 'goTemplate: true\n';

describe('what Argo CD gives goes on here', () => {
  const plugin = {
    name: 'web',
    deep: { er: [1.5, 'v'] },
    big: 12345678,
    none: null,
    generator: { input: { parameters: null } },
  };

  test('with its shape where the set has Go templates', async () => {
    const { world } = giving(plugin);
    const named = template('{{ .name }}-{{ index .deep.er 1 }}-{{ .values.own }}');

    const found = await generated(`${go}generators: [{plugin: {values: {own: "x{{ .deep.er }}"}}}]\n${named}`, world);

    expect(found).toEqual(['web-v-x[1.5 v] -> c/ns apps@HEAD']);
  });

  test('as texts under joined names where it has none', async () => {
    const { world } = giving(plugin);
    const named = template('{{name}}-{{deep.er.0}}-{{deep.er.1}}-{{big}}-{{none}}-{{values.own}}-{{generator}}');

    const found = await generated(`generators: [{plugin: {values: {own: "x{{ deep.er.1 }}"}}}]\n${named}`, world);

    expect(found).toEqual(['web-1.5-v-1.2345678e+07-<nil>-xv-{{generator}} -> c/ns apps@HEAD']);
  });

  test('selectors choose among it', async () => {
    const { world } = giving({ name: 'a', env: 'dev' }, { name: 'b', env: 'prod' });

    const spec = `generators: [{scmProvider: {}, selector: {matchLabels: {env: prod}}}]\n${template('{{name}}')}`;

    expect(await generated(spec, world)).toEqual(['b -> c/ns apps@HEAD']);
  });

  test('labels of pulls are for Go templates only, none of them being a list', async () => {
    const { world } = giving({ number: '1', labels: null }, { number: '2', labels: ['x', 'y'] });

    expect(
      await generated(`${go}generators: [{pullRequest: {}}]\n${template('{{ .number }}{{ .labels }}')}`, world),
    ).toEqual(['1[] -> c/ns apps@HEAD', '2[x y] -> c/ns apps@HEAD']);
    expect(await generated(`generators: [{pullRequest: {}}]\n${template('{{number}}{{labels}}')}`, world)).toEqual([
      '1{{labels}} -> c/ns apps@HEAD',
      '2{{labels}} -> c/ns apps@HEAD',
    ]);
  });

  test('values of a clusterDecisionResource are no templates', async () => {
    const { world } = giving({ name: 'c1', server: 'https://c1.example' });
    const values = '{clusterDecisionResource: {values: {own: "{{name}}"}}}';

    expect(await generated(`generators: [${values}]\n${template('{{name}}-{{values.own}}')}`, world)).toEqual([
      'c1-{{name}} -> c/ns apps@HEAD',
    ]);
  });
});
