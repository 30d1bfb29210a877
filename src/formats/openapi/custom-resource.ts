import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { KindId } from './definition.ts';
import { definitionsOf } from './definition.ts';

/** A kind that a CustomResourceDefinition declares, with its document. */
export interface CustomKind {
  readonly id: KindId;
  readonly namespaced: boolean;
  /** OpenAPI v3 document of this kind alone. */
  readonly document: JsonObject;
}

/**
 * The served kinds of a CustomResourceDefinition (apiextensions.k8s.io/v1), as the API server would publish them: its
 * schema, and the server's own `metadata`. `metaDocument` is any document with built-in kinds; it lends ObjectMeta.
 */
export function customKinds(definition: JsonObject, metaDocument: JsonObject | null): readonly CustomKind[] {
  const group = pickText(definition, 'spec', 'group');
  const kind = pickText(definition, 'spec', 'names', 'kind');
  const versions = pick(definition, 'spec', 'versions');
  if (group === undefined || kind === undefined || !isJsonList(versions)) return [];
  const namespaced = pickText(definition, 'spec', 'scope') !== 'Cluster';
  return versions.flatMap((version) => {
    const name = pickText(version, 'name');
    const schema = pick(version, 'schema', 'openAPIV3Schema');
    if (name === undefined || !isJsonObject(schema) || pick(version, 'served') === false) return [];
    const id = { group, version: name, kind };
    return [{ id, namespaced, document: documentOf(id, schema, metaDocument) }];
  });
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const leans = [
  objectMeta,
  ...['ManagedFieldsEntry', 'OwnerReference', 'Time', 'FieldsV1'].map((name) => objectMeta.replace('ObjectMeta', name)),
];

function documentOf(id: KindId, schema: JsonObject, metaDocument: JsonObject | null): JsonObject {
  const lent = metaDocument === null ? {} : definitionsOf(metaDocument);
  const meta = Object.fromEntries(leans.flatMap((name) => (lent[name] === undefined ? [] : [[name, lent[name]]])));
  const metadata: Json =
    meta[objectMeta] === undefined
      ? { type: 'object', additionalProperties: true }
      : { $ref: `#/components/schemas/${objectMeta}` };
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const root: JsonObject = {
    ...schema,
    type: 'object',
    properties: { ...properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata },
    'x-kubernetes-group-version-kind': [{ group: id.group, version: id.version, kind: id.kind }],
  };
  const name = `${id.group.split('.').toReversed().join('.')}.${id.version}.${id.kind}`;
  return { openapi: '3.0.0', components: { schemas: { ...meta, [name]: root } } };
}
