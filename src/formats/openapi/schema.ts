import type { JsonObject } from '../../model/json.ts';
import { definitionOfKind, definitionsOf, isBuiltIn, type KindId, resolve } from './definition.ts';
import { type KeyedItems, planKeyedItems } from './keyed-items.ts';
import { isQuantityAt, listKeys, type SchemaPath } from './list-keys.ts';
import { openValidator, type Problem, type Validator } from './validator.ts';

/** The schema of one kind. */
export interface Schema {
  /** Name of its definition, such as `io.k8s.api.apps.v1.Deployment`. */
  readonly name: string;
  /** Whether the kind is the API server's own rather than a custom resource. */
  readonly builtIn: boolean;
  /** Every problem of an object, strictly: unknown fields, types, enums, required fields, formats, duplicate list items. Throws `FairleadError` code `schema-broken`. */
  validate(object: JsonObject): readonly Problem[];
  /** The merge keys of the list at a path: `[]` a set of scalars, null a list compared by position, undefined no list. */
  listKeysAt(path: SchemaPath): readonly string[] | null | undefined;
  isQuantity(path: SchemaPath): boolean;
  /** Patterns of its document that are not checked, because JavaScript reads them otherwise than Go. */
  unchecked(): readonly string[];
}

/** The schema of a kind in an OpenAPI v3 document, or null. Compiled once per document, which must not be changed. */
export function openSchema(document: JsonObject, id: KindId): Schema | null {
  const definitions = definitionsOf(document);
  const name = definitionOfKind(definitions, id);
  if (name === null) return null;
  const root = resolve(definitions, { $ref: `#/components/schemas/${name}` });
  let items: KeyedItems | null = null;
  return {
    name,
    builtIn: isBuiltIn(name),
    validate: (object) => {
      items ??= planKeyedItems(definitions, root);
      const duplicates = items.find(object).map((item) => ({ kind: 'duplicate' as const, ...item }));
      const problems = validatorOf(definitions).validate(name, object);
      return duplicates.length === 0 ? problems : [...problems, ...duplicates];
    },
    listKeysAt: (path) => listKeys(definitions, root, path),
    isQuantity: (path) => isQuantityAt(definitions, root, path),
    unchecked: () => validatorOf(definitions).unchecked,
  };
}

/** Compiled validators live exactly as long as the documents they were made of. */
const validators = new WeakMap<JsonObject, Validator>();

function validatorOf(definitions: JsonObject): Validator {
  const known = validators.get(definitions) ?? openValidator(definitions);
  validators.set(definitions, known);
  return known;
}
