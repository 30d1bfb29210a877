import { expect, test } from '@jest/globals';
import { maskChanges, maskFindings, maskSentence } from '../../../src/formats/redaction/mask-changes.ts';
import type { Change, PathChange } from '../../../src/model/change.ts';
import type { Json } from '../../../src/model/json.ts';

const mask = (text: string): string => text.replaceAll(/hunter-(?:two|three)/g, '(hidden)');
const resource = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'hunter-two' };

function masked(before: Json, after: Json): Pick<PathChange, 'before' | 'after'> | undefined {
  const paths: readonly PathChange[] = [{ path: ['data', 'a'], before, after, cause: 'git' }];
  const change: Change = { target: 't', part: 'pull', resource, action: 'update', paths };
  const [path] = maskChanges([change], mask)[0]?.paths ?? [];
  return path === undefined ? undefined : { before: path.before, after: path.after };
}

test('texts at any depth are masked, keys too; numbers and what is absent stay', () => {
  expect(masked({ a: ['hunter-two', 1n, null, true], 'hunter-two': 'b' }, null)).toEqual({
    before: { a: ['(hidden)', 1n, null, true], '(hidden)': 'b' },
    after: null,
  });
});

test('a value of which only what is hidden changes says that it changes', () => {
  expect(masked('a hunter-two', 'a hunter-three')).toEqual({ before: 'a (hidden)', after: 'a (hidden, changed)' });
  expect(masked([{ a: 'hunter-two', n: 1n }], [{ a: 'hunter-three', n: 1n }])).toEqual({
    before: [{ a: '(hidden)', n: 1n }],
    after: [{ a: '(hidden, changed)', n: 1n }],
  });
  expect(masked('a hunter-two', 'b hunter-two')).toEqual({ before: 'a (hidden)', after: 'b (hidden)' });
});

test('a change without secrets is the same change', () => {
  const paths: readonly PathChange[] = [{ path: ['data', 'a'], before: 'a', after: 'b', cause: 'git' }];
  const change: Change = { target: 't', part: 'pull', resource, action: 'update', paths };

  const [same] = maskChanges([change], mask);

  expect(same).toEqual(change);
  expect(same?.paths[0]).toBe(paths[0]);
});

test('findings are masked before anything shortens them', () => {
  const place = { rule: 'r', severity: 'note', target: null, resource: null, file: null, line: null } as const;
  const findings = [
    { ...place, message: 'got hunter-two', fix: 'not hunter-three' },
    { ...place, message: 'fine', fix: null },
  ];

  expect(maskFindings(findings, mask)).toEqual([
    { ...place, message: 'got (hidden)', fix: 'not (hidden)' },
    { ...place, message: 'fine', fix: null },
  ]);
});

test('a value that YAML broke at a blank is found, and other texts keep their lines', () => {
  const hide = (text: string): string => text.replaceAll('open  sesame', '(hidden)');

  expect(maskSentence('patch: "open\n    \\ sesame"\n  next', hide)).toBe('patch: "(hidden)" next');
  expect(maskSentence('one\n  two', hide)).toBe('one\n  two');
  expect(maskSentence('one open  sesame\ntwo', hide)).toBe('one (hidden)\ntwo');
});
