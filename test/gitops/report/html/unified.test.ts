import { expect, test } from '@jest/globals';
import { unifiedLines } from '../../../../src/gitops/report/html/unified.ts';
import { path } from './sample.ts';

const shown = (...paths: Parameters<typeof unifiedLines>[0]): readonly string[] =>
  unifiedLines(paths).map(({ sign, text }) => `${sign}${text}`);

test('paths under one parent name it once', () => {
  expect(shown(path(['spec', 'replicas'], 1, 2), path(['spec', 'paused'], null, true))).toEqual([
    ' spec:',
    '-  replicas: 1',
    '+  replicas: 2',
    '+  paused: true',
  ]);
});

test('an item of a list is named by its keys', () => {
  const into = ['ports', { port: 80, protocol: 'TCP' }] as const;

  expect(shown(path([...into, 'name'], 'web', null))).toEqual([
    ' ports:',
    '   - port: 80',
    '     protocol: TCP',
    '-    name: web',
  ]);
});

test('an item that comes whole is written as YAML', () => {
  expect(shown(path(['env', { name: 'A' }], null, { name: 'A', value: 'on' }))).toEqual([
    ' env:',
    '+  - name: A',
    '+    value: "on"',
  ]);
});

test('an item by its index keeps its value whatever that is', () => {
  expect(shown(path(['args', 2], '--old', ['a', { b: 1n }]))).toEqual([
    ' args:',
    '-  - "--old"',
    '+  - - a',
    '+    - b: 1',
  ]);
});

test('a long text is compared line by line', () => {
  const text = (port: number): string => `${'same\n'.repeat(5)}port: ${port}\n${'end\n'.repeat(5)}`;

  expect(shown(path(['data', 'a.yaml'], text(1), text(2)))).toEqual([
    ' data:',
    '   a.yaml: |',
    '     same',
    '     same',
    '-    port: 1',
    '+    port: 2',
    '     end',
    '     end',
  ]);
});

test('two stretches of a long text stand apart', () => {
  const text = (word: string): string => `${word}\n${'same\n'.repeat(20)}${word}\n`;

  expect(shown(path(['a'], text('x'), text('y'))).filter((line) => line.startsWith('@'))).toEqual(['@  …']);
});

test('a key that YAML would read otherwise is quoted', () => {
  expect(shown(path(['yes', 'a: b'], 1, null))).toEqual([' "yes":', '-  "a: b": 1']);
});

test('a path that changes and holds another is written before it', () => {
  expect(shown(path(['a'], 1, null), path(['a', 'b'], null, 2))).toEqual(['-a: 1', ' a:', '+  b: 2']);
});

test('an object that changes as a whole is written whole', () => {
  expect(shown(path([], { a: 1 }, [2]))).toEqual(['-a: 1', '+- 2']);
});
