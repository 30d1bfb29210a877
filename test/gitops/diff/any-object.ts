import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const keys = ['containers', 'args', 'guess', 'spec', 'a', 'b'];
const name = fc.constantFrom('w', 'x', 'y', 'z');
const scalar = fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 3 }), fc.constantFrom('p', 'q', '1', ''));

const { object } = fc.letrec<{ object: JsonObject; value: Json; named: JsonObject }>((tie) => ({
  object: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }),
  named: fc.tuple(name, tie('object')).map(([own, rest]) => ({ ...rest, name: own })),
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    tie('object'),
    fc.array(scalar, { maxLength: 5 }),
    fc.uniqueArray(tie('named'), { maxLength: 4, selector: (item) => String(item['name']) }),
    fc.array(tie('object'), { maxLength: 3 }),
  ),
}));

/** Small objects with keyed lists, lists without keys and lists nobody knows, alike enough to share parts. */
export const anyObject: fc.Arbitrary<JsonObject> = object;

/** What is known of their lists. */
export const anySchema = {
  listKeysAt: (path: readonly string[]) => ({ containers: ['name'], args: null })[path.at(-1) ?? ''],
};
