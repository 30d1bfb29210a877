import { describe, expect, test } from '@jest/globals';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import type { DecodeLimits } from '../../../src/formats/yaml/limits.ts';
import { FairleadError } from '../../../src/model/error.ts';

function refusal(text: string | Uint8Array, limits: Partial<DecodeLimits> = {}): FairleadError {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  try {
    decodeManifests({ file: 'apps/a.yaml', bytes, limits });
  } catch (error) {
    if (error instanceof FairleadError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, index) => {
    const before = 'abcdefgh'[index];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
  }),
].join('\n');

const long = (count: number, text: string) => Array(count).fill(text).join('');

describe('hostile files are refused with file:line and the rule', () => {
  const cases: readonly [string, string | Uint8Array, number, RegExp][] = [
    ['64 MiB', new Uint8Array(64 * 1024 * 1024), 1, /67,108,864 bytes; the limit is 5,242,880/],
    ['an alias bomb', bomb, 6, /too many values once aliases are written out; the limit is 200,000/],
    ['a bomb of merge keys', mergeBomb(), 13, /too many (aliases|values)/],
    ['aliases without number', `a: &a 1\nb:\n${long(1_001, '- *a\n')}`, 1003, /too many aliases; the limit is 1,000/],
    ['5,000 brackets', '['.repeat(5_000), 1, /nested too deep; the limit is 100/],
    ['5,000 closed brackets', '['.repeat(5_000) + ']'.repeat(5_000), 1, /nested too deep; the limit is 100/],
    ['5,000 JSON objects in each other', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 1, /nested too deep/],
    ['5,000 dashes', `${'- '.repeat(5_000)}a`, 1, /nested too deep/],
    [
      '5,000 indented keys',
      Array.from({ length: 5_000 }, (_, i) => `${' '.repeat(i)}a:`)
        .join('\n')
        .slice(0, 5_000_000),
      101,
      /nested too deep/,
    ],
    ['depth through aliases', deepAliases(), 5, /nested too deep/],
    ['too many documents', long(10_001, 'a: 1\n---\n'), 20_001, /too many documents; the limit is 10,000/],
    ['too many values', `[${long(200_000, 'a,')}]`, 1, /too many values/],
    ['a NUL byte', 'a: 1\nb: \0\n', 2, /NUL/],
    ['an anchor in itself', 'a: &a\n  b: *a\n', 2, /contains itself/],
    ['a Helm template', 'apiVersion: v1\nmetadata:\n  name: {{ .Release.Name }}\n', 3, /template/],
    ['a Helm condition', 'apiVersion: v1\n{{- if .Values.x }}\nkind: A\n', 2, /no YAML/],
    ['tabs', 'a:\n\tb: 1\n', 2, /tab/],
    ['4 MiB of open brackets with line ends', long(2 * 1024 * 1024, '[\n'), 101, /nested too deep/],
    ['4 MiB of badly indented lines in quotes', `a:\n  b: "${long(1_000_000, 'x\n')}"`, 8, /indentation|limit/],
    ['4 MiB of quotes', `{${long(1_000_000, '"\\"')}`, 1, /no YAML|quoted/],
    ['4 MiB of question marks', long(2_000_000, '? '), 1, /deep|no YAML/],
  ];

  test.each(cases)('%s', (_name, text, line, rule) => {
    const start = performance.now();

    const error = refusal(text);

    expect(error.code).toBe('decode-failed');
    expect(error.subject).toBe(`apps/a.yaml:${line}`);
    expect(error.message).toMatch(rule);
    expect(error.remedy).not.toBe('');
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

test('the limits can be given', () => {
  expect(refusal('a: 1\n', { bytes: 4 }).message).toContain('the limit is 4');
  expect(refusal('a: {b: {c: 1}}\n', { depth: 2 }).message).toContain('nested');
  expect(refusal('a: 1\n---\nb: 1\n', { documents: 1 }).subject).toBe('apps/a.yaml:3');
});

test('a large honest file is read', () => {
  const text = long(3_000, 'apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: {a: [1, 2, 3]}\n---\n');

  expect(decodeManifests({ file: 'a', bytes: new TextEncoder().encode(text) }).resources).toHaveLength(3_000);
});

test('an alias bomb below the budget is shared, not copied', () => {
  const { other } = decodeManifests({ file: 'a', bytes: new TextEncoder().encode('a: &a [1]\nb: [*a, *a]\n') });

  expect(other[0]?.value).toEqual({ a: [1], b: [[1], [1]] });
});

/** Merge keys that copy ever more keys. */
function mergeBomb(): string {
  const keys = Array.from({ length: 50 }, (_, index) => `k${index}: 1`).join(', ');
  return `a: &a {${keys}}\nb:\n${long(10, `- {<<: [${Array(99).fill('*a').join(',')}]}\n`)}- {<<: [${Array(99).fill('*a').join(',')}]}\n`;
}

/** Each line is 30 levels deep and holds the line before. */
function deepAliases(): string {
  const nest = (inner: string) => `${'['.repeat(30)}${inner}${']'.repeat(30)}`;
  return ['a: &a 1', `b: &b ${nest('*a')}`, `c: &c ${nest('*b')}`, `d: &d ${nest('*c')}`, `e: &e ${nest('*d')}`].join(
    '\n',
  );
}
