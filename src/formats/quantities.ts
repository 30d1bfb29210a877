/** An exact amount: a whole number of nanos (1e-9), the finest amount Kubernetes keeps. */
export type Nanos = bigint;

/**
 * Reads a Kubernetes quantity such as `100m`, `1.5Gi`, `2e3`; null where the text is none. What is finer than a nano is
 * rounded away from zero, and binary amounts end at 2^63-1, as the API server does (apimachinery api/resource quantity.go).
 */
export function parseQuantity(text: string): Nanos | null {
  if (text.length > maxLength) return null;
  const match = shape.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  const factor = factorOf(suffix);
  if (factor === null || (whole === '' && fraction === '')) return null;
  const digits = BigInt(whole + fraction) * (factor.binary ?? 1n);
  const size = shift(digits, factor.power + 9 - fraction.length);
  const capped = factor.binary !== null && size > maxBinary ? maxBinary : size;
  return sign === '-' ? -capped : capped;
}

/** Below zero, zero or above as `one` is less, equal or more; null where either is no quantity. */
export function compareQuantities(one: string, other: string): number | null {
  const left = parseQuantity(one);
  const right = parseQuantity(other);
  if (left === null || right === null) return null;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Whether two texts are the same amount: `1000m` is `1`, `1Gi` is `1024Mi`. False where either is no quantity. */
export function sameQuantity(one: string, other: string): boolean {
  return compareQuantities(one, other) === 0;
}

const shape = /^([+-]?)([0-9]*)(?:\.([0-9]*))?((?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?)$/;

interface Factor {
  /** Power of ten. */
  readonly power: number;
  /** Power of two as a number, or null for a decimal suffix. */
  readonly binary: bigint | null;
}

const decimalPowers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryPowers: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** Longer texts are no amount that anybody means, and reading a million digits takes seconds. */
const maxLength = 64;

/** Exponents beyond this name no amount that a cluster has; they would only cost memory. */
const maxExponent = 400;

function factorOf(suffix: string): Factor | null {
  const bits = binaryPowers[suffix];
  if (bits !== undefined) return { power: 0, binary: 2n ** bits };
  const power = decimalPowers[suffix] ?? Number(suffix.slice(1));
  return Math.abs(power) > maxExponent ? null : { power, binary: null };
}

const maxBinary = (2n ** 63n - 1n) * 10n ** 9n;

/** Times a power of ten; a remainder rounds up. */
function shift(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}
