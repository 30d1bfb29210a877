/**
 * A JSON value as Kubernetes means it: integers beyond 2^53 are `bigint`, so that a number keeps its digits from the
 * file to the wire. Where a value may be absent, `null` stands for absent (the API server drops nulls).
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** A JSON object. Keys keep the order they were written in. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is a JSON object (not null, not a list). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a JSON list. `Array.isArray` alone does not narrow readonly arrays. */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value under a chain of object keys, or undefined where the chain breaks. */
export function pick(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let current = value;
  for (const key of keys) {
    if (!isJsonObject(current)) return undefined;
    current = Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

/** The text under a chain of object keys, or undefined when it is not a string. */
export function pickText(value: Json | undefined, ...keys: readonly string[]): string | undefined {
  const found = pick(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** The object under a chain of object keys; an empty one where there is none. */
export function pickObject(value: Json | undefined, ...keys: readonly string[]): JsonObject {
  const found = pick(value, ...keys);
  return isJsonObject(found) ? found : {};
}

/** The texts of an object under a chain of object keys, by their keys; what is no text is left out. */
export function pickTexts(value: Json | undefined, ...keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(pickObject(value, ...keys)).flatMap(([key, text]) =>
      typeof text === 'string' ? [[key, text] as const] : [],
    ),
  );
}
