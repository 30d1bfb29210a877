import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesGlob } from '../../src/model/glob.ts';

describe('a glob', () => {
  test.each([
    ['apps/web', 'apps/web', true],
    ['apps/web', 'apps/*', true],
    ['apps/web/prod', 'apps/*', false],
    ['apps/web/prod', 'apps/**', true],
    ['apps', 'apps/**', true],
    ['apps/web/overlays/prod', '**/prod', true],
    ['prod', '**/prod', true],
    ['apps/a/b/prod', 'apps/**/prod', true],
    ['apps/prod', 'apps/**/prod', true],
    ['apps/nonprod', 'apps/**/prod', false],
    ['charts/shop/values-prod.yaml', 'charts/*/values-*.yaml', true],
    ['charts/shop/values.yaml', 'charts/*/values-*.yaml', false],
    ['a.b', 'a?b', false],
    ['axb', 'a.b', false],
    ['Apps', 'apps', false],
    ['', '**', true],
    ['apps', '*', true],
  ])('%s by %s: %s', (path, glob, expected) => {
    expect(matchesGlob(path, glob)).toBe(expected);
  });

  test('of many stars takes no time', () => {
    const started = performance.now();

    expect(matchesGlob('a'.repeat(2_000), `${'*a'.repeat(200)}b`)).toBe(false);
    expect(matchesGlob('a/'.repeat(500), `${'**/a/'.repeat(50)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test('matches what the regular expression of the same meaning matches', () => {
    const segment = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });
    const part = fc.oneof(segment, fc.constantFrom('*', '**', 'a*', '*b', '*a*'));
    const paths = [fc.array(segment, { minLength: 1, maxLength: 4 }), fc.array(part, { minLength: 1, maxLength: 4 })];
    fc.assert(
      fc.property(...(paths as [(typeof paths)[0], (typeof paths)[0]]), (path, glob) => {
        const source = glob
          .map((word) => (word === '**' ? '(?:/[^/]+)*' : `/${word.replaceAll('*', '[^/]*')}`))
          .join('');
        const expected = new RegExp(`^${source}$`).test(`/${path.join('/')}`);
        expect(matchesGlob(path.join('/'), glob.join('/'))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
