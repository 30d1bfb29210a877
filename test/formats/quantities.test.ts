import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareQuantities, parseQuantity, sameQuantity } from '../../src/formats/quantities.ts';

test.each([
  ['0', 0n],
  ['1', 1_000_000_000n],
  ['+1', 1_000_000_000n],
  ['-1', -1_000_000_000n],
  ['100m', 100_000_000n],
  ['0.5', 500_000_000n],
  ['.5', 500_000_000n],
  ['1.', 1_000_000_000n],
  ['1n', 1n],
  ['0.1n', 1n],
  ['-0.1n', -1n],
  ['1u', 1_000n],
  ['1k', 1_000n * 1_000_000_000n],
  ['1Ki', 1_024n * 1_000_000_000n],
  ['1.5Gi', 1_610_612_736n * 1_000_000_000n],
  ['1e3', 1_000n * 1_000_000_000n],
  ['1E3', 1_000n * 1_000_000_000n],
  ['1E', 10n ** 18n * 1_000_000_000n],
  ['1e-3', 1_000_000n],
  ['16Ei', (2n ** 63n - 1n) * 1_000_000_000n],
])('%s is read exactly', (text, nanos) => {
  expect(parseQuantity(text)).toBe(nanos);
});

test.each([
  '',
  '+',
  '.',
  'm',
  '1 Gi',
  '1gi',
  '1K',
  '1mi',
  '1e',
  '1e1.5',
  '--1',
  '0x10',
  'abc',
  '1Gi1',
  '1e9999999999',
  '1'.padEnd(65, '0'),
])('%j is no quantity', (text) => {
  expect(parseQuantity(text)).toBeNull();
  expect(sameQuantity(text, text)).toBe(false);
});

test('amounts are equal whatever their unit', () => {
  expect(sameQuantity('1000m', '1')).toBe(true);
  expect(sameQuantity('1Gi', '1024Mi')).toBe(true);
  expect(sameQuantity('1G', '1Gi')).toBe(false);
  expect(sameQuantity('0.1', '100m')).toBe(true);
});

test('amounts are ordered, also beyond what a double holds', () => {
  expect(compareQuantities('999m', '1')).toBeLessThan(0);
  expect(compareQuantities('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
  expect(compareQuantities('1', 'one')).toBeNull();
});

test('milli units compare as their numbers do', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (one, other) => {
      expect(Math.sign(compareQuantities(`${one}m`, `${other}m`) ?? Number.NaN)).toBe(Math.sign(one - other));
    }),
  );
});
