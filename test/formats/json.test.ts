import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, parseJson, stringifyJson } from '../../src/formats/json.ts';
import type { Json } from '../../src/model/json.ts';

test('integers beyond 2^53 keep their digits from text to text', () => {
  const text = '{"a":9007199254740993,"b":[-18446744073709551615,1],"c":"9007199254740993","d":0.1234567890123456}';

  const value = parseJson(text);

  expect(value).toEqual({
    a: 9007199254740993n,
    b: [-18446744073709551615n, 1],
    c: '9007199254740993',
    d: 0.1234567890123456,
  });
  expect(stringifyJson(value)).toBe(text);
});

test.each([
  ['alone', ' \n9007199254740993'],
  ['in a list', '[1,\t9007199254740993]'],
  ['first in a list', '[-9007199254740993]'],
  ['of a field', '{"a" : 9007199254740993}'],
])('a long integer is exact %s', (_where, text) => {
  expect(stringifyJson(parseJson(text))).toBe(text.replaceAll(/\s/g, ''));
});

test('an integer that a double holds stays a number', () => {
  expect(parseJson('[9007199254740991, 1.0, 1e300, -0]')).toEqual([9007199254740991, 1, 1e300, -0]);
});

test('indentation is in spaces', () => {
  expect(stringifyJson({ a: [9007199254740993n] }, 2)).toBe('{\n  "a": [\n    9007199254740993\n  ]\n}');
});

test('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: 1, a: { 10: 1n, 9: [null, 'x'] } })).toBe('{"a":{"10":1,"9":[null,"x"]},"b":1}');
  expect(canonicalJson({ a: { 9: [null, 'x'], 10: 1n }, b: 1 })).toBe('{"a":{"10":1,"9":[null,"x"]},"b":1}');
});

test('every value survives being written and read', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.bigInt({ min: 2n ** 53n }), (value, big) => {
      const whole = { value: value as Json, big }; // fc.jsonValue makes JSON only
      expect(stringifyJson(parseJson(stringifyJson(whole)))).toBe(stringifyJson(whole));
      expect(canonicalJson(parseJson(canonicalJson(whole)))).toBe(canonicalJson(whole));
    }),
  );
});

test('broken JSON is a syntax error', () => {
  expect(() => parseJson('{"a":')).toThrow(SyntaxError);
});
