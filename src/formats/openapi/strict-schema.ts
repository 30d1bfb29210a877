import type { JsonObject } from '../../model/json.ts';
import { definitionsOf, type KindId, resolve } from './definition.ts';
import { type KeyedItems, planKeyedItems } from './keyed-items.ts';
import { openSchema, type Schema } from './schema.ts';
import { openValidator, type Problem, type Validator } from './validator.ts';

/** A schema that objects are held to. What compiles it is the heaviest import of this room: only threads that check have it. */
export interface StrictSchema extends Schema {
  /** Every problem of an object, strictly: unknown fields, types, enums, required fields, formats, duplicate list items. Throws `FairleadError` code `schema-broken`. */
  validate(object: JsonObject): readonly Problem[];
  /** Patterns of its document that are not checked: the API server could not read them either. */
  unchecked(): readonly string[];
}

/** The schema of a kind in an OpenAPI v3 document, or null. Compiled once per document, which must not be changed. */
export function openStrictSchema(document: JsonObject, id: KindId): StrictSchema | null {
  const schema = openSchema(document, id);
  if (schema === null) return null;
  const { name } = schema;
  const definitions = definitionsOf(document);
  let items: KeyedItems | null = null;
  return {
    ...schema,
    validate: (object) => {
      items ??= planKeyedItems(definitions, resolve(definitions, { $ref: `#/components/schemas/${name}` }));
      const duplicates = items.find(object).map((item) => ({ kind: 'duplicate' as const, ...item }));
      const problems = validatorOf(definitions).validate(name, object);
      return duplicates.length === 0 ? problems : [...problems, ...duplicates];
    },
    unchecked: () => validatorOf(definitions).unchecked(),
  };
}

/** Compiled validators live exactly as long as the documents they were made of. */
const validators = new WeakMap<JsonObject, Validator>();

function validatorOf(definitions: JsonObject): Validator {
  const known = validators.get(definitions) ?? openValidator(definitions);
  validators.set(definitions, known);
  return known;
}
