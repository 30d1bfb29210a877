import type { JsonObject } from '../../model/json.ts';
import { definitionOfKind, definitionsOf, isBuiltIn, type KindId, resolve } from './definition.ts';
import { isQuantityAt, listKeys, type SchemaPath } from './list-keys.ts';

/** The schema of one kind. */
export interface Schema {
  /** Name of its definition, such as `io.k8s.api.apps.v1.Deployment`. */
  readonly name: string;
  /** Whether the kind is the API server's own rather than a custom resource. */
  readonly builtIn: boolean;
  /** The merge keys of the list at a path: `[]` a set of scalars, null a list compared by position, undefined no list. */
  listKeysAt(path: SchemaPath): readonly string[] | null | undefined;
  isQuantity(path: SchemaPath): boolean;
}

/** The schema of a kind in an OpenAPI v3 document, or null. */
export function openSchema(document: JsonObject, id: KindId): Schema | null {
  const definitions = definitionsOf(document);
  const name = definitionOfKind(definitions, id);
  if (name === null) return null;
  const root = resolve(definitions, { $ref: `#/components/schemas/${name}` });
  return {
    name,
    builtIn: isBuiltIn(name),
    listKeysAt: (path) => listKeys(definitions, root, path),
    isQuantity: (path) => isQuantityAt(definitions, root, path),
  };
}
