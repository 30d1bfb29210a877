import { afterAll, describe, expect, test } from '@jest/globals';
import { substituteVariables } from '../../../src/gitops/declare/flux-substitute.ts';
import { gatherVariables, type LookedUp } from '../../../src/gitops/declare/flux-variables.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { resourcesOf } from '../../formats/flux/support.ts';
import { calm, kustomization, testSubstituter } from './support.ts';

const substituter = testSubstituter();
afterAll(() => substituter.close());

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

interface Case {
  readonly postBuild?: JsonObject;
  readonly found?: Readonly<Record<string, LookedUp>>;
  readonly isStrict?: boolean;
}

async function run(text: string, { postBuild, found = {}, isStrict = false }: Case) {
  const owner = kustomization(postBuild === undefined ? {} : { postBuild });
  const variables = await gatherVariables(owner, async (kind, namespace, name) => {
    expect(namespace).toBe('flux-system');
    return found[`${kind}/${name}`] ?? { kind: 'missing' };
  });
  const input = { kustomization: owner, variables, substituter, isStrict };
  const results = await substituteVariables(resourcesOf(text), input, calm);
  return {
    results,
    data: results[0]?.resource.object['data'],
    secret: results[0]?.secret,
    findings: variables.findings,
  };
}

describe('variables of a Kustomization', () => {
  test('are put into the text of each object, so that values change their type', async () => {
    const text = `${head}data:\n  port: \${PORT}\n  flag: "\${ON}"\n  text: "v\${PORT}"\n  none: \${NONE}\n`;

    const { data } = await run(text, { postBuild: { substitute: { PORT: '80', ON: 'true' } } });

    expect(data).toEqual({ port: 80, flag: true, text: 'v80', none: null });
  });

  test('take defaults, replacements and parts, and leave escaped ones', async () => {
    const text = `${head}data:\n  a: \${X:-one}\n  b: \${X:=two}\n  c: \${V/b/-}\n  d: \${V:1:2}\n  e: $\${V}\n  f: \${V^^}\n`;

    const { data } = await run(text, { postBuild: { substitute: { V: 'abcd' } } });

    expect(data).toEqual({ a: 'one', b: 'two', c: 'a-cd', d: 'bc', e: `\${V}`, f: 'ABCD' });
  });

  test('stay as they are without postBuild, and without any variable unless always', async () => {
    const text = `${head}data:\n  a: \${X:-one}\n`;

    expect((await run(text, {})).data).toEqual({ a: `\${X:-one}` });
    expect((await run(text, { postBuild: {} })).data).toEqual({ a: `\${X:-one}` });
    expect((await run(text, { postBuild: { substituteStrategy: 'Always' } })).data).toEqual({ a: 'one' });
  });

  test.each(['labels', 'annotations'])('stay in objects whose %s say so', async (field) => {
    const text = `${head}  ${field}: {kustomize.toolkit.fluxcd.io/substitute: disabled}\ndata: {a: "\${V}"}\n`;

    expect((await run(text, { postBuild: { substitute: { V: 'x' } } })).data).toEqual({ a: `\${V}` });
  });

  test('may change what an object is called', async () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "\${N}-a", namespace: "\${N}"}\n`;

    const { results } = await run(text, { postBuild: { substitute: { N: 'shop' } } });

    expect(results[0]?.resource.id).toMatchObject({ name: 'shop-a', namespace: 'shop' });
  });

  test('come from each source over the ones before, inline ones over all, without line ends', async () => {
    const text = `${head}data: {a: "\${A}", b: "\${B}", c: "\${C}"}\n`;
    const substituteFrom = [
      { kind: 'ConfigMap', name: 'one' },
      { kind: 'ConfigMap', name: 'two' },
      { kind: 'ConfigMap', name: 'gone', optional: true },
    ];

    const { data, findings } = await run(text, {
      postBuild: { substituteFrom, substitute: { C: 'in\nline' } },
      found: {
        'ConfigMap/one': { kind: 'values', values: { A: 'a1', B: 'b1', C: 'c1' } },
        'ConfigMap/two': { kind: 'values', values: { B: 'b2\n' } },
      },
    });

    expect(data).toEqual({ a: 'a1', b: 'b2', c: 'inline' });
    expect(findings).toEqual([]);
  });

  test('of a source that is missing are told with their line, and count as not known', async () => {
    const text = `${head}data: {a: "\${A}"}\n`;

    const { findings, secret } = await run(text, {
      postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'gone' }] },
    });

    expect(findings).toMatchObject([
      {
        rule: 'flux-variables-missing',
        severity: 'caution',
        file: 'flux.yaml',
        message: expect.stringContaining('ConfigMap flux-system/gone'),
      },
    ]);
    expect(findings[0]?.line).toBeGreaterThan(1);
    expect(secret).toEqual(['/data/a']);
  });

  test('with a name that Flux refuses stop everything', async () => {
    await expect(run(head, { postBuild: { substitute: { 'a-b': 'x' } } })).rejects.toMatchObject({
      code: 'render-failed',
      message: 'Kustomization apps: "a-b" cannot be the name of a variable.',
    });
  });

  test('in a broken expression stop everything, with the place and what the library says', async () => {
    const text = `${head}data: {a: "\${V"}\n`;

    await expect(run(text, { postBuild: { substitute: { V: 'x' } } })).rejects.toMatchObject({
      code: 'render-failed',
      subject: 'flux.yaml:1',
      message:
        'Kustomization apps: variables cannot be put into ConfigMap a: variable substitution failed: missing closing brace.',
    });
  });

  test('that are not given are empty, or with the strict gate a fault', async () => {
    const text = `${head}data: {a: "x\${GONE}"}\n`;
    const postBuild = { substitute: { V: 'x' } };

    expect((await run(text, { postBuild })).data).toEqual({ a: 'x' });
    await expect(run(text, { postBuild, isStrict: true })).rejects.toThrow('variable not set (strict mode): "GONE"');
  });
});

describe('values of Secrets', () => {
  const postBuild = { substituteFrom: [{ kind: 'Secret', name: 'keys' }], substitute: { PLAIN: 'p' } };
  const text = `${head}data:\n  a: "\${KEY}"\n  b: x\${KEY:0:1}y\n  c: \${PLAIN}\n  d: \${#KEY}\n  "e\${KEY}": f\nlist:\n  - \${PLAIN}\n  - deep: {x: "\${KEY^^}"}\n`;

  test('are found wherever they went, changed or in part', async () => {
    const found = { 'Secret/keys': { kind: 'values', values: { KEY: 'hunter2' } } } as const;
    const plain = text.replace(`  "e\${KEY}": f\n`, '');

    const { secret, data } = await run(plain, { postBuild, found });

    expect(secret?.toSorted()).toEqual(['/data/a', '/data/b', '/data/d', '/list/1/deep/x']);
    expect(data).toMatchObject({ a: 'hunter2', c: 'p', d: 7 });
  });

  test('that make an object no YAML are not told by the fault', async () => {
    const found = { 'Secret/keys': { kind: 'values', values: { KEY: '*hunter2' } } } as const;

    const failing = run(`${head}data: {a: "\${KEY}"}\n`, { postBuild, found });

    await expect(failing).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.not.stringContaining('hunter2'),
    });
  });

  test('in an expression that is broken anyway are no reason to keep the words back', async () => {
    const found = { 'Secret/keys': { kind: 'values', values: { KEY: 'hunter2' } } } as const;

    await expect(run(`${head}data: {a: "\${KEY"}\n`, { postBuild, found })).rejects.toThrow('missing closing brace');
  });

  test('in a key hide the whole object around it', async () => {
    const found = { 'Secret/keys': { kind: 'values', values: { KEY: 'hunter2' } } } as const;

    expect((await run(text, { postBuild, found })).secret?.toSorted()).toEqual(['/data', '/list/1/deep/x']);
  });

  test.each([[['KEY']], [null]])('that are not to be read (keys %j) stand as dummies', async (keys) => {
    const { secret, data } = await run(`${head}data: {a: "\${KEY}", c: "\${PLAIN}"}\n`, {
      postBuild,
      found: { 'Secret/keys': { kind: 'secret', keys } },
    });

    expect(secret).toEqual(['/data/a']);
    expect(data).toMatchObject({ c: 'p' });
  });

  test('that a plain value takes the place of are no secret any more', async () => {
    const found = { 'Secret/keys': { kind: 'secret', keys: ['PLAIN'] } } as const;

    expect((await run(`${head}data: {c: "\${PLAIN}"}\n`, { postBuild, found })).secret).toEqual([]);
  });
});
