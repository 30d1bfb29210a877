import type { Json } from '../../model/json.ts';

/**
 * What an unquoted scalar means to kubectl, that is to go-yaml v2: YAML 1.1 booleans with y and n, octal `0644` and `0o644`,
 * `_` between digits, no base 60, dates stay text. Infinities and NaN come back as numbers: JSON has none, the caller refuses
 * them. Integers beyond int64 are doubles, as every Kubernetes decoder makes them.
 * Source of the rules: go.yaml.in/yaml/v2 resolve.go, sigs.k8s.io/yaml, k8s.io/apimachinery util/json.
 */
export function resolvePlain(text: string): Json {
  if (!mayMean(text)) return text;
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  if (first === dot) return resolveFloat(text.replace(/(?<=[0-9])_(?=[0-9])/g, '')) ?? text;
  if (!isDigitOrSign(first)) return text;
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  return resolveInteger(plain) ?? resolveFloat(plain) ?? resolveOddBinary(plain) ?? text;
}

/** Whether the first character allows anything but text: the cheap way out for most scalars. */
function mayMean(text: string): boolean {
  if (text.length === 0) return true;
  const first = text.charCodeAt(0);
  return first < 128 && hints[first] === 1;
}

const dot = 46;
const hints = new Uint8Array(128);
for (const char of '+-0123456789yYnNtTfFoO~.') hints[char.charCodeAt(0)] = 1;

function isDigitOrSign(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 43 || code === 45;
}

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...spread(true, 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'),
  ...spread(false, 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'),
  ...spread(null, '', '~', 'null', 'Null', 'NULL'),
  ...spread(Number.NaN, '.nan', '.NaN', '.NAN'),
  ...spread(Number.POSITIVE_INFINITY, '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'),
  ...spread(Number.NEGATIVE_INFINITY, '-.inf', '-.Inf', '-.INF'),
]);

function spread(value: Json, ...texts: readonly string[]): [string, Json][] {
  return texts.map((text) => [text, value]);
}

/** An integer in any of Go's notations, or undefined. `text` holds no underscores. */
export function resolveInteger(text: string): number | bigint | undefined {
  if (decimal.test(text)) return decimalInteger(text);
  const match = prefixed.exec(text);
  if (match === null) return undefined;
  const [, sign = '', radix = '', digits = ''] = match;
  const size = BigInt(`${radixNames[radix.toLowerCase()] ?? '0o'}${digits}`);
  const value = sign === '-' ? -size : size;
  if (inInt64(value)) return narrow(value);
  return sign === '' && value <= maxUint64 ? toExact(Number(value)) : undefined;
}

const decimal = /^[+-]?(?:0|[1-9][0-9]*)$/;
const prefixed = /^([+-]?)(?:(0[bB](?=[01]+$)|0[oO](?=[0-7]+$)|0[xX](?=[0-9a-fA-F]+$)|0(?=[0-7]+$)))([0-9a-fA-F]+)$/;
const radixNames: Readonly<Record<string, string>> = { '0b': '0b', '0o': '0o', '0x': '0x' };
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

function decimalInteger(text: string): number | bigint {
  if (text.length <= 15) return Number(text) + 0;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return inInt64(value) ? narrow(value) : toExact(Number(value));
}

function inInt64(value: bigint): boolean {
  return value >= minInt64 && value <= maxInt64;
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** A double that Go writes as whole digits beyond 2^53 becomes those digits, so that equal numbers have one form. */
function toExact(value: number): number | bigint {
  const size = Math.abs(value);
  if (size <= Number.MAX_SAFE_INTEGER || size >= 1e21 || !Number.isInteger(value)) return value;
  return BigInt(String(value));
}

/** A decimal fraction or exponent, or undefined; what overflows a double is text, as in Go. */
export function resolveFloat(text: string): number | bigint | undefined {
  if (!float.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? toExact(value + 0) : undefined;
}

const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** go-yaml also takes a sign after `0b`. */
function resolveOddBinary(text: string): number | bigint | undefined {
  const match = /^0b([+-])([01]+)$/.exec(text);
  if (match === null) return undefined;
  const value = BigInt(`0b${match[2]}`);
  const signed = match[1] === '-' ? -value : value;
  return inInt64(signed) ? narrow(signed) : undefined;
}

/** Why an unquoted scalar surprises people, or null. `true` and plain numbers surprise nobody. */
export function surprise(text: string, value: Json): Surprise | null {
  if (typeof value === 'boolean') return /^(?:true|false)$/i.test(text) ? null : 'boolean-word';
  if (typeof value !== 'number' && typeof value !== 'bigint') return null;
  if (/^[+-]?0[0-9_]+$/.test(text)) return 'leading-zero';
  return /^[0-9]+e[0-9]+$/i.test(text) ? 'exponent' : null;
}

/** Kinds of scalars that read otherwise than they look. */
export type Surprise = 'boolean-word' | 'leading-zero' | 'exponent';
