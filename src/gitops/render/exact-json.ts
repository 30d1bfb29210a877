import type { Json } from '../../model/json.ts';

/**
 * Parses JSON that a module of ours made, numbers as the API machinery and our YAML reader hold them: an integer of 64 bits
 * keeps its digits, anything else is a double; what lies beyond 2^53 and is whole is a bigint.
 */
export function parseExactJson(text: string): Json {
  // The exact way costs several times the plain one, and hardly any output needs it.
  return /\d{16}|\d[eE]/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  const exact = /^-?\d{1,19}$/.test(source) ? BigInt(source) : null;
  if (exact !== null && BigInt.asIntN(64, exact) === exact) return exact;
  return Math.abs(value) < 1e21 ? BigInt(String(value)) : value;
}
