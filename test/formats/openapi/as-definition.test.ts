import { expect, test } from '@jest/globals';
import { asDefinition } from '../../../src/formats/openapi/as-definition.ts';
import { type JsonObject, pick } from '../../../src/model/json.ts';

const id = { group: 'example.com', version: 'v1', kind: 'Thing' };
const marked = (of: typeof id): JsonObject => ({ 'x-kubernetes-group-version-kind': [of] });
const meta: JsonObject = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };
const tags: JsonObject = { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' };

function documentOf(name: string, of: typeof id, properties: JsonObject): JsonObject {
  return { components: { schemas: { [name]: { ...marked(of), type: 'object', properties } } } };
}

test('a custom kind’s published schema is a definition again, without what is the server’s own', () => {
  const spec: JsonObject = {
    type: 'object',
    properties: { tags, embedded: { type: 'object', properties: { metadata: meta } } },
  };
  const document = documentOf('com.example.v1.Thing', id, { apiVersion: {}, kind: {}, metadata: meta, spec });

  const definition = asDefinition(document, id) ?? {};

  expect(pick(definition, 'spec', 'names', 'kind')).toBe('Thing');
  expect(pick(definition, 'spec', 'versions')).toEqual([
    expect.objectContaining({
      name: 'v1',
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              properties: {
                tags,
                embedded: {
                  type: 'object',
                  properties: { metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
                },
              },
            },
          },
        },
      },
    }),
  ]);
});

test('the server’s own kinds, and kinds no document has, have none', () => {
  const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' };

  expect(asDefinition(documentOf('io.k8s.api.apps.v1.Deployment', deployment, {}), deployment)).toBeNull();
  expect(asDefinition(documentOf('com.example.v1.Thing', id, {}), { ...id, kind: 'Other' })).toBeNull();
});
