import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { definitionOfKind, definitionsOf, isBuiltIn, type KindId } from './definition.ts';

/**
 * A CustomResourceDefinition with the schema that an OpenAPI v3 document tells of a kind, as far as merging needs it; null for the API
 * server's own kinds, and where the document has none. The server publishes what the definition says but for metadata, which is a
 * reference to its own.
 */
export function asDefinition(document: JsonObject, id: KindId): JsonObject | null {
  const definitions = definitionsOf(document);
  const name = definitionOfKind(definitions, id);
  const schema = name === null || isBuiltIn(name) ? undefined : definitions[name];
  if (!isJsonObject(schema)) return null;
  const { properties } = schema;
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...own } = isJsonObject(properties) ? properties : {};
  const openAPIV3Schema = { ...keptOf(schema), properties: withoutReferences(own) };
  return {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: `${id.kind.toLowerCase()}.${id.group}` },
    spec: {
      ...{ group: id.group, scope: 'Namespaced', names: { kind: id.kind, plural: id.kind.toLowerCase() } },
      versions: [{ name: id.version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

function keptOf({ 'x-kubernetes-group-version-kind': _kinds, required: _required, ...rest }: JsonObject): JsonObject {
  return { ...rest, type: 'object' };
}

/** An embedded resource refers to the server's own metadata: any object does for merging. */
function withoutReferences(value: Json): Json {
  if (isJsonList(value)) return value.map(withoutReferences);
  if (!isJsonObject(value)) return value;
  if (typeof value['$ref'] === 'string') return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, withoutReferences(below)]));
}
