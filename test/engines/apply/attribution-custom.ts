import type { JsonObject } from '../../../src/model/json.ts';
import { type AttributionCase, applied, merged, object, ours, pulls, quiet, SPACE } from './attribution.ts';

const group = `${SPACE}.example.com`;
const text: JsonObject = { type: 'string' };
const item: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: text, weight: { type: 'integer', default: 1 } },
};

/** The definition of the kind of these cases. */
export const customDefinition: JsonObject = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: `gadgets.${group}` },
  spec: {
    ...{ group, scope: 'Namespaced' },
    names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true, subresources: { status: {} } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              spec: {
                type: 'object',
                properties: {
                  mode: { type: 'string', default: 'fast' },
                  size: { anyOf: [{ type: 'integer' }, text], 'x-kubernetes-int-or-string': true },
                  cpu: {
                    ...{ anyOf: [{ type: 'integer' }, text], 'x-kubernetes-int-or-string': true },
                    pattern:
                      '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
                  },
                  tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
                  named: {
                    ...{ type: 'array', items: item },
                    ...{ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
                  },
                  whole: { type: 'array', items: item, 'x-kubernetes-list-type': 'atomic' },
                  sealed: {
                    ...{ type: 'object', additionalProperties: text, 'x-kubernetes-map-type': 'atomic' },
                  },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
          },
        },
      },
    ],
  },
};

const gadget = (spec: JsonObject): JsonObject => object(`${group}/v1`, 'Gadget', { spec });

/** Custom resources: lists of each type, free fields, defaults. */
export const customCases: readonly AttributionCase[] = [
  quiet('a default of a definition', gadget({ size: 1 })),
  pulls('a default of a definition is written out', [gadget({ size: 1 }), gadget({ size: 1, mode: 'fast' })]),
  pulls(
    'a member of a set comes',
    [gadget({ tags: ['a', 'b'] }), gadget({ tags: ['a', 'b', 'c'] })],
    ...['pull update spec.tags[2]: null -> "c" (git)'],
  ),
  quiet('a member of a set that others added', gadget({ tags: ['a'] }), applied('tagger', gadget({ tags: ['z'] }))),
  pulls(
    'an item of a keyed list changes',
    [
      gadget({ named: [{ name: 'x' }, { name: 'y', weight: 3 }] }),
      gadget({ named: [{ name: 'x' }, { name: 'y', weight: 4 }] }),
    ],
    'pull update spec.named[name=y].weight: 3 -> 4 (git)',
  ),
  pulls(
    'an item of a keyed list comes with its default',
    [gadget({ named: [{ name: 'x' }] }), gadget({ named: [{ name: 'x' }, { name: 'z' }] })],
    'pull update spec.named[name=z]: null -> {"name":"z","weight":1} (git)',
  ),
  pulls(
    'an item of a list that is one whole changes',
    [gadget({ whole: [{ name: 'x', weight: 1 }] }), gadget({ whole: [{ name: 'x', weight: 2 }] })],
    'pull update spec.whole[0].weight: 1 -> 2 (git)',
  ),
  pulls(
    'a key of a map that is one whole goes',
    [gadget({ sealed: { a: '1', b: '2' } }), gadget({ sealed: { a: '1' } })],
    'pull update spec.sealed.b: "2" -> null (git)',
  ),
  {
    title: 'a key was put into a map that is one whole',
    live: [ours(gadget({ sealed: { a: '1' } })), merged('writer', { spec: { sealed: { b: '2' } } })],
    ...{ base: gadget({ sealed: { a: '1' } }), head: gadget({ sealed: { a: '1' } }) },
    says: ['already update spec.sealed.b: "2" -> null (takeover)'],
  },
  pulls(
    'a field that no schema knows changes',
    [gadget({ free: { deep: { a: 1, b: [1, 2] } } }), gadget({ free: { deep: { a: 2, b: [1, 3] } } })],
    'pull update spec.free.deep.a: 1 -> 2 (git)',
    'pull update spec.free.deep.b[1]: 2 -> 3 (git)',
  ),
  quiet(
    'a field of others that no schema knows',
    gadget({ free: { a: 1 } }),
    merged('writer', { spec: { free: { b: 2 } } }),
  ),
  pulls(
    'a number becomes a text',
    [gadget({ size: 5 }), gadget({ size: '5' })],
    ...['pull update spec.size: 5 -> "5" (git)'],
  ),
  pulls('what its definition says is a quantity is written otherwise', [gadget({ cpu: '1000m' }), gadget({ cpu: 1 })]),
  quiet('a status', gadget({ size: 1 }), merged('operator', { status: { phase: 'Ready' } }, 'status')),
  quiet('an empty map that no schema knows', gadget({ free: {} })),
];
