import { describe, expect, test } from '@jest/globals';
import { closest, coveredBy, isCovered } from '../../../../src/world/sources/credentials/covered.ts';

function isFor(address: string, reach: 'itself' | 'below' | 'text', url: string): boolean {
  const covered = coveredBy(address, reach);
  return covered !== null && isCovered(covered, new URL(url));
}

describe('an address covers', () => {
  test.each([
    ['https://git.example.com/acme/shop', 'itself', 'https://git.example.com/acme/shop'],
    ['https://git.example.com/acme/shop.git', 'itself', 'https://git.example.com/acme/shop'],
    ['https://git.example.com/acme/shop', 'itself', 'https://git.example.com/acme/shop.git/'],
    ['https://Git.Example.com/Acme/Shop', 'itself', 'https://git.example.com/acme/shop'],
    ['https://git.example.com:8443/acme', 'itself', 'https://git.example.com:8443/acme'],
    ['https://charts.example.com/', 'below', 'https://charts.example.com/stable/'],
    ['https://charts.example.com/stable/', 'below', 'https://charts.example.com/stable/'],
    ['oci://registry.example.com/charts', 'below', 'https://registry.example.com/charts/shop'],
    ['registry.example.com/charts', 'below', 'https://registry.example.com/charts/shop'],
    ['registry.example.com:5000', 'below', 'https://registry.example.com:5000/charts/shop'],
    ['https://git.example.com', 'text', 'https://git.example.com/acme/shop'],
    ['https://git.example.com/acme/', 'text', 'https://git.example.com/acme/shop'],
    ['https://git.example.com/ac', 'text', 'https://git.example.com/acme/shop'],
    ['oci://docker.io/acme', 'below', 'https://auth.docker.io/acme/shop'],
  ] as const)('%s (%s): %s', (address, reach, url) => {
    expect(isFor(address, reach, url)).toBe(true);
  });

  test.each([
    ['https://git.example.co', 'text', 'https://git.example.com/acme/shop'],
    ['https://git.example.com', 'text', 'https://git.example.com:8443/acme/shop'],
    ['https://git.example.com', 'text', 'https://git.example.com.evil.example/acme'],
    ['https://git.example.com/acme/shop', 'itself', 'https://git.example.com/acme/shop/more'],
    ['https://git.example.com/acme/shop', 'itself', 'https://git.example.com/acme/shop2'],
    ['oci://registry.example.com/charts', 'below', 'https://registry.example.com/charts2/shop'],
    ['oci://registry.example.com/charts/shop', 'below', 'https://registry.example.com/charts'],
    ['http://git.example.com', 'text', 'https://git.example.com/acme'],
    ['ssh://git@git.example.com/acme', 'text', 'https://git.example.com/acme'],
    ['git@git.example.com:acme/shop', 'text', 'https://git.example.com/acme/shop'],
    ['https://bot:pass@git.example.com', 'text', 'https://git.example.com/acme'],
    ['', 'text', 'https://git.example.com/acme'],
  ] as const)('but never %s (%s): %s', (address, reach, url) => {
    expect(isFor(address, reach, url)).toBe(false);
  });
});

test('the longest address wins, of equals the first', () => {
  const offers = ['https://a.example', 'https://a.example/x', 'https://a.example/x', 'https://a.example/x/y/z'].flatMap(
    (address, name) => {
      const covered = coveredBy(address, 'text');
      return covered === null ? [] : [{ covered, name }];
    },
  );

  expect(closest(offers, new URL('https://a.example/x/y'))?.name).toBe(1);
  expect(closest(offers, new URL('https://a.example/q'))?.name).toBe(0);
  expect(closest(offers, new URL('https://b.example/x'))).toBeNull();
});
