import { describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { pick, pickText } from '../../../src/model/json.ts';
import { HIDDEN, HIDDEN_TAG } from '../../../src/model/redacted.ts';
import { base64, lastApplied, redactor, secret } from './redacting.ts';

describe('masking an object', () => {
  test('gives a value of data and of stringData the same tag', () => {
    const { maskObject } = redactor();

    const data = maskObject(secret({ data: { password: base64('correct horse') } }));
    const stringData = maskObject(secret({ stringData: { password: 'correct horse' } }));

    expect(pickText(data, 'data', 'password')).toMatch(/^hidden:hmac:[0-9a-f]{32}$/);
    expect(pick(stringData, 'stringData', 'password')).toBe(pick(data, 'data', 'password'));
  });

  test('gives different values, and different keys, different tags', () => {
    const one = redactor().maskObject(secret({ data: { a: base64('one'), b: base64('two') } }));
    const other = createRedactor({ key: new Uint8Array(32).fill(8) }).maskObject(
      secret({ data: { a: base64('one') } }),
    );

    expect(pick(one, 'data', 'a')).not.toBe(pick(one, 'data', 'b'));
    expect(pick(other, 'data', 'a')).not.toBe(pick(one, 'data', 'a'));
  });

  test('leaves names, labels, key names, type and managed fields as they are', () => {
    const metadata = {
      name: 'login',
      labels: { app: 'shop' },
      managedFields: [{ fieldsV1: { 'f:data': { 'f:a': {} } } }],
    };
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { a: base64('x'), b: null } };

    const masked = redactor().maskObject(object);

    expect({ ...masked, data: {} }).toEqual({ ...object, data: {} });
    expect(masked['data']).toEqual({ a: expect.stringContaining(HIDDEN_TAG), b: null });
  });

  test.each([
    ['no base64', { data: { a: 'not base64!' } }],
    ['a number', { data: { a: 4711_4711 } }],
    ['a number beyond 2^53', { data: { a: 9007199254740993n } }],
    ['a list', { stringData: { a: ['deep secret', { b: 'deeper secret' }] } }],
    ['no map', { data: 'all in one secret' }],
    ['a list instead of the map', { data: ['one secret', 'two secret'] }],
  ])('hides a value that is %s', (_what, values) => {
    const masked = JSON.stringify(redactor().maskObject(secret(values)));

    expect(masked).not.toMatch(/not base64|47114711|9007199254740993|secret"|deep/);
    expect(masked).toContain(HIDDEN_TAG);
  });

  test('masks the secrets of a list, typed or not', () => {
    const value = { metadata: { name: 'a' }, data: { a: base64('in a list') } };
    const typed = redactor().maskObject({ apiVersion: 'v1', kind: 'SecretList', items: [value] });
    const mixed = redactor().maskObject({
      apiVersion: 'v1',
      kind: 'List',
      items: [secret(value), { kind: 'ConfigMap', data: { a: 'shown' } }],
    });

    expect(JSON.stringify([typed, mixed])).not.toContain(base64('in a list'));
    expect(pick(mixed, 'items')).toEqual([expect.anything(), { kind: 'ConfigMap', data: { a: 'shown' } }]);
  });

  test('masks the last-applied copy of any kind, and learns the values of a Secret in it', () => {
    const subject = redactor();
    const applied = JSON.stringify({ stringData: { password: 'from long ago' } });
    const metadata = { annotations: { [lastApplied]: applied, shown: 'yes' } };

    const masked = subject.maskObject(secret({ metadata }));
    const other = subject.maskObject({ kind: 'PartialObjectMetadata', metadata });

    expect(JSON.stringify([masked, other])).not.toContain('long ago');
    expect(pick(masked, 'metadata', 'annotations', 'shown')).toBe('yes');
    expect(subject.text('it was from long ago')).toBe(`it was ${HIDDEN}`);
  });

  test('changes nothing the second time, and nothing of other kinds', () => {
    const subject = redactor();
    const once = subject.maskObject(secret({ data: { a: base64('value one') }, stringData: { b: 'value two' } }));
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'shown' } };

    expect(subject.maskObject(once)).toEqual(once);
    expect(subject.maskObject(map)).toBe(map);
  });

  test('does not touch the object it was given', () => {
    const object = secret({ data: { a: base64('untouched') } });

    redactor().maskObject(object);

    expect(object).toEqual(secret({ data: { a: base64('untouched') } }));
  });

  test('demands a key worth the name', () => {
    expect(() => createRedactor({ key: new Uint8Array(8) })).toThrow(RangeError);
  });
});
