import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ownersOf } from '../../../src/gitops/diff/owners.ts';
import { riskRules, risksOf, targetRules } from '../../../src/gitops/risk/index.ts';
import { rulesPage } from '../../../src/gitops/risk/reference.ts';
import type { Action, Change } from '../../../src/model/change.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { identify, type Resource, type ResourceId, resourceKey } from '../../../src/model/resource.ts';
import { type RiskCase, riskCases } from './cases.ts';

function resourceOf(object: JsonObject): Resource {
  const id = identify(object);
  if (id === null) throw new Error('a case has an object without a name');
  return { id, object, source: { file: 'app.yaml', line: 3 }, lines: new Map(), random: [] };
}

function actionOf({ base, head }: RiskCase): Action {
  if (base === undefined) return 'create';
  return head === undefined ? 'delete' : 'update';
}

function judge(example: RiskCase) {
  const { base, head, live, part = 'pull', paths = [] } = example;
  const all = [base, head].flatMap((side) => (side === undefined ? [] : [resourceOf(side)]));
  const resource = (all.at(-1) as Resource).id;
  const change: Change = { target: 't', part, resource, action: actionOf(example), paths };
  return risksOf({
    target: 't',
    base: base === undefined ? [] : [resourceOf(base)],
    head: head === undefined ? [] : [resourceOf(head)],
    changes: [change],
    live: live === undefined ? new Map() : new Map([[resourceKey(resource), live]]),
    ownersOf,
  });
}

test.each(riskCases.map((example) => [example.title, example] as const))('%s', (_title, example) => {
  const found = judge(example);

  expect(found.map(({ rule, message }) => `${rule}: ${message.replace(/^\S+ \S+: (.*)\.$/, '$1')}`)).toEqual(
    example.says,
  );
  for (const { file, line, fix } of found)
    expect({ file, line, hasFix: fix !== null }).toEqual({ file: 'app.yaml', line: 3, hasFix: true });
});

test('every rule about one object has a case that it speaks of, and one of its kind of which it does not', () => {
  const fired = new Set(riskCases.flatMap(({ says }) => says.map((line) => line.split(':')[0])));
  const silent = riskCases.filter(({ says }) => says.length === 0);

  expect([...fired].sort()).toEqual(riskRules.map(({ id }) => id).sort());
  expect(silent.length).toBeGreaterThanOrEqual(riskRules.length);
});

test('the page of rules says what they are', () => {
  expect(readFileSync(resolve(import.meta.dirname, '../../../docs/rules.md'), 'utf8')).toBe(rulesPage());
});

describe('a target as a whole', () => {
  const id = (name: string): ResourceId => ({ group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
  const wholeOf = (count: number, action: Action, of: number) => {
    const base = Array.from({ length: of }, (_, index): Resource => {
      return { id: id(`c-${index}`), object: {}, source: null, lines: new Map(), random: [] };
    });
    const changes = base.slice(0, count).map((resource): Change => {
      return { target: 't', part: 'pull', resource: resource.id, action, paths: [] };
    });
    return risksOf({ target: 't', base, head: base, changes, live: new Map(), ownersOf }).map(
      ({ rule, message }) => `${rule}: ${message}`,
    );
  };

  test('many deletes are told, however large it is; a few only where they are much of it', () => {
    expect(wholeOf(11, 'delete', 500)).toEqual(['mass-delete: 11 of 500 objects are deleted.']);
    expect(wholeOf(10, 'delete', 500)).toEqual([]);
    expect(wholeOf(4, 'delete', 10)).toEqual(['mass-delete: 4 of 10 objects are deleted.']);
    expect(wholeOf(3, 'delete', 3)).toEqual([]);
  });

  test('a very large change is told', () => {
    expect(wholeOf(101, 'update', 200)).toEqual(['large-change: 101 objects change.']);
    expect(wholeOf(100, 'update', 200)).toEqual([]);
    expect(targetRules.map((rule) => rule.id)).toEqual(['mass-delete', 'large-change']);
  });
});
