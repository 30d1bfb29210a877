import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');
// Inside the checkout, so that the project's own rules hold for it.
const folder = mkdtempSync(join(root, 'planted-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The rules the linter names for a file of this text. */
function rulesBrokenBy(text: string): string {
  const file = join(folder, 'planted.ts');
  writeFileSync(file, text);
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const path = join(basename(folder), 'planted.ts');
  const { status, stdout, stderr } = spawnSync(biome, ['lint', '--error-on-warnings', path], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? 'none' : `${stdout}${stderr}`;
}

const lines = (count: number, indent = ''): string =>
  Array.from({ length: count }, (_, line) => `${indent}console.log(${line});`)
    .join('\n')
    .replaceAll('console.log', 'void');

test.each([
  ['any', 'export const x: any = 1;\n', /noExplicitAny/],
  ['a file of more than 300 lines', `${lines(301)}\n`, /noExcessiveLinesPerFile/],
  [
    'a function of more than 40 lines',
    `export function long(): void {\n${lines(41, '  ')}\n}\n`,
    /noExcessiveLinesPerFunction/,
  ],
  [
    'a function too complex to follow',
    `export function deep(a: number): number {\n  if (a > 0) {\n    if (a > 1) {\n      if (a > 2) {\n        if (a > 3) {\n          if (a > 4) return 1;\n        }\n      }\n    }\n  }\n  return 0;\n}\n`,
    /noExcessiveCognitiveComplexity/,
  ],
  ['a non-null assertion', 'export const y = [1][0]!;\n', /noNonNullAssertion/],
  ['a default export', 'export default 1;\n', /noDefaultExport/],
])('the linter refuses %s', (_title, text, rule) => {
  expect(rulesBrokenBy(text)).toMatch(rule);
});

test('the linter lets plain code through', () => {
  expect(rulesBrokenBy('export const fine = 1;\n')).toBe('none');
});
