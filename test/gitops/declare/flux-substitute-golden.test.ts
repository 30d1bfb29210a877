import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, parseJson } from '../../../src/formats/json.ts';
import type { Substituted } from '../../../src/gitops/declare/flux-substituter.ts';
import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import { runProcess } from '../../../src/tools/process.ts';
import { substituteOracle } from '../../control-plane/flux/binary.ts';
import { calm, testSubstituter } from './support.ts';

const substituter = testSubstituter();
let oracle = '';
beforeAll(async () => {
  oracle = await substituteOracle();
}, 20 * 60_000);
afterAll(() => substituter.close());

interface Case {
  readonly values: readonly Json[];
  readonly variables: Readonly<Record<string, string>>;
  readonly strict?: boolean;
}

/** What Flux's own code makes of the cases: the object's data, or `failed`. */
async function theirs(cases: readonly Case[]): Promise<readonly string[]> {
  const input = JSON.stringify(
    cases.map((one) => ({ object: objectOf(one), variables: one.variables, strict: one.strict ?? false })),
  );
  const result = await runProcess({ command: oracle, args: [], env: {}, input, signal: calm, deadlineMs: 60_000 });
  if (result.code !== 0) throw new Error(result.stderr);
  const answer = parseJson(result.stdout.toString('utf8'));
  return (isJsonList(answer) ? answer : []).map((one) => {
    const object = pick(one, 'object');
    return object === undefined
      ? `failed: ${pickText(one, 'error')?.replace('envsubst error: ', '')}`
      : canonicalJson(object);
  });
}

async function ours(cases: readonly Case[]): Promise<readonly string[]> {
  const results: Substituted[] = [];
  for (const one of cases) {
    const options = { isStrict: one.strict ?? false, signal: calm };
    results.push(...(await substituter.substitute([objectOf(one)], one.variables, options)));
  }
  return results.map((one) => (one.kind === 'object' ? canonicalJson(one.object) : `failed: ${one.message}`));
}

function objectOf({ values }: Case): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { values } };
}

const opening = `$${'{'}`;

/** « stands for a dollar and a brace. */
const written: readonly string[] = [
  '«A}',
  '$A',
  '$«A}',
  '$$A',
  '«A}«B}',
  'x-«A}-y',
  '«a}',
  '«é}',
  '«A:-d}',
  '«Z:-d}',
  '«Z-d}',
  '«Z:=d}',
  '«Z=d}',
  '«Z:?d}',
  '«Z:+d}',
  '«A:+d}',
  '«Z:-«A}}',
  '«Z:-a «B} c}',
  '«Z:-}',
  '«#A}',
  '«#Z}',
  '«A^}',
  '«A^^}',
  '«A,}',
  '«A,,}',
  '«A:1}',
  '«A:1:2}',
  '«A:-1}',
  '«A: -2}',
  '«A:9}',
  '«A:1:99}',
  '«A:1:-1}',
  '«A:x}',
  '«A/b/X}',
  '«A//b/X}',
  '«A/#a/X}',
  '«A/%c/X}',
  '«A/b/}',
  '«A//b}',
  '«A/b}',
  '«A/\\//x}',
  '«P#*/}',
  '«P##*/}',
  '«P%/*}',
  '«P%%/*}',
  '«P#[a-z]*}',
  '«P#?}',
  '«P%?}',
  '«U#?}',
  '«U:0:1}',
  '«U^^}',
  '«#U}',
  '«A',
  '«',
  '«}',
  '«A}}',
  '{«A}}',
  '«A B}',
  '«A-}',
  '«1}',
  '«_}',
  '«A.b}',
  '«A:é}',
  '«N}',
  '"«N}"',
  "'«N}'",
  '«N}0',
  '«T}',
  '«Y}',
  '«O}',
  '«E}',
  '«J}',
  '«L}',
  '«C}',
  '«H}',
  '# «A}',
  '«A}: b',
  '- «A}',
  '«A} # b',
  '@«A}',
  '%«A}',
  '*«A}',
  '&«A}',
  '!«A}',
  '|«A}',
  '>«A}',
  'line\n«A}\nend',
  'line\n  «N}',
  ' «A}',
  '«A} ',
  '\t«A}',
  `${'word '.repeat(30)}«A}`,
  '«Z:=a b}',
  "it's «A}",
  'say "«A}"',
  'back\\«A}',
  '«N}:«N}',
  '0x«N}',
  '«N}e3',
  '«Q}',
  '«S}',
  '~«Z}',
  '«Z}',
  'null«Z}',
  '«D}',
  '«K}',
].map((text) => text.replaceAll('«', opening));

const variables = {
  A: 'abcb',
  a: 'small',
  B: 'two words',
  P: 'path/to/file',
  U: 'éüß',
  N: '80',
  T: 'true',
  Y: 'yes',
  O: '0644',
  E: '1e3',
  J: '{"a": 1}',
  L: '[1, 2]',
  C: 'a: b',
  H: 'a # b',
  Q: '"q"',
  S: "'s'",
  D: '2001-01-01',
  K: '9007199254740993',
  _: 'u',
};

describe("what variables become is what Flux's own code makes of them", () => {
  test.each([false, true])('in the written cases (strict: %s)', async (strict) => {
    const cases = written.map((value): Case => ({ values: [value], variables, strict }));
    expect(cases.length).toBeGreaterThanOrEqual(100);

    expect(await ours(cases)).toEqual(await theirs(cases));
  });

  test('in 300 random ones', async () => {
    const piece = fc.constantFrom(
      '«A}',
      '«',
      '}',
      '$',
      '$$',
      ':',
      '-',
      '=',
      '/',
      '//',
      '#',
      '##',
      '%',
      '%%',
      '^',
      ',',
      '*',
      '?',
      '[a-c]',
      '\\',
      '\n',
      ' ',
      'A',
      'Z',
      'b',
      '«N',
      '«A:',
      '«P%',
      '«P/',
      '«Z:-',
      '"',
      "'",
      '1',
      'é',
      '{',
      '[',
      '- ',
      ': ',
      ' #',
    );
    const value = fc
      .array(piece, { minLength: 1, maxLength: 8 })
      .map((pieces) => pieces.join('').replaceAll('«', opening));
    const cases = fc.sample(fc.array(value, { minLength: 1, maxLength: 3 }), { numRuns: 300, seed: 7 });
    const all = cases.map((values): Case => ({ values, variables }));

    expect(await ours(all)).toEqual(await theirs(all));
  });
});
