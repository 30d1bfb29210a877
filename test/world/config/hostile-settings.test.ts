import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSettings } from '../../../src/world/config/parse-settings.ts';
import { problemText } from '../../../src/world/config/problem.ts';

const context = { file: '.fairlead.yaml', engines: ['apply'], clusters: ['prod-eu'] };

function problemsOf(text: string | Uint8Array): readonly string[] {
  return parseSettings(text, context).problems.map((problem) => problemText(problem).replace('.fairlead.yaml:', ''));
}

describe('a file that costs too much is refused', () => {
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x]'];
  for (let index = 1; index < 9; index += 1)
    bomb.push(
      `a${index}: &a${index} [${Array(8)
        .fill(`*a${index - 1}`)
        .join(',')}]`,
    );

  test.each([
    ['by its size', `version: 1 #${'x'.repeat(256 * 1024)}`, /^1:1 the file has 262156 bytes; the limit is 262144$/],
    ['by its brackets', '['.repeat(50), /nested too deep/],
    ['by brackets that strings seem to close', '[ "]",'.repeat(50), /nested too deep/],
    ['by its dashes', '- '.repeat(5_000), /nested too deep/],
    [
      'by levels',
      Array.from({ length: 90 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
      /nested deeper than 32/,
    ],
    ['by its words', 'a:\n'.repeat(60_000), /holds too much/],
    ['by its aliases', `[&a 1${', *a'.repeat(101)}]`, /more than 100 aliases/],
    ['by what its aliases come to', bomb.join('\n'), /aliases/],
  ])('%s', (_title, text, expected) => {
    const started = performance.now();

    expect(problemsOf(text).at(-1)).toMatch(expected);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('what is not UTF-8 is refused', () => {
    expect(problemsOf(new Uint8Array([0x61, 0x3a, 0xff]))).toEqual(['1:1 the file is not UTF-8']);
  });

  test('no more problems are told than people read, and how many are left', () => {
    const problems = problemsOf(`version: 1\n${Array.from({ length: 70 }, (_, at) => `x${at}: 1\n`).join('')}`);

    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe('52:1 20 more from here on');
  });
});

describe('whatever is written', () => {
  const isFair = (text: string | Uint8Array): void => {
    const { settings, problems } = parseSettings(text, context);
    expect(settings === null).toBe(problems.length > 0);
    for (const problem of problems) {
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.column).toBeGreaterThanOrEqual(1);
      expect(problem.fix).toMatch(/\.$/);
      expect(problemText(problem)).not.toMatch(/undefined|\[object|[\n\r]/);
    }
  };

  test('any JSON gives settings or problems with a place', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), isFair), { numRuns: 300 });
  });

  test('so does JSON of the right keys and wrong values', () => {
    const names = [
      'version',
      'mode',
      'environments',
      'applications',
      'policy',
      'prod',
      'deploy',
      'after',
      'on',
      'match',
    ];
    const more = ['approvals', 'teams', 'count', 'clusters', 'rules', 'path', 'environment', 'healthyFor', '__proto__'];
    const words = fc.constantFrom(...names, ...more);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, fc.constantFrom(1, 0, null, 'prod', 'merge', true), tie('list'), tie('map')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      map: fc.dictionary(words, tie('value'), { maxKeys: 6 }),
    }));
    fc.assert(
      fc.property(value, (json) => isFair(JSON.stringify(json))),
      { numRuns: 500 },
    );
  });

  test('so does any text and any bytes', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'ab:- \n[]{}?*&!|>\'"#%@,<\t'.split('')), maxLength: 60 });
    fc.assert(fc.property(fc.oneof(signs, fc.string(), fc.uint8Array()), isFair), { numRuns: 2_000 });
  });
});
