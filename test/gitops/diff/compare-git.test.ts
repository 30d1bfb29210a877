import { expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { compareGit } from '../../../src/gitops/diff/compare-git.ts';
import { noSchema } from '../../../src/gitops/diff/compare-paths.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { formatPath } from '../../../src/model/path.ts';
import type { Resource } from '../../../src/model/resource.ts';

const redactor = createRedactor({ key: Buffer.alloc(32, 1) });

function compare(base: readonly Resource[], head: readonly Resource[]): readonly string[] {
  const changes = compareGit(
    { target: 't', base, head },
    { schemaOf: () => noSchema, maskObject: (object) => redactor.maskObject(object) },
  );
  return changes.flatMap(({ part, action, resource, paths }) => {
    const start = `${part} ${action} ${resource.kind} ${resource.name}`;
    return paths.length === 0
      ? [start]
      : paths.map(
          ({ path, before, after, cause }) =>
            `${start} ${formatPath(path)} ${JSON.stringify(before)} -> ${JSON.stringify(after)} ${cause}`,
        );
  });
}

function thing(name: string, rest: JsonObject, random: readonly string[] = []): Resource {
  const { kind = 'ConfigMap' } = rest;
  return {
    id: { group: '', version: 'v1', kind: String(kind), namespace: 'shop', name },
    object: { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, ...rest },
    source: null,
    lines: new Map(),
    random,
  };
}

test('without a cluster objects are created, updated and deleted as Git says', () => {
  const base = [thing('same', { data: { a: '1' } }), thing('changed', { data: { a: '1' } }), thing('gone', {})];
  const head = [thing('new', {}), thing('changed', { data: { a: '2' } }), thing('same', { data: { a: '1', b: null } })];

  expect(compare(base, head)).toEqual([
    'pull create ConfigMap new',
    'pull update ConfigMap changed data.a "1" -> "2" git',
    'pull delete ConfigMap gone',
  ]);
});

test('a Secret shows its keys alone, and moving a value from data to stringData is no change', () => {
  const base = thing('s', { kind: 'Secret', data: { a: 'dmFsdWUtb25l', b: 'dmFsdWUtdHdv' } });
  const head = thing('s', { kind: 'Secret', stringData: { a: 'value-one', b: 'value-three' } });

  expect(compare([base], [head])).toEqual(['pull update Secret s data.b "(hidden)" -> "(hidden, changed)" git']);
});

test('values that every render makes anew are left out', () => {
  const base = thing('s', { kind: 'Secret', stringData: { token: 'r1', a: 'same' } }, ['/stringData/token']);
  const head = thing('s', { kind: 'Secret', stringData: { token: 'r2', a: 'same' } }, ['/stringData/token']);

  expect(compare([base], [head])).toEqual([]);
});

test('one quantity written in two ways is no change', () => {
  const limits = (cpu: string | number): JsonObject => ({
    kind: 'Pod',
    spec: { containers: [{ name: 'a', resources: { limits: { cpu } } }] },
  });

  expect(compare([thing('p', limits('1000m'))], [thing('p', limits(1))])).toEqual([]);
});
