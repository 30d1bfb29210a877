import { expect, test } from '@jest/globals';
import { createSchemas } from '../../../src/formats/openapi/schemas.ts';
import { noSchema } from '../../../src/gitops/diff/compare-paths.ts';
import { loadSchemas } from '../../../src/gitops/diff/schema-lookup.ts';

const document = {
  components: {
    schemas: {
      Gadget: {
        type: 'object',
        properties: {
          parts: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['slot'],
            items: { type: 'object' },
          },
        },
        'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Gadget' }],
      },
    },
  },
};

test('schemas of all kinds are read once and are there without waiting; unknown kinds go by usual keys', async () => {
  const asked: string[] = [];
  const schemas = createSchemas(async (groupVersion) => {
    asked.push(groupVersion);
    return groupVersion === 'example.com/v1' ? document : null;
  });
  const id = (version: string, name: string) => ({
    group: 'example.com',
    version,
    kind: 'Gadget',
    namespace: 'a',
    name,
  });

  const schemaOf = await loadSchemas(schemas, [id('v1', 'a'), id('v1', 'b'), id('v2', 'c')], AbortSignal.timeout(1000));

  expect(asked.sort()).toEqual(['example.com/v1', 'example.com/v2']);
  expect(schemaOf(id('v1', 'x')).listKeysAt(['parts'])).toEqual(['slot']);
  expect(schemaOf(id('v2', 'x'))).toBe(noSchema);
  expect(schemaOf(id('v3', 'x'))).toBe(noSchema);
});
