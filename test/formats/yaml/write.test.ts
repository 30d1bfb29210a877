import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeYaml } from '../../../src/formats/yaml/decode.ts';
import { toYaml } from '../../../src/formats/yaml/write.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';

const words = [
  'yes',
  'no',
  'y',
  'on',
  '0644',
  '1e3',
  '1:30',
  '2024-01-01',
  '~',
  'null',
  '- a',
  'a: b',
  '#x',
  ' lead',
  'two\nlines\n',
  'no end\nx',
  '{',
  '0x1f',
  '.5',
  '=',
  '<<',
  '!tag',
  '&a',
  '*a',
  '%x',
  '|',
  '',
];
const text = fc.oneof(fc.constantFrom(...words), fc.string());
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
})).object;

function read(yaml: string): unknown {
  return decodeYaml({ file: 'x.yaml', bytes: new TextEncoder().encode(yaml) }).map((document) => document.value)[0];
}

test('what is written reads back as the same value', () => {
  fc.assert(
    fc.property(value, (original) => {
      expect(read(toYaml(original as JsonObject))).toEqual(original);
    }),
    { numRuns: 500 },
  );
});

test('a manifest reads as people write it', () => {
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    data: { 'a.sh': '#!/bin/sh\necho hi\n', mode: '0644' },
    list: [{ a: 1, b: [true] }, 'x'],
  };

  expect(toYaml(manifest)).toBe(
    'apiVersion: v1\nkind: ConfigMap\ndata:\n  a.sh: |\n    #!/bin/sh\n    echo hi\n  mode: "0644"\nlist:\n- a: 1\n  b:\n  - true\n- x\n',
  );
});
