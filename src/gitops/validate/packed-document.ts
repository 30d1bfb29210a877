import { createHash } from 'node:crypto';
import { definitionsOf } from '../../formats/openapi/definition.ts';
import { isProse } from '../../formats/openapi/essence.ts';
import type { JsonObject } from '../../model/json.ts';

/** An OpenAPI document on its way to a worker: only its definitions, as text, known by its hash. */
export interface PackedDocument {
  readonly groupVersion: string;
  readonly hash: string;
  readonly text: string;
}

/** Packs a document; packing the same object again costs nothing. */
export function packDocument(groupVersion: string, document: JsonObject): PackedDocument {
  const known = packed.get(document);
  if (known !== undefined) return known;
  const text = JSON.stringify({ components: { schemas: definitionsOf(document) } }, withoutProse);
  const hash = createHash('sha256').update(text).digest('hex');
  const result = { groupVersion, hash, text };
  packed.set(document, result);
  return result;
}

/** Unpacks a document; of the last ones the same object is given again, so that what was compiled for it stays. */
export function unpackDocument(document: PackedDocument): JsonObject {
  const known = unpacked.get(document.hash);
  unpacked.delete(document.hash);
  // It was packed from a JSON object.
  const value = known ?? (JSON.parse(document.text) as JsonObject);
  unpacked.set(document.hash, value);
  for (const hash of unpacked.keys()) {
    if (unpacked.size <= maxUnpacked) break;
    unpacked.delete(hash);
  }
  return value;
}

const packed = new WeakMap<JsonObject, PackedDocument>();

/** In the order of use, oldest first. */
const unpacked = new Map<string, JsonObject>();
const maxUnpacked = 64;

function withoutProse(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return isProse(key, value) ? undefined : value;
}
