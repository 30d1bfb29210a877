import { resolveFloat, resolveInteger, resolvePlain } from './scalar.ts';

/**
 * The object key an unquoted mapping key becomes, or null where kubectl refuses it (null, integers beyond int64). Booleans
 * become `true` or `false`, integers their decimal digits, floats the shortest text of a 32-bit float (sigs.k8s.io/yaml).
 */
export function keyOf(text: string): string | null {
  const value = resolvePlain(text);
  if (typeof value === 'string') return value;
  if (value === null) return null;
  if (typeof value === 'boolean') return String(value);
  const plain = text.replaceAll('_', '');
  const integer = resolveInteger(plain);
  if (integer !== undefined) return integerKey(integer, plain);
  return floatKey(resolveFloat(plain) === undefined ? Number(value) : Number(plain));
}

/** int64 becomes digits, what only fits uint64 is refused, what is longer was a float to Go already. */
function integerKey(value: number | bigint, text: string): string | null {
  if (value >= -(2n ** 63n) && value < 2n ** 63n) return String(value);
  const isUnsigned = /^0/.test(text) || (/^[0-9]/.test(text) && BigInt(text) < 2n ** 64n);
  return isUnsigned ? null : floatKey(Number(value));
}

/** Go's FormatFloat(value, 'g', -1, 32), with YAML's names for what is no number. */
function floatKey(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (Object.is(single, -0)) return '-0';
  const [mantissa = '', exponent = '0'] = shortest(single).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(`${mantissa}e${power}`));
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Shortest scientific text that reads back as the same 32-bit float. */
function shortest(single: number): string {
  for (let digits = 0; digits < 9; digits += 1) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return text;
  }
  return single.toExponential();
}
