import { describe, expect, test } from '@jest/globals';
import { comparePaths } from '../../../src/gitops/diff/compare-paths.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { formatPath } from '../../../src/model/path.ts';

const schema: Readonly<Record<string, readonly string[] | null>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  ports: ['containerPort', 'protocol'],
  args: null,
  rules: null,
  tolerations: null,
  finalizers: [],
};

function compare(before: Json, after: Json): readonly string[] {
  // tables write object literals
  const found = comparePaths(before as JsonObject, after as JsonObject, {
    listKeysAt: (path) => schema[path.at(-1) ?? ''],
  });
  return found.map(
    ({ path, before: was, after: is }) => `${formatPath(path)}: ${JSON.stringify(was)} -> ${JSON.stringify(is)}`,
  );
}

function containers(...items: readonly Json[]): Json {
  return { spec: { containers: items } };
}

describe('objects', () => {
  test.each<[string, Json, Json, readonly string[]]>([
    ['a changed leaf', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b: 1 -> 2']],
    ['an added subtree as one path', { a: 1 }, { a: 1, b: { c: { d: 1 } } }, ['b: null -> {"c":{"d":1}}']],
    ['a removed subtree as one path', { a: 1, b: { c: 1 } }, { a: 1 }, ['b: {"c":1} -> null']],
    ['nothing for null against absent', { a: null }, {}, []],
    ['nothing for another order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['an empty object against an absent one', {}, { emptyDir: {} }, ['emptyDir: null -> {}']],
    ['a change of type', { a: { b: 1 } }, { a: [1] }, ['a: {"b":1} -> [1]']],
    ['text against number', { a: '1' }, { a: 1 }, ['a: "1" -> 1']],
    ['false against absent', { a: false }, {}, ['a: false -> null']],
    [
      'several paths in order of their names',
      { z: 1, b: 1 },
      { a: 1, z: 2 },
      ['a: null -> 1', 'b: 1 -> null', 'z: 1 -> 2'],
    ],
    ['keys named like parts of a prototype', {}, { constructor: 1 }, ['constructor: null -> 1']],
  ])('tells %s', (_, before, after, expected) => {
    expect(compare(before, after)).toEqual(expected);
  });

  test('an integer beyond 2^53 that differs in its last digit differs', () => {
    const found = comparePaths({ a: 9007199254740993n }, { a: 9007199254740992n }, { listKeysAt: () => null });

    expect(found).toEqual([{ path: ['a'], before: 9007199254740993n, after: 9007199254740992n }]);
    expect(comparePaths({ a: 5n }, { a: 5 }, { listKeysAt: () => null })).toEqual([]);
  });

  test('an own key called __proto__ is a key like any other', () => {
    const found = comparePaths({}, JSON.parse('{"__proto__": {"x": 1}}'), { listKeysAt: () => null });

    expect(found).toEqual([{ path: ['__proto__'], before: null, after: { x: 1 } }]);
  });

  test('a whole object on one side only is one path, the root', () => {
    expect(comparePaths(null, { a: 1 }, { listKeysAt: () => null })).toEqual([
      { path: [], before: null, after: { a: 1 } },
    ]);
    expect(comparePaths(null, null, { listKeysAt: () => null })).toEqual([]);
  });
});

describe('keyed lists', () => {
  const web = { name: 'web', image: 'web:1' };
  const proxy = { name: 'proxy', image: 'proxy:1' };

  test.each<[string, Json, Json, readonly string[]]>([
    [
      'an item put in first as one path',
      containers(web),
      containers(proxy, web),
      ['spec.containers[name=proxy]: null -> {"name":"proxy","image":"proxy:1"}'],
    ],
    [
      'a change inside an item that moved by its key',
      containers(web),
      containers(proxy, { ...web, image: 'web:2' }),
      [
        'spec.containers[name=proxy]: null -> {"name":"proxy","image":"proxy:1"}',
        'spec.containers[name=web].image: "web:1" -> "web:2"',
      ],
    ],
    [
      'an item taken out',
      containers(proxy, web),
      containers(web),
      ['spec.containers[name=proxy]: {"name":"proxy","image":"proxy:1"} -> null'],
    ],
    [
      'a new order, which the server carries out, by the keys alone',
      containers(proxy, web),
      containers(web, proxy),
      ['spec.containers: [{"name":"proxy"},{"name":"web"}] -> [{"name":"web"},{"name":"proxy"}]'],
    ],
    [
      'ports with their default protocol as the same port',
      containers({ name: 'web', ports: [{ containerPort: 80 }] }),
      containers({ name: 'web', ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }),
      [
        'spec.containers[name=web].ports[containerPort=80,protocol=TCP].name: null -> "http"',
        'spec.containers[name=web].ports[containerPort=80,protocol=TCP].protocol: null -> "TCP"',
      ],
    ],
    [
      'one port over two protocols as two items',
      containers({ name: 'web', ports: [{ containerPort: 53, protocol: 'TCP' }] }),
      containers({
        name: 'web',
        ports: [
          { containerPort: 53, protocol: 'UDP' },
          { containerPort: 53, protocol: 'TCP' },
        ],
      }),
      ['spec.containers[name=web].ports[containerPort=53,protocol=UDP]: null -> {"containerPort":53,"protocol":"UDP"}'],
    ],
    [
      'items that share a key by their position',
      containers({
        name: 'web',
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      containers({
        name: 'web',
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '3' },
        ],
      }),
      ['spec.containers[name=web].env[1].value: "2" -> "3"'],
    ],
  ])('tell %s', (_, before, after, expected) => {
    expect(compare(before, after)).toEqual(expected);
  });
});

describe('lists of unknown schema', () => {
  test.each<[string, Json, Json, readonly string[]]>([
    [
      'name',
      { x: [{ name: 'a', v: 1 }] },
      {
        x: [
          { name: 'b', v: 1 },
          { name: 'a', v: 2 },
        ],
      },
      ['x[name=a].v: 1 -> 2', 'x[name=b]: null -> {"name":"b","v":1}'],
    ],
    [
      'mountPath',
      { x: [{ mountPath: '/a' }] },
      { x: [{ mountPath: '/a', readOnly: true }] },
      ['x[mountPath=/a].readOnly: null -> true'],
    ],
    [
      'port and protocol',
      { x: [{ port: 80 }] },
      { x: [{ port: 81 }, { port: 80 }] },
      ['x[port=81,protocol=TCP]: null -> {"port":81}'],
    ],
    ['type', { x: [{ type: 'Ready', s: 1 }] }, { x: [{ type: 'Ready', s: 2 }] }, ['x[type=Ready].s: 1 -> 2']],
  ])('are paired by a unique %s', (_, before, after, expected) => {
    expect(compare(before, after)).toEqual(expected);
  });

  test('are compared by position when no usual key is unique', () => {
    expect(compare({ x: [{ n: 1 }, { n: 1 }] }, { x: [{ n: 1 }, { n: 2 }] })).toEqual(['x[1].n: 1 -> 2']);
  });
});

describe('lists without keys', () => {
  test.each<[string, Json, Json, readonly string[]]>([
    ['an item put in by its new position', { args: ['a', 'c'] }, { args: ['a', 'b', 'c'] }, ['args[1]: null -> "b"']],
    [
      'an item taken out by its old position',
      { args: ['a', 'b', 'c'] },
      { args: ['a', 'c'] },
      ['args[1]: "b" -> null'],
    ],
    ['a change in place', { args: ['a', 'b'] }, { args: ['a', 'x'] }, ['args[1]: "b" -> "x"']],
    [
      'an order that changed',
      { args: ['a', 'b'] },
      { args: ['b', 'a'] },
      ['args[0]: "a" -> "b"', 'args[1]: "b" -> "a"'],
    ],
    [
      'a change inside an item',
      { rules: [{ verbs: 1, to: 2 }] },
      { rules: [{ verbs: 1, to: 3 }] },
      ['rules[0].to: 2 -> 3'],
    ],
    ['everything else as a whole', { args: ['a', 'b'] }, { args: ['c'] }, ['args: ["a","b"] -> ["c"]']],
    [
      'named items by position too',
      { tolerations: [{ key: 'a' }, { key: 'b' }] },
      { tolerations: [{ key: 'b' }] },
      ['tolerations[0]: {"key":"a"} -> null'],
    ],
  ])('tell %s', (_, before, after, expected) => {
    expect(compare(before, after)).toEqual(expected);
  });

  test('a set has no order and tells what came and went', () => {
    expect(compare({ finalizers: ['a', 'b'] }, { finalizers: ['b', 'a'] })).toEqual([]);
    expect(compare({ finalizers: ['a', 'b'] }, { finalizers: ['b', 'c'] })).toEqual([
      'finalizers[0]: "a" -> null',
      'finalizers[1]: null -> "c"',
    ]);
  });
});

describe('quantities', () => {
  test.each<[string, string | number, string | number]>([
    ['1000m', '1000m', 1],
    ['1Gi', '1Gi', '1024Mi'],
    ['1e3', '1e3', '1k'],
    ['0.5', '0.5', '500m'],
    ['2.50Ki', '2.50Ki', '2560'],
  ])('%s is compared by value where the API holds a quantity', (_, one, other) => {
    const requests = (cpu: string | number): Json => ({ spec: { resources: { requests: { cpu } } } });

    expect(compare(requests(one), requests(other))).toEqual([]);
    expect(compare({ data: { cpu: one } }, { data: { cpu: other } })).toHaveLength(1);
  });

  test.each([
    ['1', '1001m'],
    ['1M', '1Mi'],
    ['1', 'one'],
    ['100m', '100M'],
  ])('%s and %s are two values', (one, other) => {
    expect(compare({ spec: { hard: { cpu: one } } }, { spec: { hard: { cpu: other } } })).toHaveLength(1);
  });
});
