import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../../src/model/json.ts';
import { HIDDEN } from '../../../src/model/redacted.ts';
import { base64, lastApplied, redactor, secret } from './redacting.ts';

describe('canaries', () => {
  const canary = fc
    .string({ minLength: 6, maxLength: 300, unit: 'binary' })
    .filter((value) => value.trim().length >= 6);

  test('never come out of an object, in any place of a Secret', () => {
    fc.assert(
      fc.property(
        canary,
        fc.string(),
        fc.constantFrom('data', 'stringData', 'applied', 'list'),
        (value, name, place) => {
          const subject = redactor();
          const object = plant(value, name, place);
          const clear = [value, base64(value)].map((form) => JSON.stringify(form).slice(1, -1));

          const emitted = JSON.stringify(subject.maskObject(object));

          const innocent = JSON.stringify(plant('', name, place));
          for (const form of clear.filter((each) => !innocent.includes(each))) expect(emitted).not.toContain(form);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('never come out of a text once their Secret was seen, in any spelling', () => {
    const spell = fc.constantFrom<(value: string) => string>(
      (value) => value,
      base64,
      (value) => Buffer.from(value).toString('base64url'),
      (value) => JSON.stringify(value),
      (value) => (value.isWellFormed() ? encodeURIComponent(value) : value),
      (value) => base64(`user:${value}`),
    );
    const readable = fc.string({ minLength: 12, maxLength: 80, unit: fc.constantFrom(...'abcXYZ019-_/+ "\\\n%é') });
    fc.assert(
      fc.property(readable, spell, fc.string(), fc.string(), (value, spelled, before, after) => {
        fc.pre(value.trim() === value && !before.includes(value) && !after.includes(value));
        const subject = redactor();
        subject.maskObject(secret({ data: { a: base64(value) } }));

        const emitted = subject.text(before + spelled(value) + after);

        expect(emitted).not.toContain(value);
        expect(emitted).not.toContain(base64(value));
        expect(emitted).toContain(HIDDEN);
      }),
      { numRuns: 1000 },
    );
  });
});

function plant(value: string, name: string, place: string): JsonObject {
  switch (place) {
    case 'data':
      return secret({ data: { [`k${name}`]: base64(value) } });
    case 'stringData':
      return secret({ stringData: { [`k${name}`]: value } });
    case 'applied':
      return secret({
        metadata: { annotations: { [lastApplied]: JSON.stringify({ stringData: { [name]: value } }) } },
      });
    default:
      return { kind: 'SecretList', items: [{ metadata: { name }, data: { k: base64(value) } }] };
  }
}
