import type { JsonObject } from '../../../src/model/json.ts';

/** A definition and one object of it; the definition must be established before the object can be applied. */
export function customKind(namespace: string): { readonly definition: JsonObject; readonly object: JsonObject } {
  const group = `${namespace}.example.com`;
  const item = { type: 'object', properties: { name: { type: 'string' }, weight: { type: 'integer', default: 1 } } };
  const spec = {
    type: 'object',
    properties: {
      mode: { type: 'string', default: 'fast' },
      size: { type: 'integer', format: 'int64' },
      memory: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
      routes: { type: 'array', items: item },
      named: {
        type: 'array',
        items: { ...item, required: ['name'] },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
    },
  };
  return {
    definition: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `gadgets.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
          },
        ],
      },
      status: { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] },
    },
    object: {
      apiVersion: `${group}/v1`,
      kind: 'Gadget',
      metadata: { name: 'gadget', namespace },
      spec: {
        size: 9007199254740993n,
        memory: '1024Mi',
        routes: [{ name: 'a' }, { name: 'b', weight: 2 }],
        named: [{ name: 'x' }, { name: 'y', weight: 3 }],
      },
      status: { phase: 'Stray' },
    },
  };
}
