import type { Json, JsonObject } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';

/** An entry more, in a list of a kustomization that may not be there yet. */
export function addition(
  key: string,
  entries: readonly Json[],
  entry: JsonObject,
): { readonly path: Path; readonly value: Json } {
  return entries.length === 0 ? { path: [key], value: [entry] } : { path: [key, entries.length], value: entry };
}
