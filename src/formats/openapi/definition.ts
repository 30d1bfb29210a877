import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';

/** What names a kind. */
export type KindId = Pick<ResourceId, 'group' | 'version' | 'kind'>;

/** Definitions of an OpenAPI v3 document, by name. */
export function definitionsOf(document: JsonObject): JsonObject {
  const { components } = document;
  const schemas = isJsonObject(components) ? components.schemas : undefined;
  return isJsonObject(schemas) ? schemas : {};
}

/** Name of the definition of a kind, or null when the document has none. */
export function definitionOfKind(definitions: JsonObject, id: KindId): string | null {
  for (const [name, schema] of Object.entries(definitions)) {
    const marks = isJsonObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
    if (isJsonList(marks) && marks.some((mark) => isKind(mark, id))) return name;
  }
  return null;
}

/** The name a schema refers to, alone or as its only `allOf` (as the server writes a reference with a default), or null. */
export function referenceOf(schema: JsonObject): string | null {
  if (typeof schema.$ref === 'string') return schema.$ref.replace(/^#\/components\/schemas\//, '');
  const { allOf } = schema;
  const only = isJsonList(allOf) && allOf.length === 1 ? allOf[0] : undefined;
  return isJsonObject(only) && typeof only.$ref === 'string' ? referenceOf(only) : null;
}

/** Whether a definition was made from the API server's own Go types rather than from a custom resource's schema. */
export function isBuiltIn(name: string): boolean {
  return /^io\.k8s\.(?:api|apimachinery|apiextensions-apiserver|kube-aggregator)\./.test(name);
}

/** The server's name for a quantity such as `500m` or `1Gi`. */
export const quantityName = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** The server's name for a time with microseconds. */
export const microTimeName = 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime';

/** The schema one step down: a property, a map's value, or a list's item (whatever the segment says). Undefined beyond the schema. */
export function stepInto(definitions: JsonObject, schema: JsonObject, segment: string): JsonObject | undefined {
  const { properties, additionalProperties, items } = resolve(definitions, schema);
  if (isJsonObject(properties) && Object.hasOwn(properties, segment)) return asSchema(properties[segment]);
  return asSchema(additionalProperties) ?? asSchema(items);
}

/** A schema with its reference followed; marks beside the reference win. */
export function resolve(definitions: JsonObject, schema: JsonObject): JsonObject {
  const name = referenceOf(schema);
  const target = name === null ? undefined : definitions[name];
  return isJsonObject(target) ? { ...target, ...schema } : schema;
}

function asSchema(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

function isKind(mark: Json, id: KindId): boolean {
  return isJsonObject(mark) && mark.kind === id.kind && mark.version === id.version && (mark.group ?? '') === id.group;
}
