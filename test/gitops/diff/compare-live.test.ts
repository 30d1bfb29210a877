import { describe, expect, test } from '@jest/globals';
import { type BaseSight, compareLive } from '../../../src/gitops/diff/compare-live.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { formatPath, type Path } from '../../../src/model/path.ts';

interface Case {
  readonly live: JsonObject | null;
  readonly base: BaseSight;
  readonly head: JsonObject | null;
  readonly random?: readonly Path[];
}

function compare({ live, base, head, random = [] }: Case): readonly string[] {
  const resource = { group: '', version: 'v1', kind: 'Thing', namespace: 'a', name: 'b' };
  const schema = { listKeysAt: (path: readonly string[]) => (path.at(-1) === 'atomic' ? null : ['name']) };
  const changes = compareLive({ target: 't', resource, live, base, head, random, schema, manager: 'us' });
  return changes.flatMap(({ part, action, paths }) =>
    paths.length === 0
      ? [`${part} ${action}`]
      : paths.map(
          ({ path, before, after, cause }) =>
            `${part} ${formatPath(path)} ${JSON.stringify(before)} -> ${JSON.stringify(after)} ${cause}`,
        ),
  );
}

function differs(predicted: JsonObject | null): BaseSight {
  return { kind: 'differs', predicted };
}

const same: BaseSight = { kind: 'same' };

describe('an object that is not live', () => {
  test.each<[BaseSight, readonly string[]]>([
    [{ kind: 'absent' }, ['pull create']],
    [{ kind: 'unknown' }, ['pull create']],
    [same, ['already create']],
    [differs(null), ['already create', 'pull create']],
  ])('with base %j is %j', (base, expected) => {
    expect(compare({ live: null, base, head: {} })).toEqual(expected);
  });

  test('and that head drops is nothing', () => {
    expect(compare({ live: null, base: same, head: null })).toEqual([]);
  });
});

test('a live object that head drops is deleted', () => {
  expect(compare({ live: {}, base: same, head: null })).toEqual(['pull delete']);
});

describe('a live object', () => {
  test.each<[string, Json, BaseSight, Json, readonly string[]]>([
    ['without a base differs by the pull', { a: 1 }, { kind: 'absent' }, { a: 2 }, ['pull a 1 -> 2']],
    ['whose base is not known differs by the pull', { a: 1 }, { kind: 'unknown' }, { a: 2 }, ['pull a 1 -> 2']],
    ['that base and head want alike differs already', { a: 1 }, same, { a: 2 }, ['already a 1 -> 2']],
    ['shows the pull alone when base is applied', { a: 1 }, differs({ a: 1 }), { a: 2 }, ['pull a 1 -> 2']],
    [
      'shows both parts, each with the live value before',
      { a: 0 },
      differs({ a: 1 }),
      { a: 2 },
      ['already a 0 -> 1', 'pull a 0 -> 2'],
    ],
    ['that is already as head wants shows no pull', { a: 2 }, differs({ a: 1 }), { a: 2 }, ['already a 2 -> 1']],
    [
      'keeps drift beside the pull out of the pull',
      { a: 1, b: 9 },
      differs({ a: 1, b: 1 }),
      { a: 2, b: 1 },
      ['already b 9 -> 1', 'pull a 1 -> 2'],
    ],
    [
      'without the subtree in which the pull changes one field tells that field',
      {},
      differs({ a: { x: 1, y: 1 } }),
      { a: { x: 2, y: 1 } },
      ['already a null -> {"x":1,"y":1}', 'pull a.x null -> 2'],
    ],
    [
      'that has part of a subtree the pull adds tells what is left to do',
      { a: { x: 1 } },
      differs({}),
      { a: { x: 1, y: 2 } },
      ['already a {"x":1} -> null', 'pull a.y null -> 2'],
    ],
    [
      'whose list without keys differs elsewhere too tells that list whole rather than nothing',
      { atomic: ['x', 'c'] },
      differs({ atomic: ['a', 'b', 'c'] }),
      { atomic: ['a', 'c'] },
      ['already atomic ["x","c"] -> ["a","b","c"]', 'pull atomic ["x","c"] -> ["a","c"]'],
    ],
    [
      'whose items the pull only puts in another order keeps drift inside them out of the pull',
      { items: [{ name: 'x', v: 9 }, { name: 'y' }] },
      differs({ items: [{ name: 'x', v: 1 }, { name: 'y' }] }),
      { items: [{ name: 'y' }, { name: 'x', v: 1 }] },
      ['already items[name=x].v 9 -> 1', 'pull items [{"name":"x"},{"name":"y"}] -> [{"name":"y"},{"name":"x"}]'],
    ],
    [
      'whose items are in another order already shows that order in no path of the pull',
      { items: [{ name: 'y' }, { name: 'x', atomic: ['b'] }] },
      differs({ items: [{ name: 'x', atomic: ['a'] }, { name: 'y' }] }),
      { items: [{ name: 'x', atomic: ['b'] }, { name: 'y' }] },
      [
        'already items [{"name":"y"},{"name":"x"}] -> [{"name":"x"},{"name":"y"}]',
        'already items[name=x].atomic[0] "b" -> "a"',
      ],
    ],
  ])('%s', (_, live, base, head, expected) => {
    // tables write object literals
    const told = compare({ live: live as JsonObject, base, head: head as JsonObject });

    expect(told).toEqual(expected.map((line) => `${line} admission`));
  });

  test('leaves random values out of both parts', () => {
    const sides = { live: { a: 'r1', b: 1 }, base: differs({ a: 'r2', b: 2 }), head: { a: 'r3', b: 3 } };

    expect(compare({ ...sides, random: [['a']] })).toEqual(['already b 1 -> 2 admission', 'pull b 1 -> 3 admission']);
  });
});

describe('the cause', () => {
  const owned = (fields: JsonObject, rest: JsonObject, manager = 'us'): JsonObject => ({
    metadata: { managedFields: [{ manager, operation: 'Apply', apiVersion: 'v1', fieldsV1: fields }] },
    ...rest,
  });

  test('is Git where our entry owns the path, owned it and does not any more, and admission elsewhere', () => {
    const live = owned({ 'f:kept': {}, 'f:dropped': {} }, { kept: 1, dropped: 1, other: 1 });
    const head = owned({ 'f:kept': {} }, { kept: 2, other: 2 });

    expect(compare({ live, base: { kind: 'absent' }, head })).toEqual([
      'pull dropped 1 -> null git',
      'pull kept 1 -> 2 git',
      'pull other 1 -> 2 admission',
    ]);
  });

  test('is not Git because of the entry of another manager, another operation or a subresource', () => {
    const entry = { manager: 'us', apiVersion: 'v1', fieldsV1: { 'f:a': {} } };
    const managedFields = [
      { ...entry, operation: 'Update' },
      { ...entry, operation: 'Apply', subresource: 'status' },
      { ...entry, operation: 'Apply', manager: 'them' },
    ];
    const head = { metadata: { managedFields }, a: 2 };

    expect(compare({ live: { metadata: {}, a: 1 }, base: { kind: 'absent' }, head })).toEqual([
      'pull a 1 -> 2 admission',
    ]);
  });
});
