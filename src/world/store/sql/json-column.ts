import { parseJson, stringifyJson } from '../../../formats/json.ts';
import type { Json } from '../../../model/json.ts';

/** A model value as the text of a JSON column; integers keep their digits. */
export function toColumn(value: object | Json): string {
  // Model types that are kept are plain JSON; interfaces only lack the index signature that would say so.
  return stringifyJson(value as Json);
}

/** What `toColumn` wrote to the same column. */
export function fromColumn<T>(text: string): T {
  // Only `toColumn` writes these columns, and each holds one type.
  return parseJson(text) as T;
}
