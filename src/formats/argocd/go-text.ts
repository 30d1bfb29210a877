import { isJsonList, type Json, type JsonObject } from '../../model/json.ts';

/** A JSON value as Go's `%v` writes it, numbers as the float64 that Go's JSON reader makes of them. */
export function goText(value: Json): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return goFloat(Number(value));
  if (isJsonList(value)) return `[${value.map(goText).join(' ')}]`;
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key] ?? null)}`);
  return `map[${entries.join(' ')}]`;
}

/** `%v` of a float64: the fewest digits, with an exponent below 1e-4 and from 1e6 on. */
function goFloat(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** A name that Kubernetes takes (Argo CD 3.5, applicationset/utils `SanitizeName`). */
export function normalizeName(name: string): string {
  const lower = name.toLowerCase().replace(/[^-a-z0-9.]/g, '-');
  return lower.slice(0, 253).replace(/^[-.]+|[-.]+$/g, '');
}

/** An object's leaves by their keys and indexes joined with dots; empty objects and lists vanish (jeremywohl/flatten). */
export function flatten(value: JsonObject): JsonObject {
  const leaves: Record<string, Json> = {};
  const walk = (item: Json, name: string): void => {
    if (typeof item !== 'object' || item === null) {
      leaves[name] = item;
      return;
    }
    for (const [key, inner] of Object.entries(item)) walk(inner, name === '' ? key : `${name}.${key}`);
  };
  walk(value, '');
  return leaves;
}
