import { describe, expect, test } from '@jest/globals';
import { anyText, compileGlob, doubleStar, pathMatch, pathspec } from '../../../src/formats/argocd/glob.ts';

const syntaxes = { pathMatch, pathspec, doubleStar, anyText };

describe('a pattern', () => {
  test.each([
    ['pathMatch', 'apps/*', 'apps/web', true],
    ['pathMatch', 'apps/*', 'apps/web/base', false],
    ['pathMatch', 'apps/[^a-d]?b', 'apps/web', true],
    ['pathMatch', 'apps/[^a-d]?b', 'apps/dab', false],
    ['pathMatch', String.raw`a\*`, 'a*', true],
    ['pathMatch', String.raw`a\*`, 'ab', false],
    ['pathMatch', '**', 'a/b', false],
    ['pathMatch', '{a,b}', '{a,b}', true],
    ['pathspec', 'apps/*.yaml', 'apps/web/values.yaml', true],
    ['pathspec', '*', 'a/b/c', true],
    ['pathspec', 'a?c', 'a/c', true],
    ['pathspec', '[]a]b', ']b', true],
    ['doubleStar', '**/config.json', 'config.json', true],
    ['doubleStar', '**/config.json', 'a/b/config.json', true],
    ['doubleStar', 'a/**/b/**/c', 'a/b/c', true],
    ['doubleStar', 'a/**/b/**/c', 'a/x/y/b/z/c', true],
    ['doubleStar', 'a/**', 'a', true],
    ['doubleStar', 'a/**', 'a/b/c', true],
    ['doubleStar', 'a/*', 'a/b/c', false],
    ['doubleStar', 'a/{b,c/{d,e}}/f', 'a/c/e/f', true],
    ['doubleStar', 'a/{b,c/{d,e}}/f', 'a/c/f', false],
    ['anyText', '{*.yml,*.json}', 'a/b.json', true],
    ['anyText', '*/test.yaml', 'a/b/test.yaml', true],
    ['anyText', '[!a]*', 'abc', false],
  ] as const)('as %s: %s and %s', (syntax, pattern, text, expected) => {
    expect(compileGlob(pattern, syntaxes[syntax])?.(text)).toBe(expected);
  });

  test.each(['[a', 'a\\', '{a', '{a,b', `${'{a,b}'.repeat(9)}`])('is none: %s', (pattern) => {
    expect(compileGlob(pattern, doubleStar)).toBeNull();
  });

  test('takes no longer than both lengths together', () => {
    const matches = compileGlob(`${'*a'.repeat(200)}b`, anyText);

    expect(matches?.('a'.repeat(2_000))).toBe(false);
  });
});
