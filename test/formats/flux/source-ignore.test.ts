import { describe, expect, test } from '@jest/globals';
import { isSourceIgnored, matchesGlob, parseIgnore } from '../../../src/formats/flux/source-ignore.ts';

function ignores(path: string, text = '', folder = ''): boolean {
  return isSourceIgnored(path, parseIgnore(text, folder));
}

describe('source-controller leaves out', () => {
  test.each([
    '.github/workflows/ci.yaml',
    'a/.github/x.yaml',
    'docs/shot.png',
    '.gitignore',
    'a/b/.sops.yaml',
    'cloudbuild.yaml',
  ])('%s by itself', (path) => {
    expect(ignores(path)).toBe(true);
  });

  test.each([
    ['a/b.yaml', '*.yaml', true],
    ['a/b.yaml', '# *.yaml', false],
    ['a/b.yaml', '/a/*.yaml', true],
    ['x/a/b.yaml', '/a/*.yaml', false],
    ['x/a/b.yaml', '**/a/*.yaml', true],
    ['a/b/c.yaml', 'b/', true],
    ['a/b', 'b/', false],
    ['a/b.yaml', '*.yaml\n!b.yaml', false],
    ['a/c.yaml', '*.yaml\n!b.yaml', true],
    ['clusters/prod/a.yaml', '/*\n!/clusters/prod', false],
    ['apps/a.yaml', '/*\n!/clusters/prod', true],
    ['a/x/b.yaml', 'a/**', true],
    ['y/a/x/b.yaml', 'a/**', false],
    ['a/x/b.yaml', '/a/**', true],
    ['docs/shot.png', '!*.png', false],
    ['a/b[1].yaml', 'b\\[1\\].yaml', true],
    ['a/b.yaml', 'b.yaml   ', true],
  ])('of %s what the pattern %j says: %s', (path, pattern, expected) => {
    expect(ignores(path, pattern)).toBe(expected);
  });

  test('what a pattern says only below the folder of its file', () => {
    expect(ignores('team/x.yaml', 'x.yaml', 'team')).toBe(true);
    expect(ignores('other/x.yaml', 'x.yaml', 'team')).toBe(false);
  });
});

describe('a pattern of one segment', () => {
  test.each([
    ['a*c', 'abbc', true],
    ['a*c', 'abb', false],
    ['?', 'é', true],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[', '[', false],
    ['[]', 'x', false],
    ['\\*', '*', true],
    ['*', '', true],
    ['', '', true],
  ])('%s on %j: %s', (pattern, name, expected) => {
    expect(matchesGlob(pattern, name)).toBe(expected);
  });

  test('with many stars ends soon', () => {
    const started = performance.now();

    expect(matchesGlob('*a'.repeat(60), `${'a'.repeat(5_000)}b`)).toBe(false);

    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
