import { parseJson } from '../../../formats/json.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';
import { type Attempt, garbledError, oversizeError } from './errors.ts';

/** The whole body as text; throws `too-large` as soon as it is longer than `maxBytes`. */
export async function readText(
  body: AsyncIterable<Uint8Array> & { destroy(): unknown },
  maxBytes: number,
  attempt: Attempt,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw oversizeError(attempt, maxBytes);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON of a body, or undefined when it is none. */
export function readJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined; // the caller says what it got instead
  }
}

/**
 * The JSON object of a good answer; throws `unavailable` when it is none. `loose`: for schemas, megabytes of them, of which no number
 * counts to its last digit, so that none need be looked for.
 */
export function readObject(text: string, attempt: Attempt, { loose = false } = {}): JsonObject {
  const value = loose ? readLoosely(text) : readJson(text);
  if (isJsonObject(value)) return value;
  throw garbledError(attempt, value === undefined ? 'not JSON' : 'not a JSON object');
}

function readLoosely(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // as `readJson`
  }
}

/** The texts of `Warning: 299 - "..."` headers (RFC 7234 section 5.5), in order. */
export function warningsOf(header: string | string[] | undefined): readonly string[] {
  const joined = [header ?? []].flat().join(', ');
  return [...joined.matchAll(/\b299 [^\s"]+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/g, '$1'),
  );
}
