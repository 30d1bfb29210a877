import { isJsonList, type Json } from '../model/json.ts';

/**
 * Parses JSON with every integer exact: what a double cannot hold is a `bigint`. Throws `SyntaxError`.
 * Texts without a number of 16 digits, nearly all, take the engine's own fast path.
 */
export function parseJson(text: string): Json {
  if (!manyDigits.test(text) || !longNumber.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: ReviverContext) => exact(value, context?.source));
}

/** What the engine tells a reviver about a primitive: its source text. */
interface ReviverContext {
  readonly source?: string;
}

const manyDigits = /[0-9]{16}/;

/** They are a number's, or within a text, which at worst costs time. Slower to look for than digits anywhere. */
const longNumber = /(?:^|[:,[])\s*-?[0-9]{16}/;

function exact(value: unknown, source: string | undefined): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(source) ? BigInt(source) : value;
}

/** Writes JSON with a `bigint` as its digits. `indent` is the number of spaces of one level, 0 for one line. */
export function stringifyJson(value: Json, indent = 0): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === 'bigint' ? raw.rawJSON(String(item)) : item),
    indent,
  );
}

/** `JSON.rawJSON` is in the engine (ES2026) and not yet in the library types. */
const raw = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** One line of JSON with the keys of every object in code unit order: equal values give equal texts. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isJsonList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${entries.join(',')}}`;
}
