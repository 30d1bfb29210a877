import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Files, findViolations, importsOf } from './support/architecture.ts';

const source = resolve(import.meta.dirname, '../src');

function readSource(): Files {
  const paths = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(paths.map((path) => [path, readFileSync(join(source, path), 'utf8')]));
}

describe('the house', () => {
  test('imports only go down, rooms keep apart, and there is no cycle', () => {
    expect(findViolations(readSource())).toEqual([]);
  });

  test('every file stands on a known floor', () => {
    expect(readSource().size).toBeGreaterThan(20);
  });
});

describe('a planted violation is found', () => {
  const planted = (files: Record<string, string>): readonly string[] => findViolations(new Map(Object.entries(files)));

  test.each([
    ['an import up a floor', { 'model/a.ts': "import { b } from '../tools/b.ts';", 'tools/b.ts': '' }, /goes up/],
    [
      'a type import up a floor',
      { 'formats/a.ts': "import type { B } from '../world/git/b.ts';", 'world/git/b.ts': '' },
      /goes up/,
    ],
    ['a dynamic import up a floor', { 'tools/a.ts': "await import('../cli/b.ts');", 'cli/b.ts': '' }, /goes up/],
    [
      'an import of a neighbour room',
      { 'gitops/render/a.ts': "import '../diff/b.ts';", 'gitops/diff/b.ts': '' },
      /neighbour/,
    ],
    [
      'a feature that imports a feature',
      { 'features/review/a.ts': "import '../deploy/b.ts';", 'features/deploy/b.ts': '' },
      /neighbour/,
    ],
    ['the pretend world in the product', { 'server/a.ts': "import '../pretend/b.ts';", 'pretend/b.ts': '' }, /pretend/],
    ['a cycle', { 'tools/a.ts': "import './b.ts';", 'tools/b.ts': "import './a.ts';" }, /cycle/],
    ['the environment read outside main and cli', { 'world/git/a.ts': 'const x = process.env.HOME;' }, /environment/],
    ['an unknown floor', { 'utils/a.ts': '' }, /no floor/],
    [
      'a registry known to more than app.ts',
      { 'cli/a.ts': "import '../engines/index.ts';", 'engines/index.ts': '' },
      /registry/,
    ],
  ])('%s', (_title, files, message) => {
    expect(planted(files).join('\n')).toMatch(message);
  });

  test('an allowed import is let through', () => {
    expect(
      planted({
        'gitops/diff/a.ts': "import '../../model/b.ts';\nimport './c.ts';",
        'model/b.ts': '',
        'gitops/diff/c.ts': '',
      }),
    ).toEqual([]);
  });
});

test('imports in comments and strings of other code are not taken for imports', () => {
  expect(
    importsOf("// import x from './a.ts';\nimport { y } from './b.ts';\nexport type { Z } from './c.ts';"),
  ).toEqual(['./b.ts', './c.ts']);
});
