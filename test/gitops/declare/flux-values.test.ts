import { describe, expect, test } from '@jest/globals';
import { readFluxHelmRelease } from '../../../src/formats/flux/helm-release.ts';
import { differingPointers } from '../../../src/gitops/declare/flux-secret-pointers.ts';
import { composeValues, withDummies } from '../../../src/gitops/declare/flux-values.ts';
import type { LookedUp } from '../../../src/gitops/declare/flux-variables.ts';
import { resourceOf } from '../../formats/flux/support.ts';

const head =
  'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec:\n' +
  '  chartRef: {kind: OCIRepository, name: web}\n';

/** The values of a release, and what of them the two renders with dummies tell apart. */
async function compose(spec: string, found: Readonly<Record<string, LookedUp>> = {}) {
  const release = readFluxHelmRelease(resourceOf(head + spec));
  if (!('kind' in release)) throw new Error(JSON.stringify(release));
  const composed = await composeValues(
    release,
    async (kind, namespace, name) => found[`${kind}/${namespace}/${name}`] ?? { kind: 'missing' },
  );
  const [one, other] = composed.dummies;
  const secret = differingPointers(one?.values[0] ?? {}, other?.values[0] ?? {});
  const changed = (one?.parameters ?? []).filter(({ value }, index) => value !== other?.parameters[index]?.value);
  return { ...composed, secret, secretParameters: changed.map(({ name }) => name) };
}

function yaml(text: string, key = 'values.yaml'): LookedUp {
  return { kind: 'values', values: { [key]: text } };
}

describe('values of a HelmRelease', () => {
  test('are merged in the order of their sources, those in the object over all', async () => {
    const { values, findings, secret } = await compose(
      '  valuesFrom: [{kind: ConfigMap, name: one}, {kind: ConfigMap, name: two, valuesKey: more}]\n  values: {a: {z: 9}, list: [3]}\n',
      {
        'ConfigMap/shop/one': yaml('a: {x: 1, v: 1}\nb: {deep: 1}\nlist: [1, 2]\n'),
        'ConfigMap/shop/two': yaml('a: {v: 2}\nb: flat\n', 'more'),
      },
    );

    expect(values).toEqual({ a: { x: 1, v: 2, z: 9 }, b: 'flat', list: [3] });
    expect([findings, secret]).toEqual([[], []]);
  });

  test('of Secrets are told by path, unless something takes their place', async () => {
    const { values, secret, secretParameters, parameters } = await compose(
      '  valuesFrom: [{kind: Secret, name: s}, {kind: Secret, name: p, valuesKey: k, targetPath: db.password}]\n  values: {b: plain}\n',
      {
        'Secret/shop/s': yaml('a: {x: hunter2, flag: true}\nb: secret\nlist: [1]\n'),
        'Secret/shop/p': yaml('"123"', 'k'),
      },
    );

    expect(values).toEqual({ a: { x: 'hunter2', flag: true }, b: 'plain', list: [1] });
    expect(secret).toEqual(['/a/x', '/a/flag', '/list/0']);
    expect(parameters).toEqual([{ name: 'db.password', value: '123', isString: true }]);
    expect(secretParameters).toEqual(['db.password']);
  });

  test.each<[string, LookedUp, string]>([
    ['that are missing', { kind: 'missing' }, 'flux-values-missing'],
    ['whose key is missing', yaml('a: 1', 'other'), 'flux-values-missing'],
    ['that are not to be read', { kind: 'secret', keys: null }, 'flux-values-hidden'],
    ['that are no map', yaml('text'), 'flux-values-invalid'],
    ['that are no YAML', yaml('a: ['), 'flux-values-invalid'],
  ])('%s are told with file and line', async (_, found, rule) => {
    const { findings, values } = await compose('  valuesFrom:\n    - {kind: Secret, name: s}\n  values: {a: 1}\n', {
      'Secret/shop/s': found,
    });

    expect(findings).toMatchObject([
      { rule, file: 'flux.yaml', line: 7, message: expect.stringContaining('Secret shop/s') },
    ]);
    expect(values).toEqual({ a: 1 });
  });

  test('that are optional may be missing', async () => {
    expect((await compose('  valuesFrom: [{kind: ConfigMap, name: v, optional: true}]\n')).findings).toEqual([]);
  });

  test('get dummies that keep their shape and differ in every scalar', () => {
    const values = { a: 'x', b: [1, true, null], c: {} };

    expect(withDummies(values, 'a')).toEqual({ a: 'a'.repeat(61), b: [11, true, null], c: {} });
    expect(withDummies(values, 'b')).toEqual({ a: 'b'.repeat(67), b: [13, false, null], c: {} });
  });
});
