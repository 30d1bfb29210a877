import { isJsonList, type JsonObject } from '../../model/json.ts';
import { quantityName, referenceOf, resolve, stepInto } from './definition.ts';

/** A path inside an object: keys, and for a list item anything (its index, say). */
export type SchemaPath = readonly (string | number)[];

/**
 * How the items of the list at a path are told apart, as server-side apply does it: the fields of a keyed list; `[]` for
 * a set of scalars, whose items are their own keys; null for a list replaced as a whole (compared by position);
 * undefined when no list is there or the schema does not reach so far.
 */
export function listKeys(
  definitions: JsonObject,
  root: JsonObject,
  path: SchemaPath,
): readonly string[] | null | undefined {
  const schema = schemaAt(definitions, root, path);
  return schema === undefined ? undefined : keysOf(resolve(definitions, schema));
}

/** Whether the value at a path is a quantity (`500m`, `1Gi`), which the server may write differently from how it was sent. */
export function isQuantityAt(definitions: JsonObject, root: JsonObject, path: SchemaPath): boolean {
  const schema = schemaAt(definitions, root, path);
  if (schema === undefined) return false;
  return referenceOf(schema) === quantityName || isQuantityPattern(resolve(definitions, schema));
}

/** The keys of a list's schema; see {@link listKeys}. */
export function keysOf(schema: JsonObject): readonly string[] | null | undefined {
  if (schema.type !== 'array') return undefined;
  if (schema['x-kubernetes-list-type'] === 'set') return [];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !isJsonList(keys)) return null;
  return keys.filter((key) => typeof key === 'string');
}

function schemaAt(definitions: JsonObject, root: JsonObject, path: SchemaPath): JsonObject | undefined {
  let schema: JsonObject | undefined = root;
  for (const segment of path) {
    if (schema === undefined) return undefined;
    schema = stepInto(definitions, schema, String(segment));
  }
  return schema;
}

/** controller-gen writes the quantity grammar as this pattern into custom resource definitions. */
function isQuantityPattern(schema: JsonObject): boolean {
  return typeof schema.pattern === 'string' && schema.pattern.startsWith('^(\\+|-)?(([0-9]+(\\.[0-9]*)?)');
}
