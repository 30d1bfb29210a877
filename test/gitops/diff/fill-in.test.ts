import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sameJson } from '../../../src/gitops/diff/equality.ts';
import { fillIn } from '../../../src/gitops/diff/fill-in.ts';
import { keepDefaults } from '../../../src/gitops/diff/known-defaults.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const objects = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });

describe('what another reading of a merge fills in', () => {
  test('comes beside what is there, also inside lists, and takes nothing away', () => {
    const merged = { spec: { ports: [{ port: 80 }], unknown: 1 } };
    const filled = { spec: { ports: [{ port: 80, protocol: 'TCP' }], type: 'ClusterIP' } };

    expect(fillIn(merged, filled)).toEqual({
      spec: { ports: [{ port: 80, protocol: 'TCP' }], unknown: 1, type: 'ClusterIP' },
    });
  });

  test('spells scalars, and leaves lists of other lengths and managedFields alone', () => {
    const merged = { cpu: '1000m', args: ['a'], metadata: { managedFields: ['ours'] } };
    const filled = { cpu: '1', args: ['a', 'b'], metadata: { managedFields: ['theirs'] } };

    expect(fillIn(merged, filled)).toEqual({ cpu: '1', args: ['a'], metadata: { managedFields: ['ours'] } });
  });

  test('is nothing where both readings are the same', () => {
    fc.assert(
      fc.property(objects, (one) => {
        const object = one as JsonObject; // JSON as generated
        expect(sameJson(fillIn(object, object), object)).toBe(true);
        expect(sameJson(fillIn(object, {}), object)).toBe(true);
      }),
    );
  });
});

describe('a default of a list that is one whole', () => {
  const rules = (scope: string | null): JsonObject => ({ rules: [scope === null ? { a: 1 } : { a: 1, scope }] });

  test('is kept where the merge lost it', () => {
    expect(keepDefaults(rules(null), rules('*'))).toEqual(rules('*'));
  });

  test('is not kept where the live value is another, or the lists do not go together', () => {
    expect(keepDefaults(rules(null), rules('Namespaced'))).toEqual(rules(null));
    expect(keepDefaults({ rules: [{ a: 1 }, { a: 2 }] }, rules('*'))).toEqual({ rules: [{ a: 1 }, { a: 2 }] });
  });
});
